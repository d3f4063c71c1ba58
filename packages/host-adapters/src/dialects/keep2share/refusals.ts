import type { RefusalRule } from '../../kit/refusal-rule.js'
import type { Site } from './site.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Calls about a file. */
const FILE_CALLS = ['getFilesInfo', 'getFileStatus', 'getUrl']

/**
 * What the services of the family refuse, first fit wins. `at` is the method of the API, or `download` for the
 * direct link; a code `sub N` is the reason behind one of the vague codes (see `parseRefusal`).
 */
export function refusalsOf({ domains }: Pick<Site, 'domains'>): readonly RefusalRule[] {
  const url = `https://${domains[0]}`
  return [
    {
      text: ['captcha_need_wait'],
      kind: 'ACCOUNT_NEEDS_HUMAN',
      message: 'a captcha or a long wait is asked for',
      retryAfterMs: HOUR,
      humanAction: { reason: 'Sign in on the site from the address of this server', url },
    },
    { code: ['sub 1'], kind: 'ACCOUNT_QUOTA', message: 'number of downloads is used up' },
    { code: ['sub 2'], kind: 'ACCOUNT_QUOTA', message: 'traffic of the account is used up' },
    { code: ['sub 3'], kind: 'ACCOUNT_NOT_PREMIUM', message: 'file is too large for the account' },
    { code: ['sub 7', 43], kind: 'ACCOUNT_NOT_PREMIUM', message: 'file is for premium accounts' },
    { code: ['sub 4'], kind: 'FILE_RESTRICTED', message: 'owner gives no access to the file' },
    { code: ['sub 8'], kind: 'FILE_RESTRICTED', message: 'file is private' },
    { code: ['sub 9'], kind: 'FILE_RESTRICTED', message: 'file is for subscribers of its store' },
    {
      code: ['sub 5'],
      kind: 'ACCOUNT_BUSY',
      message: 'account has to wait between downloads',
      retryAfterMs: 15 * MINUTE,
    },
    {
      code: ['sub 6'],
      kind: 'ACCOUNT_BUSY',
      message: 'account has too many downloads at once',
      retryAfterMs: 15 * MINUTE,
    },
    {
      at: ['login'],
      code: [2],
      kind: 'EGRESS_BLOCKED',
      message: 'login is not taken from this address',
      retryAfterMs: 30 * MINUTE,
    },
    { at: FILE_CALLS, code: [2], kind: 'FILE_GONE', message: 'id is not known' },
    { at: FILE_CALLS, code: [3, 4], kind: 'BAD_URL', message: 'id is not valid' },
    { code: [10, 11], kind: 'SESSION_EXPIRED', message: 'token is not known any more' },
    { code: [75], kind: 'SESSION_EXPIRED', message: 'token belongs to another address' },
    { code: [20], kind: 'FILE_GONE', message: 'file does not exist' },
    {
      code: [21],
      text: ['file not available', 'file is not available'],
      kind: 'FILE_GONE',
      message: 'file is not available',
    },
    { code: [22], kind: 'FILE_BLOCKED', message: 'file is blocked' },
    { code: [23], kind: 'BAD_URL', message: 'link leads to a folder' },
    {
      code: [30, 31, 33],
      kind: 'ACCOUNT_NEEDS_HUMAN',
      message: 'a captcha is asked for',
      humanAction: { reason: 'Sign in on the site from the address of this server', url },
    },
    { code: [40, 41], kind: 'ACCOUNT_NOT_PREMIUM', message: 'account is served as a free one' },
    { code: [50, 51], kind: 'UNEXPECTED', message: 'host talks of reselling' },
    { code: [60, 61, 62], kind: 'UNEXPECTED', message: 'host talks of uploading' },
    { code: [70], kind: 'ACCOUNT_INVALID', message: 'user name or password is wrong' },
    { code: [72], kind: 'ACCOUNT_INVALID', message: 'account is banned' },
    { code: [74], kind: 'ACCOUNT_INVALID', message: 'login fails without a reason' },
    { code: [76], kind: 'ACCOUNT_INVALID', message: 'account is reported as stolen' },
    {
      code: [71],
      kind: 'EGRESS_BLOCKED',
      message: 'too many logins from this address',
      retryAfterMs: 31 * MINUTE,
    },
    {
      code: [73],
      kind: 'EGRESS_BLOCKED',
      message: 'account may not be used from this network',
      retryAfterMs: 6 * HOUR,
    },
    { code: [77], kind: 'EGRESS_BLOCKED', message: 'this network is banned', retryAfterMs: 6 * HOUR },
    {
      at: ['download'],
      text: [/exceeded your premium .{0,20}daily limit/],
      kind: 'ACCOUNT_QUOTA',
      message: 'daily limit of the account is used up',
      retryAfterMs: HOUR,
    },
    {
      at: ['download'],
      text: [/current tariff doesn.{0,8}t allow to download more files/],
      kind: 'ACCOUNT_BUSY',
      message: 'tariff of the account allows no more downloads at once',
      retryAfterMs: 15 * MINUTE,
    },
    {
      at: ['download'],
      status: [401, 403, 404, 409, 410, 440],
      kind: 'LINK_EXPIRED',
      message: 'direct link is not valid any more',
    },
    { status: [542], kind: 'HOST_DOWN', message: 'host is down', retryAfterMs: 5 * MINUTE },
  ]
}
