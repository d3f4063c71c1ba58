import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What GoFile refuses, first fit wins; the code is the `status` of the answer. `at`: `contents`, `account`, `link`
 * (the download). Whoever asks on is banned by address, so a limit is waited out for as long as a third one would be.
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    text: ['currently overloaded'],
    kind: 'HOST_DOWN',
    message: 'server is overloaded',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: ['monthly download limit'],
    kind: 'ACCOUNT_QUOTA',
    message: 'monthly traffic of the account is used up',
    retryAfterMs: 6 * HOUR,
  },
  { at: ['contents'], code: ['error-notFound'], kind: 'FILE_GONE', message: 'folder does not exist' },
  { code: ['error-notPremium'], kind: 'ACCOUNT_NOT_PREMIUM', message: 'account is not premium' },
  {
    at: ['contents'],
    code: ['error-wrongToken', 'error-token', 'error-auth'],
    kind: 'ACCOUNT_RATE',
    message: 'token is not taken for folders (its account decides whether it is wrong)',
    retryAfterMs: 15 * MINUTE,
  },
  { code: ['error-wrongToken'], kind: 'ACCOUNT_INVALID', message: 'token is not accepted' },
  {
    code: ['error-rateLimit'],
    kind: 'RATE_LIMITED',
    message: 'too many calls',
    retryAfterMs: MINUTE,
  },
  { code: ['error-limit-100000'], kind: 'UNEXPECTED', message: 'folder is too big for the API' },
  {
    at: ['contents'],
    code: ['error-passwordRequired'],
    kind: 'FILE_PASSWORD_REQUIRED',
    message: 'folder wants a password',
  },
  {
    at: ['contents'],
    code: ['error-passwordWrong'],
    kind: 'FILE_PASSWORD_WRONG',
    message: 'password of the folder is wrong',
  },
  { at: ['contents'], code: ['error-notPublic'], kind: 'FILE_RESTRICTED', message: 'folder is not public' },
  {
    at: ['link'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
  {
    at: ['contents'],
    status: [401],
    kind: 'ACCOUNT_RATE',
    message: 'folders are closed to the token for now (its account decides whether it is wrong)',
    retryAfterMs: 15 * MINUTE,
  },
  { status: [401], kind: 'ACCOUNT_INVALID', message: 'call is not authorized' },
]
