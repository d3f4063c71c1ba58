import { type HostRefusal, type SourceFile, refusalOf } from '@obb/core/files'
import { StoreError } from '@obb/core/storage'
import { HostError } from '@obb/host-adapters'

/** What becomes of a file after an attempt to fetch it. */
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
      why: string
    }
  | { end: 'fail'; refusal: HostRefusal; why: string }

/** Attempts that may fail for reasons of the transfer itself before the file is given up. */
export const MAX_ATTEMPTS = 5
/** How long a host may keep a file waiting before it is given up, ms. */
export const MAX_WAIT_MS = 6 * 3_600_000
const PAUSES_MS = [2_000, 10_000, 30_000, 60_000]
const STORE_PAUSE_MS = 10_000
const HOST_PAUSE_MS = 30_000

/** `error`: HostError, StoreError or anything unexpected. `now`: epoch ms. */
export function judge(error: unknown, file: Pick<SourceFile, 'attempts' | 'wantedAt'>, now: number): Verdict {
  if (error instanceof StoreError && error.kind !== 'INVALID' && error.kind !== 'PART_SIZE') {
    const restart = error.kind === 'NO_SUCH_UPLOAD' || error.kind === 'INCOMPLETE'
    return {
      end: 'wait',
      until: now + STORE_PAUSE_MS,
      failedAttempt: false,
      restart,
      why: `store: ${error.kind}`,
    }
  }
  const fault = error instanceof HostError ? error : new HostError('UNEXPECTED', 'unexpected failure')
  const why = `${fault.kind}: ${fault.message}`
  const fail: Verdict = { end: 'fail', refusal: refusalOf(fault, now), why }
  const waited = now - (file.wantedAt?.getTime() ?? now)
  switch (fault.scope) {
    case 'host': {
      if (!fault.retryable || waited > MAX_WAIT_MS) return fail
      const until = fault.retryAt ?? now + HOST_PAUSE_MS
      return { end: 'wait', until, failedAttempt: false, restart: false, why }
    }
    case 'job': {
      if (file.attempts + 1 >= MAX_ATTEMPTS) return fail
      const until = now + (PAUSES_MS[file.attempts] ?? STORE_PAUSE_MS)
      return { end: 'wait', until, failedAttempt: true, restart: fault.kind === 'CORRUPT', why }
    }
    case 'file': {
      // Hosts say "gone" in passing trouble too, so the first time it is asked again.
      const again = fault.kind === 'FILE_GONE' && file.attempts === 0
      return again
        ? { end: 'wait', until: now + (PAUSES_MS[0] ?? 0), failedAttempt: true, restart: false, why }
        : fail
    }
    case 'request':
    case 'account':
      return fail
  }
}
