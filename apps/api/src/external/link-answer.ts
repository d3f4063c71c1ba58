import { type LinkAnswer, REFUSALS, type RemoteStatus, isPassing, isRefusalCause } from '@obb/contracts'
import type { HostPolicy } from '@obb/core/hosts'
import type { LinkView } from '@obb/core/links'

/** What clients do with `poll_after_seconds`: sleep that long, clamped to 1–60, at most 60 times. */
const MIN_POLL_S = 2
const MAX_POLL_S = 60
const POLLS_PER_FETCH = 50
/** Without a known speed the interval grows with the age of the job: a fifth of it. */
const AGE_SHARE = 5

export interface LinkAnswerContext {
  policy: HostPolicy
  /** Base of download URLs, without a trailing slash. */
  proxyUrl: string
  reused: boolean
  /** Epoch ms. */
  now: number
}

export function linkAnswer(link: LinkView, context: LinkAnswerContext): LinkAnswer {
  const status = remoteStatus(link, context.now)
  const ready = status === 'done'
  const eta = etaSeconds(link, status)
  return {
    linkId: link.id,
    download_ready: ready,
    remote_status: status,
    link: ready ? `${context.proxyUrl}/download/${link.id}/${urlName(link.name)}` : null,
    filename: link.name,
    filesize: String(link.size),
    hostDomain: link.hostDomain,
    maxchunks: context.policy.maxChunks,
    resumable: true,
    poll_after_seconds: pollAfter(link, status, eta, context.now),
    reusedExisting: context.reused,
    progress: ready ? 1 : link.size === 0 ? 0 : Math.min(1, link.bytesDone / link.size),
    bytes_done: ready ? link.size : Math.min(link.bytesDone, link.size),
    ...(status === 'downloading' && link.speed !== null ? { speed_bps: link.speed } : {}),
    ...(eta === undefined ? {} : { eta_seconds: eta }),
    attempt: link.attempts,
    expires_at: link.expiresAt.getTime(),
    ...(status === 'error' ? { error: linkError(link, context.now) } : {}),
    ...(ready && link.sha256 !== null && link.md5 !== null
      ? { hashes: { sha256: link.sha256, md5: link.md5 } }
      : {}),
  }
}

/** Cosmetic in the URL, but a dot segment would be resolved away by the client (RFC 3986 §5.2.4). */
function urlName(name: string): string {
  return /^\.{1,2}$/.test(name) || name === '' ? 'file' : encodeURIComponent(name)
}

/** A link whose time is over has ended, also before the sweep writes that down. */
function remoteStatus(link: LinkView, now: number): RemoteStatus {
  if (link.endReason !== null) return 'error'
  if (link.state === 'done' && link.expiresAt.getTime() <= now) return 'error'
  switch (link.state) {
    case 'done':
    case 'downloading':
    case 'error':
      return link.state
    case 'idle':
    case 'pending':
      return 'pending'
  }
}

/** Seconds, where the speed is known. */
function etaSeconds(link: LinkView, status: RemoteStatus): number | undefined {
  if (status !== 'downloading' || link.speed === null || link.speed <= 0) return undefined
  return Math.ceil(Math.max(0, link.size - link.bytesDone) / link.speed)
}

function pollAfter(link: LinkView, status: RemoteStatus, eta: number | undefined, now: number): number {
  if (status === 'done') return MIN_POLL_S
  if (status === 'error') return MAX_POLL_S
  const age = Math.max(0, now - (link.wantedAt ?? link.createdAt).getTime()) / 1000
  const wanted = eta === undefined ? age / AGE_SHARE : eta / POLLS_PER_FETCH
  return Math.min(MAX_POLL_S, Math.max(MIN_POLL_S, Math.ceil(wanted)))
}

function linkError(link: LinkView, now: number): NonNullable<LinkAnswer['error']> {
  const cause = isRefusalCause(link.refusal) ? link.refusal : 'link_ended'
  const { status, msg } = REFUSALS[cause]
  const seconds = link.retryAt === null ? 0 : Math.ceil((link.retryAt.getTime() - now) / 1000)
  return { status, msg, ...(isPassing(cause) ? { retry_in_seconds: Math.max(1, seconds) } : {}) }
}
