import { CODES } from '../../kit/mega/refusals.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What transfer.it refuses, by the negative numbers of Mega's SDK; first fit wins. There are no accounts: what Mega
 * counts by account is counted by address. `at`: `transfer`, `download` (a storage server). Passwords are the caller's.
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    at: ['download'],
    status: [509],
    kind: 'HOST_TEMP',
    message: 'storage servers say that the transfer quota of this address is used up',
    retryAfterMs: HOUR,
  },
  {
    at: ['download'],
    status: [503],
    kind: 'HOST_TEMP',
    message: 'storage servers are asked for too much at once',
    retryAfterMs: MINUTE,
  },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
  { code: [-8], kind: 'FILE_GONE', message: 'transfer has expired' },
  { code: [-14], kind: 'FILE_PASSWORD_REQUIRED', message: 'transfer has a password, and this is not it' },
  {
    code: [-17, -24],
    kind: 'HOST_TEMP',
    message: 'transfer quota of this address is used up',
    retryAfterMs: HOUR,
  },
  { code: [-19], kind: 'HOST_TEMP', message: 'too many connections', retryAfterMs: MINUTE },
  ...CODES,
]
