import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What UploadGig refuses, first fit wins. `at`: `account`, `file` (its page) or `download` (the link itself). */
export const REFUSALS: readonly RefusalRule[] = [
  {
    at: ['file'],
    text: ['file not found', 'file was deleted', 'file has been deleted', 'file has been removed'],
    kind: 'FILE_GONE',
    message: 'file does not exist',
  },
  {
    at: ['file', 'download'],
    text: [
      /\bdaily (traffic|download) (limit|usage)\b.{0,40}\b(reached|exceeded)/,
      'daily traffic is used up',
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the day is used up',
    retryAfterMs: HOUR,
  },
  { status: [406], kind: 'ACCOUNT_RATE', message: 'too many tries', retryAfterMs: 30 * MINUTE },
  { at: ['file'], status: [404, 410], kind: 'FILE_GONE', message: 'page of the file does not exist' },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
]
