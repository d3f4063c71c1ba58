import { AWAY_STATUSES } from '../../kit/away-statuses.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000

/** REFUSALS are what a plain web server refuses. */
export const REFUSALS: readonly RefusalRule[] = [
  { status: [401, 402, 403, 407], kind: 'FILE_RESTRICTED', message: 'server restricts access to the file' },
  { status: [404, 410], kind: 'FILE_GONE', message: 'file does not exist' },
  { status: [451], kind: 'FILE_BLOCKED', message: 'file is blocked for legal reasons' },
  {
    status: AWAY_STATUSES,
    kind: 'HOST_TEMP',
    message: 'server is temporarily unavailable',
    retryAfterMs: MINUTE,
  },
]
