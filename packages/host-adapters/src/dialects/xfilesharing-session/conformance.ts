import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { downloadRefusals, scriptLinks } from '../xfilesharing/conformance.js'
import { EXPIRED } from '../xfilesharing/fake.js'
import { ScriptPages } from './api.js'
import { fake } from './fake.js'
import type { XfsPagesKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const page = (words: string) => ({
  status: 200,
  body: `<!DOCTYPE html><html><body><a href="/?op=logout">Logout</a><div class="err">${words}</div></body></html>`,
})

/** conformance is what is asked of every site of the script that is used by its pages. */
export function conformance(site: Site): PlatformConformance<XfsPagesKnobs> {
  return {
    fake: fake(site),
    ...scriptLinks(site),
    table: REFUSALS,
    chargingCalls: /^(form|dl)$/,
    tooManyRequests: 'RATE_LIMITED',
    fuzz: new ScriptPages(site).readers(),
    maintenance: '<!DOCTYPE html><html><body><h1>We are moving to new servers</h1></body></html>',
    sizeByLink: true,
    quietPasswords: true,
    operatorSession: {
      end: ({ knobs }) => knobs.endSession(),
      rotate({ knobs }) {
        knobs.rotates = true
      },
    },
    refusals: [
      given.deletedFile('check'),
      given.deletedFile('resolve'),
      given.knobs('resolve', { captcha: true }, 'ACCOUNT_NOT_PREMIUM'),
      given.account('resolve', { premiumExpire: null }, 'ACCOUNT_NOT_PREMIUM'),
      given.account('resolve', { trafficLeft: '0 MB' }, 'ACCOUNT_QUOTA', 4 * HOUR),
      given.answer('resolve', 'form', page('File Not Found'), 'FILE_GONE'),
      given.answer(
        'resolve',
        'form',
        page('This file is available for Premium Users only'),
        'ACCOUNT_NOT_PREMIUM',
      ),
      given.answer('resolve', 'form', page('Wrong password'), 'FILE_PASSWORD_WRONG'),
      given.answer(
        'resolve',
        'form',
        page('You have used too many different IPs'),
        'ACCOUNT_BUSY',
        5 * MINUTE,
      ),
      given.answer('resolve', 'form', page('Something new'), 'HOST_DOWN'),
      given.answer('resolve', 'file', page('This file was removed for copyright reasons'), 'FILE_BLOCKED'),
      given.answer('check', 'file', page('This file was removed for copyright reasons'), 'FILE_BLOCKED'),
      given.answer('check', 'file', { status: 404, body: '' }, 'gone'),
      given.answer('resolve', 'file', { status: 404, body: '' }, 'FILE_GONE'),
      given.answer('checkAccount', 'my_account', page('Something new'), 'HOST_DOWN'),
      given.answer('check', 'file', { status: 451, body: '' }, 'FILE_BLOCKED'),
      given.answer('check', 'file', page('Site is under maintenance'), 'HOST_DOWN', 10 * MINUTE),
      given.answer(
        'check',
        'file',
        { status: 403, body: '<!DOCTYPE html><title>Just a moment...</title>' },
        'EGRESS_BLOCKED',
        30 * MINUTE,
      ),
      given.knobs('download', { linkAnswer: EXPIRED }, 'LINK_EXPIRED'),
      given.knobs('download', { maxConnections: 0 }, 'ACCOUNT_BUSY'),
      ...downloadRefusals,
    ],
  }
}
