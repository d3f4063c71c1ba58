import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What PixelDrain refuses, by the `value` of its errors and by what its facts say of a file (`abuse`). `at`:
 * `user`, `info`, `list`, `stat` or `download`.
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    code: ['not_found', 'file_not_found', 'path_not_found', 'file_deleted', 'list_not_found'],
    kind: 'FILE_GONE',
    message: 'file does not exist',
  },
  { code: ['authentication_failed', 'unauthorized'], kind: 'ACCOUNT_INVALID', message: 'API key is wrong' },
  { at: ['user'], status: [401, 403], kind: 'ACCOUNT_INVALID', message: 'API key is not accepted' },
  {
    code: ['file_rate_limited_captcha_required'],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not of a tier that downloads without a captcha',
  },
  {
    code: ['virus_detected_captcha_required'],
    kind: 'FILE_BLOCKED',
    message: 'file is taken for malware',
  },
  { code: ['abuse'], kind: 'FILE_BLOCKED', message: 'file is blocked for abuse' },
  { status: [451], kind: 'FILE_BLOCKED', message: 'file is blocked for legal reasons' },
  {
    code: ['permission_denied', 'forbidden'],
    kind: 'FILE_RESTRICTED',
    message: 'access to the file is restricted',
  },
  {
    code: ['out_of_transfer'],
    kind: 'ACCOUNT_QUOTA',
    message: 'transfer of the account is used up',
    retryAfterMs: HOUR,
  },
  { status: [401], kind: 'ACCOUNT_INVALID', message: 'key is refused' },
  { status: [403], kind: 'FILE_RESTRICTED', message: 'file is not handed out' },
  { status: [404, 410], kind: 'FILE_GONE', message: 'file is not there' },
  { code: ['internal'], kind: 'HOST_DOWN', message: 'host has an internal error', retryAfterMs: 5 * MINUTE },
  {
    status: [500, 501, 502, 503, 504],
    kind: 'HOST_DOWN',
    message: 'host is under maintenance',
    retryAfterMs: 5 * MINUTE,
  },
  { status: [429], kind: 'RATE_LIMITED', message: 'too many requests', retryAfterMs: MINUTE },
]
