import type { Refusal } from '../../refusals.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What RapidGator refuses, first fit wins: words before statuses, because one status means many things.
 * `at`: `login`, `call` (any other API method), `download` (the direct link).
 */
export const REFUSALS: readonly Refusal[] = [
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
    kind: 'RATE_LIMITED',
    message: 'too many logins',
    retryAfterMs: 5 * MINUTE,
  },
  {
    text: [
      'is frozen',
      'account locked',
      'locked for violation',
      'unusual ip',
      'confirm your ip',
      'two-factor',
      '2fa',
    ],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'account is frozen or wants a confirmation',
  },
  {
    text: ['exceeded traffic', 'traffic exceeded'],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the account is used up',
    retryAfterMs: 4 * HOUR,
  },
  {
    text: ['only by subscribers', 'solo subscription', /\bbuy for\b.{0,40}\busd\b/],
    kind: 'FILE_RESTRICTED',
    message: 'file is for subscribers of its owner',
  },
  {
    text: ['user is not premium', 'premium only', 'premium users only', 'you can download files up to'],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not premium',
  },
  {
    text: ['temporarily unavailable'],
    kind: 'HOST_TEMP',
    message: 'download is temporarily unavailable',
    retryAfterMs: 30 * MINUTE,
  },
  {
    at: ['call', 'download'],
    text: [
      'this download session is not for you',
      'session not found',
      "session doesn't exist",
      'session does not exist',
    ],
    kind: 'SESSION_EXPIRED',
    message: 'session is not known any more',
  },
  {
    at: ['login'],
    status: [401],
    kind: 'ACCOUNT_INVALID',
    message: 'e-mail or password is wrong',
  },
  {
    at: ['call'],
    status: [401],
    text: ['e-mail or password', 'email or password', 'wrong password'],
    kind: 'ACCOUNT_INVALID',
    message: 'e-mail or password is wrong',
  },
  { at: ['call'], status: [401], kind: 'SESSION_EXPIRED', message: 'token is not accepted' },
  { at: ['call'], status: [404], kind: 'FILE_GONE', message: 'file does not exist' },
  { at: ['call'], status: [402], kind: 'ACCOUNT_NOT_PREMIUM', message: 'account is not premium' },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
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
