import { type AdmissionGate, Refusal } from '@obb/contracts'
import { type Caller, capOf, standingRefusal } from '../accounts/index.js'
import { type BlockFacts, blockRefusal } from '../blocks/index.js'
import type { Clock } from '../clock/index.js'
import { type SourceFile, UNFETCHED, isIn } from '../files/index.js'
import type { HostPolicy } from '../hosts/index.js'
import { isExpired, isUnendedSql } from '../links/index.js'
import type { GateSources } from './gate-sources.js'

/*
 * What stands between a request and a link, each gate once: GATES is the one place that orders the refusals.
 *
 * Admission asks the gates one after the other under the locks of the file and the account, and stops at the
 * first that refuses. Before a host is asked about a file they are asked without locks and without a size, so
 * that a refusal costs the host nothing. An explanation asks them all, and shows the ones that do not matter
 * to this file as passed.
 *
 * What clears by itself (`clears`) refuses no file of known size: its link is made and charged, and the file waits in
 * the queue, where nobody calls a host, an account or a store that is not there. Clients poll such a link for an hour,
 * and give a refusal up after six tries.
 */

/** When to ask again if no fetcher is alive, seconds. */
const FETCHER_RETRY_S = 15
/** When to ask again if there is no room for a file, seconds. */
const ROOM_RETRY_S = 60
/** When to ask again if all slots are taken, seconds. */
const SLOT_RETRY_S = 30
/** When to ask again if no account of the pool says when it is back, seconds. */
const POOL_RETRY_S = 120
/** When to ask again while a maintenance lasts, seconds; one that is expected to end tells it, up to the last of them. */
const MAINTENANCE_RETRY_S = 120
const MAX_MAINTENANCE_RETRY_S = 900

export interface Applicant {
  caller: Caller
  policy: HostPolicy
  /** undefined: nobody asked for it before. */
  file: SourceFile | undefined
  /** Facts that are known of the file, even if nobody asked for it before. */
  facts: BlockFacts
  /** Bytes that the file is known to have; null is unknown. */
  size: number | null
}

/** A Finding is what a gate sees. Figures are bytes, or links with `slots`; times are whole seconds or epoch ms. */
export interface Finding {
  /** Why it does not let pass. */
  refusal?: Refusal
  /** That passes with nobody's doing, so a file can wait for it; `clearsInSeconds` tells when. */
  clears?: true
  clearsInSeconds?: number
  used?: number
  /** null is without a limit. */
  max?: number | null
  running?: number
  waiting?: number
  maxRunning?: number
  maxWaiting?: number
  resetsAt?: number | null
  /** The account's unended link to this file; one past its time makes way for a new one. */
  link?: { id: string; live: boolean }
}

type Look = (of: Applicant, from: GateSources) => Finding | Promise<Finding>

interface Gate {
  name: AdmissionGate
  look: Look
  /** Whether it matters to this file; if not, admission does not ask it. */
  concerns?: (of: Applicant) => boolean
  /** Asked before the locks are taken, and not again: what it sees does not depend on them. */
  early?: true
}

/** 2 */
const account: Look = async (_of, { accountNow, clock }) => {
  const cause = standingRefusal(await accountNow(), clock.now())
  return cause === undefined ? {} : { refusal: new Refusal(cause) }
}

/** 102: also with a live link, which is about to be revoked. */
const block: Look = async ({ facts }, { block }) => {
  const found = await block(facts)
  return found ? { refusal: blockRefusal(found) } : {}
}

/** Never refuses. It is also what makes two requests at once one link. */
const reuse: Look = async ({ caller, file }, { runner, clock }) => {
  if (!file) return {}
  const [link] = await runner.query<{ id: string; expiresAt: Date }[]>(
    `SELECT id, expires_at AS "expiresAt" FROM link
      WHERE account_id = $1 AND file_id = $2 AND ${isUnendedSql('link')}`,
    [caller.accountId, file.id],
  )
  if (!link) return {}
  return { link: { id: link.id, live: !isExpired(link, file, clock.now()) } }
}

/** hostRefusal finds what the host said of the file, while it is remembered. */
const hostRefusal: Look = ({ file }, { files, clock }) => {
  const refusal = file && files.rememberedRefusal(file)
  const until = file?.refusedUntil?.getTime()
  if (!refusal || until === undefined) return {}
  // Of an exhausted pool the pool knows more, and has a gate of its own.
  const clears = refusal.refusal === 'host_unavailable' || refusal.refusal === 'pool_exhausted'
  return { refusal, clearsInSeconds: secondsUntil(until, clock), ...(clears && { clears }) }
}

/** 105: the operator takes no new links. */
const maintenance: Look = (_of, { maintenance, clock }) => {
  if (!maintenance) return {}
  const left = maintenance.until ? secondsUntil(maintenance.until.getTime(), clock) : MAINTENANCE_RETRY_S
  // One that is late is over at any time.
  const seconds = left === 1 ? MAINTENANCE_RETRY_S : Math.min(left, MAX_MAINTENANCE_RETRY_S)
  return refusalFinding('maintenance', seconds)
}

/** 105: nothing is charged for what nobody would fetch until somebody starts a fetcher. */
const fetcher: Look = async (_of, { fetcherAlive }) =>
  (await fetcherAlive()) ? {} : refusalFinding('no_fetcher', FETCHER_RETRY_S)

/** 105: the store takes no files, or not so large a one. One that is away comes back; others need an operator. */
const store: Look = async ({ file, size }, { storeState, clock }) => {
  const { trouble, retryAt, room } = await storeState()
  if (trouble) {
    const seconds = secondsUntil(retryAt?.getTime() ?? 0, clock)
    if (trouble === 'away') return clearingFinding('store_unavailable', seconds)
    return refusalFinding(trouble === 'full' ? 'store_full' : 'store_unavailable', seconds)
  }
  const missing = Math.max(0, (size ?? 0) - (file?.bytesDone ?? 0))
  return room !== null && missing > room ? refusalFinding('store_full', ROOM_RETRY_S) : {}
}

/** 105: the platform's circuit is open. */
const hostWorking: Look = async ({ policy }, { openUntil, clock }) => {
  if (policy.adapter.manifest.catchAll) return {}
  const until = await openUntil(policy.platform)
  return until === undefined ? {} : clearingFinding('host_unavailable', secondsUntil(until, clock))
}

/**
 * 55, or 56 where one at a time is the rule: counted from the unfinished links themselves. Beyond those that
 * run, `maxQueued` may wait.
 */
const slots: Look = async ({ caller, policy }, from) => {
  const solo = caller.solo || policy.solo
  const { unfinished, running } = await from.unfinished(policy.platform)
  const maxRunning = solo ? 1 : policy.maxDownloads
  const max = maxRunning + policy.maxQueued
  const waiting = unfinished - running
  const figures = { used: unfinished, max, running, waiting, maxRunning, maxWaiting: policy.maxQueued }
  return unfinished < max
    ? figures
    : { ...figures, ...refusalFinding(solo ? 'solo_slot_full' : 'slots_full', SLOT_RETRY_S) }
}

/** 54: the account's rolling 24 hours on this platform. */
const hostUsage: Look = async ({ caller, policy, size }, { usage, untilFits }) => {
  const max = capOf(caller, policy.platform)
  const { used, resetsAt } = await usage(policy.platform)
  const figures = { used, max, resetsAt }
  if (max === null) return figures
  const seconds = await untilFits(policy.platform, size ?? 0, max)
  return seconds === 0 ? figures : { ...figures, ...refusalFinding('host_usage_exceeded', seconds) }
}

/** 107: no account could fetch this file now. One that rests comes back; others need an operator. */
const poolHasRoom: Look = async ({ policy, size }, { poolCapacity, clock }) => {
  if (!policy.adapter.manifest.needsAccount) return {}
  const { configured, largest, retryAt } = await poolCapacity(policy.platform)
  if (largest !== null && (size ?? 0) <= largest) return {}
  if (!configured) return { refusal: new Refusal('pool_empty') }
  if (retryAt === null) return refusalFinding('pool_exhausted', POOL_RETRY_S)
  return clearingFinding('pool_exhausted', secondsUntil(retryAt.getTime(), clock))
}

/** 52 */
const traffic: Look = async ({ size, caller }, { accountNow }) => {
  const { trafficLeft } = await accountNow()
  const figures = { used: Math.max(0, caller.trafficMax - trafficLeft), max: caller.trafficMax }
  return (size ?? 0) <= trafficLeft ? figures : { ...figures, refusal: new Refusal('traffic_insufficient') }
}

const notStored = ({ file }: Applicant) => file?.state !== 'done'
/** Its fetch would begin with this request. */
const unwanted = ({ file }: Applicant) => !file || isIn(UNFETCHED, file)

/** In the order in which they refuse; read it from top to bottom. */
export const GATES: readonly Gate[] = [
  { name: 'account', look: account },
  { name: 'block', look: block },
  { name: 'reuse', look: reuse },
  { name: 'file', look: hostRefusal },
  { name: 'maintenance', look: maintenance },
  { name: 'fetcher', look: fetcher, concerns: notStored, early: true },
  { name: 'store', look: store, concerns: notStored },
  { name: 'host_working', look: hostWorking, concerns: unwanted },
  { name: 'slots', look: slots, concerns: notStored },
  {
    name: 'host_usage',
    look: hostUsage,
    concerns: ({ caller, policy }) => capOf(caller, policy.platform) !== null,
  },
  { name: 'pool', look: poolHasRoom, concerns: unwanted },
  { name: 'traffic', look: traffic },
]

function refusalFinding(cause: ConstructorParameters<typeof Refusal>[0], retryInSeconds: number): Finding {
  return { refusal: new Refusal(cause, { retryInSeconds }), clearsInSeconds: retryInSeconds }
}

function clearingFinding(...of: Parameters<typeof refusalFinding>): Finding {
  return { ...refusalFinding(...of), clears: true }
}

/** A file whose size, and with it its price, is known waits for what clears by itself. */
export function mayWait(
  { clears }: { clears?: true | undefined },
  { size }: Pick<Applicant, 'size'>,
): boolean {
  return clears === true && size !== null
}

function secondsUntil(time: number, clock: Clock): number {
  return Math.max(1, Math.ceil((time - clock.now()) / 1000))
}
