import type { RefusalRule } from '../../kit/refusal-rule.js'

const WRONG_LOGIN = [
  ...[
    'e-mail or password',
    'email or password',
    'wrong password',
    'login or password',
    'password cannot be blank',
  ],
]

/**
 * What all hosts of the dialect refuse alike. A platform's own rows go first, and words before statuses,
 * because one status means many things. `at`: `login`, `call` (any other API method), `download` (the direct
 * link).
 */
export const COMMON_REFUSALS: readonly RefusalRule[] = [
  {
    text: [
      'user is not premium',
      'premium only',
      'premium users only',
      'by premium only',
      'download files up to',
    ],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'account is not premium',
  },
  {
    at: ['call', 'download'],
    text: [
      'this download session is not for you',
      'session not found',
      'session not exist',
      "session doesn't exist",
      'session does not exist',
      "token doesn't exist",
      'token does not exist',
    ],
    kind: 'SESSION_EXPIRED',
    message: 'session is not known any more',
  },
  {
    at: ['login'],
    text: WRONG_LOGIN,
    kind: 'ACCOUNT_INVALID',
    message: 'e-mail or password is wrong',
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
    text: WRONG_LOGIN,
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
]
