import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What Filer.net refuses, first fit wins: the codes and words of its API. `at`: `profile`, `status`, `multi_status`,
 * `dl` (asking for a direct link) or `download` (the link itself).
 */
export const REFUSALS: readonly RefusalRule[] = [
  { code: [505, 506], kind: 'FILE_GONE', message: 'file does not exist' },
  { at: ['status', 'dl'], text: ['not found'], kind: 'FILE_GONE', message: 'file is not found' },
  {
    text: ['authentication failed'],
    kind: 'ACCOUNT_RATE',
    message: 'logins fail for now',
    retryAfterMs: 30 * MINUTE,
  },
  {
    text: ['invalid credentials', 'authentication required'],
    kind: 'ACCOUNT_INVALID',
    message: 'e-mail or password is wrong',
  },
  {
    text: ['account suspended', 'breach_locked', 'breach locked'],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'account is locked',
    humanAction: {
      reason: 'Log in on the website: it wants a new password, or its support has to be asked',
      url: 'https://filer.net/login',
    },
  },
  { text: ['premium required'], kind: 'ACCOUNT_NOT_PREMIUM', message: 'account is not premium' },
  {
    text: ['password required'],
    kind: 'FILE_RESTRICTED',
    message: 'file has a password, which cannot be sent',
  },
  {
    text: ['download not allowed'],
    kind: 'ACCOUNT_RATE',
    message: 'account may not download for now',
    retryAfterMs: 15 * MINUTE,
  },
  {
    text: ['concurrent download limit'],
    kind: 'ACCOUNT_BUSY',
    message: 'all download slots are taken',
    retryAfterMs: 15 * MINUTE,
  },
  {
    text: ['no download server'],
    kind: 'HOST_TEMP',
    message: 'no server has the file at the moment',
    retryAfterMs: 15 * MINUTE,
  },
  {
    text: ['limit reached', 'not enough traffic'],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the account is used up',
    retryAfterMs: HOUR,
  },
  { at: ['profile', 'dl'], status: [401], kind: 'ACCOUNT_INVALID', message: 'credentials are not accepted' },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
]
