import {
  type LinkAnswer,
  Refusal,
  type RemoteStatus,
  downloadName,
  refusalFields,
  isPassing,
  isRefusalCause,
} from '@obb/contracts'
import type { HostPolicy } from '@obb/core/hosts'
import { type LinkView, linkState } from '@obb/core/links'
import { downloadUrl } from '@obb/core/origin'
import type { QueuePosition } from '@obb/core/scheduling'

/** What clients do with `poll_after_seconds`: sleep that long, clamped to 1–60, at most 60 times. */
const MIN_POLL_S = 2
const MAX_POLL_S = 60
/** How often a link is asked for in the time left, so that the end is seen soon after it comes. */
const POLLS_AHEAD = 2
/** Without an estimate the interval grows with the age of the job: a fifth of it. */
const AGE_SHARE = 5
/** What is believed of the time left may be wrong: no interval is longer than half of what the link has waited. */
const MAX_AGE_SHARE = 2

export interface LinkAnswerContext {
  policy: HostPolicy
  /** Beginning of download URLs for this client; null: it is told none. */
  downloads: string | null
  reused: boolean
  /** Place in the queue of a link that waits. */
  queue?: QueuePosition
  /** Epoch ms. */
  now: number
}

export function linkAnswer(link: LinkView, context: LinkAnswerContext): LinkAnswer {
  const status = remoteStatus(link, context.now)
  const ready = status === 'done'
  const filename = downloadName(link.name)
  const eta = etaSeconds(link, status, context)
  const size = link.isSized ? link.size : Math.max(link.size, link.bytesDone)
  return {
    linkId: link.id,
    download_ready: ready,
    remote_status: status,
    link: ready && context.downloads !== null ? downloadUrl(context.downloads, link.id, filename) : null,
    filename,
    filesize: String(size),
    hostDomain: link.hostDomain,
    maxchunks: context.policy.maxChunks,
    resumable: true,
    poll_after_seconds: pollAfter(link, status, eta, context.now),
    reusedExisting: context.reused,
    progress: ready ? 1 : size === 0 || !link.isSized ? 0 : Math.min(1, link.bytesDone / size),
    bytes_done: ready ? size : Math.min(link.bytesDone, size),
    ...(status === 'downloading' && link.speed !== null ? { speed_bps: link.speed } : {}),
    ...(eta === undefined ? {} : { eta_seconds: eta }),
    ...(status === 'pending' && context.queue ? { queue_position: context.queue.position } : {}),
    attempt: link.attempts,
    expires_at: link.expiresAt.getTime(),
    ...(status === 'error' ? { error: linkError(link, context.now) } : {}),
    ...(link.missingBytes > 0 ? { missing_bytes: link.missingBytes } : {}),
    ...(ready && link.sha256 !== null ? { hashes: hashesOf(link.sha256, link) } : {}),
  }
}

function hashesOf(sha256: string, { md5, crc32c }: LinkView): LinkAnswer['hashes'] {
  return { sha256, ...(md5 === null ? {} : { md5 }), ...(crc32c === null ? {} : { crc32c }) }
}

/** Clients know no other end than a failure. */
function remoteStatus(link: LinkView, now: number): RemoteStatus {
  const state = linkState(link, now)
  return state === 'ended' ? 'error' : state
}

/** Seconds, where a speed is known: of this fetch, or for one that waits of those before it. */
function etaSeconds(
  link: LinkView,
  status: RemoteStatus,
  { queue, now }: LinkAnswerContext,
): number | undefined {
  if (status === 'downloading' && link.isSized && link.speed !== null && link.speed > 0) {
    return Math.ceil(Math.max(0, link.size - link.bytesDone) / link.speed)
  }
  if (status !== 'pending' || !queue || queue.bytesAhead === null || queue.bytesPerSecond <= 0)
    return undefined
  return Math.ceil(waitSeconds(link, now) + queue.bytesAhead / queue.bytesPerSecond)
}

/** Until its next attempt may begin. */
function waitSeconds(link: LinkView, now: number): number {
  return Math.max(0, (link.nextAttemptAt?.getTime() ?? 0) - now) / 1000
}

function pollAfter(link: LinkView, status: RemoteStatus, eta: number | undefined, now: number): number {
  if (status === 'done') return MIN_POLL_S
  if (status === 'error') return MAX_POLL_S
  const age = ageSeconds(link, now)
  const byEta = (eta ?? 0) / POLLS_AHEAD
  // The time in the queue is only a guess, which may stay wrong for long.
  const byAge = eta === undefined || status === 'pending' ? age / AGE_SHARE : 0
  const byWait = status === 'pending' ? waitSeconds(link, now) / POLLS_AHEAD : 0
  const wanted = Math.min(age / MAX_AGE_SHARE, Math.max(byEta, byAge, byWait))
  return Math.min(MAX_POLL_S, Math.max(MIN_POLL_S, Math.ceil(wanted)))
}

/** For how long the link has waited for its file, which may have been wanted before it was made, and again since. */
function ageSeconds({ createdAt, wantedAt }: LinkView, now: number): number {
  return Math.max(0, now - Math.max(createdAt.getTime(), wantedAt?.getTime() ?? 0)) / 1000
}

function linkError(link: LinkView, now: number): NonNullable<LinkAnswer['error']> {
  const cause = isRefusalCause(link.refusal) ? link.refusal : 'link_ended'
  const seconds = link.retryAt === null ? 0 : Math.ceil((link.retryAt.getTime() - now) / 1000)
  return refusalFields(new Refusal(cause, isPassing(cause) ? { retryInSeconds: seconds } : {}))
}
