import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What download servers of the script refuse, first fit wins. */
export const DOWNLOAD_REFUSALS: readonly RefusalRule[] = [
  {
    at: ['download'],
    text: ['download-limit', 'download limit', 'traffic exceeded', 'reached the maximum limit'],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the account is used up',
    retryAfterMs: 4 * HOUR,
  },
  {
    at: ['download'],
    text: ['wrong ip'],
    kind: 'LINK_EXPIRED',
    message: 'direct link was made for another address',
  },
  {
    at: ['download'],
    text: [/^[ \t]*expired[ \t]*$/m],
    kind: 'LINK_EXPIRED',
    message: 'direct link has expired',
  },
  {
    at: ['download'],
    status: [429, 503],
    kind: 'ACCOUNT_BUSY',
    message: 'too many connections',
    retryAfterMs: 5 * MINUTE,
  },
  { at: ['download'], status: [451], kind: 'FILE_BLOCKED', message: 'file is withheld for legal reasons' },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
  {
    at: ['download'],
    text: [/\bfilename="?error\.html/],
    kind: 'LINK_EXPIRED',
    message: 'an error page was sent instead of the file',
  },
]

/**
 * What sites of the script refuse, first fit wins. `at`: the method, `probe` (direct links asked for without a
 * file) or `download`. Statuses of the API are matched as `code`, so that a page served in place of an answer
 * (a proxy's 403) says nothing of the account.
 */
export const REFUSALS: readonly RefusalRule[] = [
  ...DOWNLOAD_REFUSALS,
  { code: [400], text: ['invalid key'], kind: 'ACCOUNT_INVALID', message: 'API key is not valid' },
  {
    at: ['file/direct_link', 'probe'],
    code: [400, 404],
    text: ['invalid operation'],
    kind: 'CAPABILITY_OFF',
    message: 'API has no direct links',
  },
  {
    at: ['file/info', 'file/direct_link', 'probe'],
    code: [400],
    text: [/\bfile.?codes?\b/],
    kind: 'BAD_URL',
    message: 'host knows no files of this kind',
  },
  {
    code: [403],
    text: [/requests limit reached.{0,40}per min/],
    kind: 'ACCOUNT_RATE',
    message: 'requests of this minute are used up',
    retryAfterMs: MINUTE,
  },
  {
    code: [403],
    text: ['requests limit reached'],
    kind: 'ACCOUNT_RATE',
    message: 'requests of this day are used up',
    retryAfterMs: HOUR,
  },
  {
    code: [403],
    text: ['for premium only'],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'direct links are for premium accounts',
  },
  {
    code: [403],
    text: ['not enable', 'not allowed in api'],
    kind: 'CAPABILITY_OFF',
    message: 'API is switched off for this account',
  },
  {
    at: ['file/direct_link', 'probe'],
    code: [403],
    text: ['wrong auth'],
    kind: 'CAPABILITY_OFF',
    message: 'direct links are switched off for this account',
  },
  { code: [403], kind: 'ACCOUNT_INVALID', message: 'API key is refused' },
  {
    at: ['file/info', 'file/direct_link', 'probe'],
    code: [404],
    kind: 'FILE_GONE',
    message: 'file does not exist',
  },
  { code: [451], kind: 'FILE_BLOCKED', message: 'file is withheld for legal reasons' },
]
