import type { RefusalCause } from '@obb/contracts'
import type { HostError, HostErrorKind } from '@obb/host-adapters'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What a client sees of a host's refusal, after the whole pool was considered, and how long it is answered
 * from memory without asking the host again, ms (hosts index §2).
 */
const ANSWERS = {
  BAD_URL: ['url_unsupported', 10 * MINUTE],
  FILE_BLOCKED: ['file_blocked', 24 * HOUR],
  FILE_RESTRICTED: ['file_restricted', HOUR],
  FILE_PASSWORD_REQUIRED: ['password_required', 10 * MINUTE],
  FILE_PASSWORD_WRONG: ['password_wrong', 10 * MINUTE],
  FILE_GONE: ['file_gone', 10 * MINUTE],
  HOST_TEMP: ['host_unavailable', MINUTE],
  HOST_DOWN: ['host_unavailable', MINUTE],
  RATE_LIMITED: ['host_unavailable', MINUTE],
  ACCOUNT_QUOTA: ['pool_exhausted', MINUTE],
  ACCOUNT_BUSY: ['pool_exhausted', MINUTE],
  ACCOUNT_RATE: ['pool_exhausted', MINUTE],
  EGRESS_BLOCKED: ['pool_exhausted', MINUTE],
  ACCOUNT_INVALID: ['pool_exhausted', MINUTE],
  ACCOUNT_NOT_PREMIUM: ['pool_exhausted', MINUTE],
  ACCOUNT_NEEDS_HUMAN: ['pool_exhausted', MINUTE],
  CAPABILITY_OFF: ['pool_exhausted', MINUTE],
  CONFIG: ['pool_exhausted', MINUTE],
  SESSION_EXPIRED: ['pool_exhausted', MINUTE],
  LINK_EXPIRED: ['host_unavailable', MINUTE],
  CORRUPT: ['upstream_error', MINUTE],
  TRUNCATED: ['upstream_error', MINUTE],
  UNEXPECTED: ['upstream_error', MINUTE],
} as const satisfies Record<HostErrorKind, readonly [RefusalCause, number]>

export interface HostRefusal {
  cause: RefusalCause
  /** Epoch ms until which it is answered without asking again. */
  until: number
}

export function refusalOf(error: HostError, now: number): HostRefusal {
  const [cause, memory] = ANSWERS[error.kind]
  const answer = error.kind === 'HOST_TEMP' && !error.retryable ? 'upstream_error' : cause
  return { cause: answer, until: Math.max(now + memory, Math.min(error.retryAt ?? 0, now + 24 * HOUR)) }
}
