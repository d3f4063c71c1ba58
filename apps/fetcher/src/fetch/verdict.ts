import { isDatabaseAway } from '@obb/core/database'
import {
  type HostRefusal,
  type SourceFile,
  UNREACHABLE_MS,
  hostRefusalOf,
  isUnreachable,
} from '@obb/core/files'
import { StoreError } from '@obb/core/storage'
import { HostError } from '@obb/host-adapters'
import { GAVE_WAY, LOST, STOPPED, SUSPECT } from './fetch-end.js'
import { PoolRefusal } from './pool-refusal.js'
import { SizeDiffers } from '../transfer/download-answer.js'

/** Verdict tells what becomes of a file after an attempt to fetch it. */
export type Verdict =
  | { end: 'done' }
  /** Another worker has it; touch nothing. */
  | { end: 'lost' }
  | {
      end: 'wait'
      /** Epoch ms. */
      until: number
      failedAttempt: boolean
      /** The stored parts are no good. */
      restart: boolean
      /** False: nothing was tried. */
      tried?: boolean
      /** It left its slot to another one. */
      gaveWay?: boolean
      why: string
    }
  | { end: 'fail'; refusal: HostRefusal; why: string }

export interface FinishedAttempt {
  file: Pick<SourceFile, 'attempts' | 'wantedAt'>
  /** The attempt brought parts that stay: however often a host breaks off, such attempts come to an end. */
  gained: boolean
}

/** Attempts that may fail for reasons of the transfer itself before the file is given up. */
export const MAX_ATTEMPTS = 5
/** How long a host may keep a file waiting before it is given up, ms. */
export const MAX_WAIT_MS = 6 * 3_600_000
const PAUSES_MS = [2_000, 10_000, 30_000, 60_000] as const
const DATABASE_PAUSE_MS = 1_000
const STORE_PAUSE_MS = 10_000
const HOST_PAUSE_MS = 30_000
/** For so long is the slot left to another one, ms. */
const WAY_PAUSE_MS = 10_000
/** When a file for which all accounts are busy is tried again, ms. */
const BUSY_PAUSE_MS = 3_000

/** Whether an attempt may end so without a fault of ours. */
export function isForeseen(error: unknown): boolean {
  if ([LOST, STOPPED, GAVE_WAY, SUSPECT].includes(error as never) || isDatabaseAway(error)) return true
  return [HostError, StoreError, PoolRefusal].some((kind) => error instanceof kind)
}

/** `error`: one of `fetch-end.ts`, HostError, StoreError, PoolRefusal, or anything unexpected. `now`: epoch ms. */
export function judge(error: unknown, { file, gained }: FinishedAttempt, now: number): Verdict {
  const wait = (ms: number, why: string, how = {}): Verdict => {
    return { end: 'wait', until: now + ms, failedAttempt: false, restart: false, why, ...how }
  }
  if (error === LOST) return { end: 'lost' }
  if (error === STOPPED) return wait(0, 'stopped')
  if (error === SUSPECT) return wait(BUSY_PAUSE_MS, 'suspect', { tried: false })
  if (error === GAVE_WAY) return wait(WAY_PAUSE_MS, 'crawls, and gave way', { gaveWay: true })
  if (isDatabaseAway(error)) return wait(DATABASE_PAUSE_MS, 'database: away')
  if (error instanceof PoolRefusal) {
    const pause = error.reason === 'busy' ? BUSY_PAUSE_MS : error.retryAt && error.retryAt - now
    if (pause !== undefined) return wait(pause, error.message)
  }
  if (error instanceof StoreError && (error.kind === 'UNAVAILABLE' || error.kind === 'FULL')) {
    return wait(STORE_PAUSE_MS, `store: ${error.kind}`)
  }

  const fault = hostErrorOf(error)
  const why = `${fault.kind}: ${fault.message}`
  const wantedAt = file.wantedAt?.getTime() ?? now
  const fail: Verdict = { end: 'fail', refusal: hostRefusalOf(fault, now, wantedAt), why }
  const again = (how: { failedAttempt: boolean; restart: boolean }): Verdict =>
    how.failedAttempt && file.attempts + 1 >= MAX_ATTEMPTS
      ? fail
      : wait(PAUSES_MS[file.attempts] ?? PAUSES_MS[0], why, how)
  switch (fault.scope) {
    case 'host': {
      const mostMs = isUnreachable(fault) ? UNREACHABLE_MS : MAX_WAIT_MS
      if (!fault.retryable || (now - wantedAt > mostMs && !gained)) return fail
      return wait(fault.retryAt === undefined ? HOST_PAUSE_MS : Math.max(0, fault.retryAt - now), why)
    }
    case 'job': {
      if (!fault.retryable) return fail
      const brokenOff = fault.kind === 'TRUNCATED' || fault.kind === 'LINK_EXPIRED'
      const restart = fault.kind === 'CORRUPT' || lostParts(error)
      return again({ failedAttempt: !(brokenOff && gained), restart })
    }
    case 'file':
      // Hosts say "gone" in passing trouble too, so the first time it is asked again.
      return fault.kind === 'FILE_GONE' && file.attempts === 0
        ? again({ failedAttempt: true, restart: false })
        : fail
    case 'request':
    case 'account':
      return fail
  }
}

function hostErrorOf(error: unknown): HostError {
  if (error instanceof HostError) return error
  if (error instanceof SizeDiffers) return new HostError('CORRUPT', error.message)
  if (error instanceof PoolRefusal) return new HostError('ACCOUNT_BUSY', 'no account is left')
  if (error instanceof StoreError) return new HostError('UNEXPECTED', `store: ${error.kind}`)
  return new HostError('UNEXPECTED', 'unexpected failure')
}

/** The store forgot the upload, or the object between completion and verification. */
function lostParts(error: unknown): boolean {
  return error instanceof StoreError && (error.kind === 'NO_SUCH_UPLOAD' || error.kind === 'NO_SUCH_OBJECT')
}
