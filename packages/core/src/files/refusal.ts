import type { RefusalCause } from '@obb/contracts'
import { type HostError, type HostErrorKind, networkCode } from '@obb/host-adapters'

/** The pool itself remembers its accounts' state, and an operator may add one any moment. */
const POOL = 5_000
/** How soon a host is asked again at most, whatever it names. */
const SOONEST = 1_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What a client sees of a host's refusal, after the whole pool was considered, and how long it is answered
 * from memory without asking the host again, ms (hosts index §2).
 */
const ANSWERS = {
  BAD_URL: ['url_unsupported', 10 * MINUTE],
  FOLDER: ['folder_given', 10 * MINUTE],
  FILE_BLOCKED: ['file_blocked', 24 * HOUR],
  FILE_RESTRICTED: ['file_restricted', HOUR],
  FILE_PASSWORD_REQUIRED: ['password_required', 10 * MINUTE],
  FILE_PASSWORD_WRONG: ['password_wrong', 10 * MINUTE],
  FILE_GONE: ['file_gone', 10 * MINUTE],
  HOST_TEMP: ['host_unavailable', MINUTE],
  HOST_DOWN: ['host_unavailable', MINUTE],
  RATE_LIMITED: ['host_unavailable', MINUTE],
  ACCOUNT_QUOTA: ['pool_exhausted', POOL],
  ACCOUNT_BUSY: ['pool_exhausted', POOL],
  ACCOUNT_RATE: ['pool_exhausted', POOL],
  EGRESS_BLOCKED: ['pool_exhausted', POOL],
  ACCOUNT_INVALID: ['pool_exhausted', POOL],
  ACCOUNT_NOT_PREMIUM: ['pool_exhausted', POOL],
  ACCOUNT_NEEDS_HUMAN: ['pool_exhausted', POOL],
  CAPABILITY_OFF: ['pool_exhausted', POOL],
  CONFIG: ['pool_exhausted', POOL],
  SESSION_EXPIRED: ['pool_exhausted', POOL],
  LINK_EXPIRED: ['host_unavailable', MINUTE],
  CORRUPT: ['upstream_error', MINUTE],
  TRUNCATED: ['upstream_error', MINUTE],
  SIZE_UNKNOWN: ['size_unknown', 10 * MINUTE],
  UNEXPECTED: ['upstream_error', MINUTE],
} as const satisfies Record<HostErrorKind, readonly [RefusalCause, number]>

/** How long an address that a user chose may be out of reach until that is no passing thing, ms. */
export const UNREACHABLE_MS = HOUR
const UNREACHABLE_MEMORY = 10 * MINUTE

/** Whether nothing answers at an address that a user chose, or breaks off before the head of its answer is there. */
export function isUnreachable(error: HostError): boolean {
  return error.kind === 'HOST_TEMP' && error.elsewhere && networkCode(error) !== undefined
}

/** For so long is it answered that an address which a user chose does not give its list: others may have a better one. */
const ELSEWHERE_MEMORY = MINUTE

export interface HostRefusal {
  cause: RefusalCause
  /** Epoch ms until which it is answered without asking again. */
  until: number
}

/** `since`: when it was first tried in vain, epoch ms, where that is known. */
export function hostRefusalOf(error: HostError, now: number, since = now): HostRefusal {
  if (isUnreachable(error) && now - since > UNREACHABLE_MS) {
    return { cause: 'server_unreachable', until: now + UNREACHABLE_MEMORY }
  }
  if (error.kind === 'FILE_RESTRICTED' && error.elsewhere) {
    return { cause: 'nzb_refused', until: now + ELSEWHERE_MEMORY }
  }
  const [cause, memory] = ANSWERS[error.kind]
  const answer = error.kind === 'HOST_TEMP' && !error.retryable ? 'upstream_error' : cause
  if (answer === 'pool_exhausted') return { cause: answer, until: now + memory }
  const named = Math.min(error.retryAt ?? 0, now + 24 * HOUR)
  // A host that is away says itself how long; what it says of a file is remembered for longer.
  const least = answer === 'host_unavailable' && named > now ? SOONEST : memory
  return { cause: answer, until: Math.max(now + least, named) }
}
