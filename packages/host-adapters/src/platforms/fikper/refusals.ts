import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What Fikper refuses, first fit wins. Statuses are those that the body states, HTTP's where it states none.
 * `at`: `account`, `check`, `info`, `download` (the calls), `file` (a row of a check), `link` (the direct link).
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    at: ['link'],
    status: [429],
    kind: 'ACCOUNT_BUSY',
    message: 'too many connections to the download server',
    retryAfterMs: 30_000,
  },
  {
    at: ['check', 'download', 'link'],
    text: ['you should be premium', 'file size limit'],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not premium',
  },
  {
    text: ['bandwidth limit'],
    kind: 'ACCOUNT_QUOTA',
    message: 'bandwidth of the account is used up',
    retryAfterMs: HOUR,
  },
  {
    at: ['link'],
    status: [403, 404],
    kind: 'HOST_TEMP',
    message: 'download server has the file not now',
    retryAfterMs: HOUR,
  },
  { at: ['link'], status: [401, 410], kind: 'LINK_EXPIRED', message: 'direct link is not valid any more' },
  { at: ['file', 'info', 'download'], status: [404], kind: 'FILE_GONE', message: 'file does not exist' },
  { status: [401], kind: 'ACCOUNT_INVALID', message: 'API key is not accepted' },
  {
    status: [405],
    kind: 'ACCOUNT_BUSY',
    message: 'account has to wait for its next download',
    retryAfterMs: MINUTE,
  },
]
