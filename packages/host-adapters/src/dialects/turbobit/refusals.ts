import type { RefusalRule } from '../../kit/refusal-rule.js'
import type { Site } from './site.js'

const MINUTE = 60_000

/** The account's day is used up, most often; the site does not say until when. */
export const BAN_MS = 30 * MINUTE

/**
 * What the site refuses, first fit wins: its `error_name` is the code, `needcaptcha` stands in the text where
 * it wants one. `at`: `login`, `account`, `links`, `info`, `download`.
 */
export function refusalsOf({ domains }: Pick<Site, 'domains'>): readonly RefusalRule[] {
  return [
    {
      at: ['login'],
      code: ['password_incorrect'],
      kind: 'ACCOUNT_INVALID',
      message: 'e-mail or password is wrong',
    },
    {
      at: ['login'],
      code: ['validation_failed'],
      kind: 'ACCOUNT_INVALID',
      message: 'e-mail or password is not one that the site takes, such as one that is too long',
    },
    {
      code: ['invalid_captcha'],
      ...human(domains[0]),
      message: 'login wants a captcha to be solved',
    },
    { text: ['needcaptcha'], ...human(domains[0]), message: 'login is behind a captcha' },
    {
      text: ['limit of premium downloads', 'premium access is blocked', 'turbo access is blocked'],
      kind: 'ACCOUNT_QUOTA',
      message: 'premium downloads are used up for now',
      retryAfterMs: BAN_MS,
    },
    {
      text: ['technical problems', 'datacenter technical issues', 'site is temporarily unavailable'],
      kind: 'HOST_TEMP',
      message: 'site has technical problems',
      retryAfterMs: 15 * MINUTE,
    },
    {
      code: ['file_is_not_available_for_download'],
      kind: 'FILE_GONE',
      message: 'file is not available any more',
    },
    { at: ['info'], status: [404], kind: 'FILE_GONE', message: 'file does not exist' },
    {
      at: ['account', 'info'],
      status: [401, 403],
      kind: 'SESSION_EXPIRED',
      message: 'session is not accepted',
    },
    {
      at: ['download'],
      status: [401, 403, 404, 410],
      kind: 'LINK_EXPIRED',
      message: 'direct link is not valid any more',
    },
    {
      status: [500, 501, 502, 503, 504],
      kind: 'HOST_DOWN',
      message: 'site is down',
      retryAfterMs: 5 * MINUTE,
    },
  ]
}

function human(domain: string): Pick<RefusalRule, 'kind' | 'humanAction'> {
  const reason = 'Log in on the website once, and switch off the captcha of logins in the account’s settings'
  return { kind: 'ACCOUNT_NEEDS_HUMAN', humanAction: { reason, url: `https://${domain}/login` } }
}
