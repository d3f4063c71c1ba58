import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What 1fichier refuses, first fit wins. The API ends its messages with a number (`#38`), which is told as the
 * code; the words go before it, since one number can stand under several of them. `at`: the API's method,
 * `check_links`, `folder` or `download`.
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    text: ['professional equipment', 'must have cdn'],
    kind: 'EGRESS_BLOCKED',
    message: 'this address is served with CDN credit or a GOLD account only',
    retryAfterMs: HOUR,
  },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
  {
    at: ['folder'],
    text: ['password not provided', /<input[^>]{1,200}type=["']?password/],
    kind: 'FILE_PASSWORD_REQUIRED',
    message: 'folder wants a password',
  },
  { text: ['invalid password'], kind: 'FILE_PASSWORD_WRONG', message: 'password of the file is wrong' },
  { text: ['password not provided'], kind: 'FILE_PASSWORD_REQUIRED', message: 'file wants a password' },
  { code: [649], kind: 'ACCOUNT_RATE', message: 'account is locked (649)', retryAfterMs: HOUR },
  {
    at: ['user/info'],
    text: ['owner locked'],
    kind: 'ACCOUNT_RATE',
    message: 'account is locked',
    retryAfterMs: HOUR,
  },
  { text: ['owner locked'], kind: 'FILE_RESTRICTED', message: 'uploader of the file is locked' },
  {
    at: ['check_links', 'folder', 'user/info'],
    text: ['flood detected'],
    kind: 'RATE_LIMITED',
    message: 'too many checks from this address',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: ['flood detected', 'user locked'],
    kind: 'ACCOUNT_RATE',
    message: 'too many calls of the account',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: ['ip locked'],
    kind: 'EGRESS_BLOCKED',
    message: 'this address is locked',
    retryAfterMs: HOUR,
  },
  {
    text: ['must be a customer'],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not premium',
  },
  {
    text: [/only \d{1,4} locations? allowed/, 'location(s) allowed'],
    kind: 'ACCOUNT_BUSY',
    message: 'account is in use at another address',
    retryAfterMs: 5 * MINUTE,
  },
  { text: ['resource not found'], kind: 'FILE_GONE', message: 'file does not exist' },
  { text: ['resource not allowed'], kind: 'FILE_RESTRICTED', message: 'access to the file is restricted' },
  { text: ['not authenticated', 'no such user'], kind: 'ACCOUNT_INVALID', message: 'API key is wrong' },
  {
    code: [38, 374, 412],
    kind: 'ACCOUNT_RATE',
    message: 'too many calls of the account (38, 374, 412)',
    retryAfterMs: 5 * MINUTE,
  },
  { code: [186], kind: 'EGRESS_BLOCKED', message: 'this address is locked (186)', retryAfterMs: HOUR },
  { code: [200], kind: 'ACCOUNT_NOT_PREMIUM', message: 'account is not premium (200)' },
  {
    code: [887],
    kind: 'ACCOUNT_BUSY',
    message: 'account is in use at another address (887)',
    retryAfterMs: 5 * MINUTE,
  },
  { code: [469], kind: 'FILE_GONE', message: 'file does not exist (469)' },
  { code: [631], kind: 'FILE_RESTRICTED', message: 'access to the file is restricted (631)' },
  { code: [93], kind: 'ACCOUNT_INVALID', message: 'API key is wrong (93)' },
  {
    status: [500, 501, 502, 503, 504],
    kind: 'HOST_DOWN',
    message: 'host is under maintenance',
    retryAfterMs: 5 * MINUTE,
  },
]
