import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What Upstore refuses, first fit wins. `at`: `account`, `file` (its page), `link` (asking for one) or `download`. */
export const REFUSALS: readonly RefusalRule[] = [
  {
    at: ['file', 'link'],
    text: ['file not found', 'file was deleted', 'file is deleted'],
    kind: 'FILE_GONE',
    message: 'file does not exist',
  },
  {
    at: ['link'],
    text: [/\b(limit|quota)\b/, 'downloaded in last 24 hours'],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the day is used up',
    retryAfterMs: HOUR,
  },
  {
    at: ['link'],
    text: ['premium'],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not premium',
  },
  { at: ['file', 'link'], status: [404, 410], kind: 'FILE_GONE', message: 'page of the file does not exist' },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
]
