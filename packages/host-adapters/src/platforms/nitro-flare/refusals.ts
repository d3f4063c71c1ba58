import type { HumanAction } from '../../kit/errors.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const CAPTCHA: HumanAction = {
  reason:
    'Solve the captcha at NitroFlare in a browser whose traffic leaves from the address of this server.',
  url: 'https://nitroflare.com/member',
}

/**
 * What NitroFlare refuses, first fit wins: the codes of the API, then words, which direct links answer in pages.
 * `at`: `getKeyInfo`, `getFileInfo`, `getDownloadLink`, or `download` (the direct link).
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    text: ['upgrading the site system'],
    kind: 'HOST_DOWN',
    message: 'site is being upgraded',
    retryAfterMs: 15 * MINUTE,
  },
  {
    text: ['password has expired', 'change password'],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'password of the account has expired',
    humanAction: {
      reason: 'Set a new password at NitroFlare and enter it for this account.',
      url: 'https://nitroflare.com/member',
    },
  },
  { code: [4], kind: 'FILE_GONE', message: 'file does not exist' },
  { code: [8], kind: 'ACCOUNT_INVALID', message: 'e-mail or password is wrong' },
  { code: [1], kind: 'ACCOUNT_NOT_PREMIUM', message: 'account is not premium' },
  {
    code: [6, 12],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'host wants a captcha from this address',
    retryAfterMs: 30 * MINUTE,
    humanAction: CAPTCHA,
  },
  {
    text: ['captcha', 'avoid using a dedicated server'],
    kind: 'ACCOUNT_NEEDS_HUMAN',
    message: 'host takes this address for a server and wants a captcha',
    retryAfterMs: 30 * MINUTE,
    humanAction: CAPTCHA,
  },
  {
    at: ['download'],
    text: ['reached the maximum volume for today', 'exceeds the daily download limit'],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the day is used up',
  },
  { at: ['download'], text: ['link expired'], kind: 'LINK_EXPIRED', message: 'direct link has expired' },
  {
    at: ['download'],
    text: ['wrong ip'],
    kind: 'LINK_EXPIRED',
    message: 'direct link was made for another address',
  },
  {
    text: [/your ip\b.{0,80}\bblocked/],
    kind: 'EGRESS_BLOCKED',
    message: 'this address is blocked',
    retryAfterMs: HOUR,
  },
  {
    at: ['getKeyInfo', 'getFileInfo', 'getDownloadLink'],
    text: [/\blimit/],
    kind: 'ACCOUNT_QUOTA',
    message: 'a limit of the account is reached',
    retryAfterMs: HOUR,
  },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
]
