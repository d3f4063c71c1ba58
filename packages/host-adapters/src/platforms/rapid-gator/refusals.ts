import { COMMON_REFUSALS } from '../../dialects/rapidgator/refusals.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** REFUSALS are what RapidGator refuses, first fit wins; `at` as in COMMON_REFUSALS. */
export const REFUSALS: readonly RefusalRule[] = [
  {
    text: ['maintenance in data center'],
    kind: 'HOST_DOWN',
    message: 'data centre is under maintenance',
    retryAfterMs: 30 * MINUTE,
  },
  {
    text: ['denied by ip'],
    kind: 'EGRESS_BLOCKED',
    message: 'this address is denied',
    retryAfterMs: 2 * HOUR,
  },
  {
    at: ['login'],
    text: ['please wait'],
    kind: 'ACCOUNT_RATE',
    message: 'too many logins',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: ['is frozen', 'account locked', 'locked for violation', 'unusual ip', 'confirm your ip'],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'account is frozen or wants a confirmation',
    humanAction: { reason: 'Sign in on the site and see what it asks for', url: 'https://rapidgator.net' },
  },
  {
    at: ['login'],
    text: ['two-factor', '2fa', /\bcode is (required|wrong|incorrect|invalid)\b/],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'login wants a second factor, or another code of it',
    humanAction: {
      reason: 'Give its secret: `obb account set ID --set totpSecret=-`, or switch the second factor off',
      url: 'https://rapidgator.net/profile/index',
    },
  },
  {
    text: [
      'exceeded traffic',
      'traffic exceeded',
      'reached quota',
      'reached daily quota',
      'id="exceeded_storage"',
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the account is used up',
    retryAfterMs: 4 * HOUR,
  },
  {
    text: ['only by subscribers', 'solo subscription', '/wallet/buyfile', /\bbuy for\b.{0,40}\busd\b/],
    kind: 'FILE_RESTRICTED',
    message: 'file is for subscribers of its owner',
  },
  {
    text: ['temporarily unavailable', 'temporarily not available', 'an unexpected error occurred'],
    kind: 'HOST_TEMP',
    message: 'download is temporarily unavailable',
    retryAfterMs: 30 * MINUTE,
  },
  ...COMMON_REFUSALS,
  {
    status: [423],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the account is used up',
    retryAfterMs: 4 * HOUR,
  },
  { status: [429], kind: 'RATE_LIMITED', message: 'too many requests', retryAfterMs: MINUTE },
  {
    status: [500, 501, 502, 503, 504],
    kind: 'HOST_TEMP',
    message: 'host is temporarily unavailable',
    retryAfterMs: 30 * MINUTE,
  },
]
