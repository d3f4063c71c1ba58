import { CODES } from '../../kit/mega/refusals.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const OWN_ACCOUNT = ['login', 'account', 'session']

/**
 * What Mega refuses, by the negative numbers of its SDK; first fit wins. `at`: `login`, `account`, `file`,
 * `folder`, `session` (the number stands for the whole answer to a call with a session), `download` (a
 * storage server).
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    at: ['download'],
    status: [509],
    kind: 'ACCOUNT_QUOTA',
    message: 'storage servers say that the transfer quota is used up',
    retryAfterMs: HOUR,
  },
  {
    at: ['download'],
    status: [503],
    kind: 'ACCOUNT_BUSY',
    message: 'storage servers are asked for too much at once',
    retryAfterMs: MINUTE,
  },
  {
    at: ['download'],
    status: [403, 404],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
  { at: ['login'], code: [-9], kind: 'ACCOUNT_INVALID', message: 'e-mail or password is wrong' },
  {
    at: ['login'],
    code: [-26],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'login wants a second factor',
    humanAction: {
      reason:
        'Give its secret: `obb account set ID --set totpSecret=-`, or switch two-factor authentication off',
      url: 'https://mega.nz/fm/account/security',
    },
  },
  {
    at: ['login'],
    code: [-5],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'code of the second factor is not accepted',
    humanAction: {
      reason: 'See whether the secret of the second factor is right, and the clock of this machine',
      url: 'https://mega.nz/fm/account/security',
    },
  },
  { at: OWN_ACCOUNT, code: [-16], kind: 'ACCOUNT_INVALID', message: 'account is blocked' },
  { code: [-15], kind: 'SESSION_EXPIRED', message: 'session is not known any more' },
  { code: [-8], kind: 'LINK_EXPIRED', message: 'what was asked for has expired' },
  { code: [-14], kind: 'BAD_URL', message: 'host says that the key of the link is wrong' },
  {
    code: [-17, -24],
    kind: 'ACCOUNT_QUOTA',
    message: 'transfer quota of the account is used up',
    retryAfterMs: HOUR,
  },
  {
    code: [-19],
    kind: 'ACCOUNT_BUSY',
    message: 'account has too many connections',
    retryAfterMs: MINUTE,
  },
  {
    code: [-28, -29],
    kind: 'ACCOUNT_INVALID',
    message: 'account has to be paid, or is over its storage',
  },
  ...CODES,
]
