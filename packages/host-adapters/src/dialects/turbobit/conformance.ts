import { sessionsBy } from '../../conformance/platform-conformance.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import type { CannedAnswer } from '../../fake/fake-server.js'
import { TurboApi } from './api.js'
import { fake } from './fake.js'
import type { TurboKnobs } from './fake.js'
import { refusalsOf } from './refusals.js'
import type { Site } from './site.js'

type Case = RefusalCase<TurboKnobs>

const ID = 'abcDEF123456'
const MINUTE = 60_000
const DURING = {
  'auth/login': 'checkAccount',
  'user/info': 'checkAccount',
  'download/info': 'check',
} as const

function says(
  call: keyof typeof DURING,
  answer: CannedAnswer,
  expected: Case['expected'],
  wait?: number,
): Case {
  return given.answer(DURING[call], call, answer, expected, wait)
}

function linksOf({ domains, pages }: Site): PlatformConformance['links'] {
  const [canonical] = domains
  const page = pages === 'html' ? `${ID}.html` : ID
  const named = pages === 'html' ? `${ID}/a%20b.bin.html` : `${ID}/a%20b.bin`
  const spellings = [
    ...domains.map((domain) => `https://${domain}/${page}`),
    ...['www', 'new', 'm', 'app'].map((label) => `http://${label}.${canonical}/${page}`),
    `https://${canonical}./${named}`,
    `HTTPS://WWW.${canonical.toUpperCase()}/${named}?x=1#y`,
  ]
  const more = [
    `https://${canonical}/download/free/${ID}`,
    `https://${canonical}/download/redirect/0123456789ABCDEF/${ID}`,
    `https://${canonical}/${ID}`,
    `https://${canonical}/${ID}/a%20b.bin`,
    `https://${canonical}/en/${ID}.html`,
  ]
  return [
    { kind: 'file', spellings: [...spellings, ...more] },
    {
      kind: 'folder',
      spellings: [
        `https://${canonical}/download/folder/4321`,
        `https://new.${canonical}/download/folder/4321/`,
      ],
    },
  ]
}

function foreignOf({ domains: [canonical], pages }: Site): readonly string[] {
  const end = pages === 'html' ? '.html' : ''
  return [
    `https://${canonical}/`,
    `https://${canonical}/login${end}`,
    `https://${canonical}/Premium${end}`,
    `https://${canonical}/linkchecker${end}`,
    `https://${canonical}/${ID}-x${end}`,
    `https://${canonical}/x/y/${ID}${end}`,
    `https://${canonical}.example.com/${ID}${end}`,
    `https://not${canonical}/${ID}${end}`,
    `https://s1.${canonical}/${ID}${end}`,
    ...(pages === 'html' ? [`https://${canonical}/download/folder/abc`] : []),
  ]
}

const LIMIT_PAGE =
  "<html>You have reached the <a href='/user/messages'>daily</a> limit of premium downloads</html>"

export function conformance(site: Site): PlatformConformance<TurboKnobs> {
  return {
    fake: fake(site),
    links: linksOf(site),
    foreign: foreignOf(site),
    table: refusalsOf(site),
    chargingCalls: /^dl$/,
    tooManyRequests: 'RATE_LIMITED',
    sessions: sessionsBy('auth/login'),
    fuzz: new TurboApi(site).readers(),
    refusals: [
      given.account('checkAccount', { password: 'another' }, 'ACCOUNT_INVALID'),
      given.account('resolve', { captcha: true }, 'ACCOUNT_NEEDS_HUMAN'),
      given.account('checkAccount', { status: 'banned' }, 'ACCOUNT_QUOTA', 30 * MINUTE),
      given.account('checkAccount', { banInfo: { reason: 'limit' } }, 'ACCOUNT_QUOTA', 30 * MINUTE),
      given.account('resolve', { status: 'banned' }, 'ACCOUNT_QUOTA', 30 * MINUTE),
      given.account('resolve', { status: 'free' }, 'ACCOUNT_NOT_PREMIUM'),
      given.knobs('resolve', { mirrors: 0 }, 'UNEXPECTED'),
      given.state(
        'resolve',
        'dead mirrors',
        ({ knobs }) => {
          knobs.deadMirrors = knobs.mirrors
        },
        'LINK_EXPIRED',
      ),
      given.deletedFile('check'),
      given.deletedFile('resolve'),
      given.answer('resolve', 'download/info', { status: 404, body: {} }, 'FILE_GONE'),
      says('auth/login', { status: 422, body: { error_name: 'validation_failed' } }, 'ACCOUNT_INVALID'),
      says('auth/login', { status: 200, body: { error_name: 'password_incorrect' } }, 'ACCOUNT_INVALID'),
      says('auth/login', { status: 403, body: { error_name: 'invalid_captcha' } }, 'ACCOUNT_NEEDS_HUMAN'),
      says('auth/login', { status: 200, body: { needCaptcha: true } }, 'ACCOUNT_NEEDS_HUMAN'),
      says('auth/login', { status: 418, body: { error_name: 'news' } }, 'UNEXPECTED'),
      says('user/info', { status: 200, body: { premium: null } }, 'ACCOUNT_INVALID'),
      says('user/info', { status: 401, body: {} }, 'ACCOUNT_INVALID'),
      says('download/info', { status: 404, body: {} }, 'gone'),
      says('download/info', { status: 500, body: {} }, 'HOST_DOWN', 5 * MINUTE),
      says('download/info', { status: 200, body: '<html></html>' }, 'HOST_DOWN'),
      given.linkAnswer({ status: 404, body: '<html></html>' }, 'LINK_EXPIRED'),
      given.linkAnswer({ status: 200, body: LIMIT_PAGE }, 'ACCOUNT_QUOTA', 30 * MINUTE),
      given.linkAnswer(
        { status: 403, body: '<html>We have technical problems, come again in 10-15 minutes</html>' },
        'HOST_TEMP',
        15 * MINUTE,
      ),
      given.linkAnswer({ status: 503, body: '' }, 'HOST_DOWN', 5 * MINUTE),
    ],
  }
}
