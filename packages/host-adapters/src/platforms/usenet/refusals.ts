import { AWAY_STATUSES } from '../../kit/away-statuses.js'
import { HostError } from '../../kit/errors.js'
import { errorByRules, errorByTable } from '../../kit/refusal-rules.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'
import type { RefusedAnswer } from '../../kit/refusal-rules.js'

const MINUTE = 60_000

const NEWS = ['greeting', 'login', 'command']

/**
 * What news servers refuse (RFC 3977, RFC 4643), and the server that an NZB is on; first fit wins. `at`: `greeting`,
 * `login` and `command` of a news server, `nzb`. A server's words tell a full account from a wrong one.
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    at: NEWS,
    status: [400, 403, 452, 481, 482, 502, 503],
    text: [
      'quota',
      'block exhausted',
      'block account',
      'out of data',
      'no bytes left',
      'download limit',
      'byte limit',
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'block or quota of the account is used up',
    retryAfterMs: 60 * MINUTE,
  },
  {
    at: NEWS,
    status: [400, 481, 482, 502],
    text: [/(too many|max(imum)?( \w+)?|simultaneous) (connections?|sessions?)/, 'limit'],
    kind: 'ACCOUNT_BUSY',
    message: 'account has no further connection',
    retryAfterMs: MINUTE,
  },
  {
    at: ['login'],
    status: [381, 452, 481, 482],
    kind: 'ACCOUNT_INVALID',
    message: 'server does not accept user and password',
  },
  {
    at: NEWS,
    status: [480],
    kind: 'ACCOUNT_INVALID',
    message: 'server wants another login than it was given',
  },
  {
    at: NEWS,
    status: [502],
    text: ['unavailable', 'maintenance', 'temporar', 'try again', 'overload'],
    kind: 'HOST_DOWN',
    message: 'server is out of service',
    retryAfterMs: 5 * MINUTE,
  },
  {
    at: NEWS,
    status: [502],
    kind: 'ACCOUNT_INVALID',
    message: 'server does not permit the account (any more)',
  },
  {
    at: NEWS,
    status: [400, 403, 503],
    kind: 'HOST_TEMP',
    message: 'server is temporarily unavailable',
    retryAfterMs: MINUTE,
  },
  {
    at: ['command'],
    status: [411, 412, 420, 423, 430, 451],
    kind: 'FILE_GONE',
    message: 'server does not have an article',
  },
  { at: NEWS, status: [500], kind: 'UNEXPECTED', message: 'server knows no command for it' },
  { at: NEWS, status: [501], kind: 'UNEXPECTED', message: 'server finds fault with a command' },
  { at: ['nzb'], status: [404, 410], kind: 'FILE_GONE', message: 'NZB does not exist' },
  { at: ['nzb'], status: [451], kind: 'FILE_BLOCKED', message: 'NZB is blocked for legal reasons' },
  {
    at: ['nzb'],
    status: [401, 402, 403, 407],
    kind: 'FILE_RESTRICTED',
    message: 'server restricts access to the NZB',
  },
  {
    at: ['nzb'],
    status: AWAY_STATUSES,
    kind: 'HOST_TEMP',
    message: 'server of the NZB is temporarily unavailable',
    retryAfterMs: MINUTE,
  },
]

/** The error that an answer is, UNEXPECTED where the table does not know it. */
export function refusal(answer: RefusedAnswer): HostError {
  const { at, status } = answer
  const errorBy = NEWS.includes(at) ? errorByRules : errorByTable
  return (
    errorBy(REFUSALS, 'Usenet', answer) ??
    new HostError('UNEXPECTED', `Usenet: server answers ${status} (${at})`)
  )
}
