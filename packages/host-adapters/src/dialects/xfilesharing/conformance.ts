import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import type { HostErrorKind } from '../../errors.js'
import type { CannedAnswer } from '../../fake/fake-server.js'
import { XfsApi } from './api.js'
import { EXPIRED, MAINTENANCE_PAGE, fakeOf } from './fake.js'
import type { XfsKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'
import type { XfsSite } from './site.js'

type Case = RefusalCase<XfsKnobs>

const CODE = 'abcdef123456'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DURING = {
  'account/info': 'checkAccount',
  'file/info': 'check',
  'file/direct_link': 'resolve',
} as const

/** A method says so, by a body with HTTP 200. */
function says(
  method: keyof typeof DURING,
  status: number,
  msg: string,
  expected: Case['expected'],
  retryAfterMs?: number,
): Case {
  return {
    name: `${method} ${status} ${msg}`,
    during: DURING[method],
    arrange: ({ knobs }) => {
      knobs.answers[method] = { status: 200, body: { msg, status, server_time: '2026-01-01 00:00:00' } }
    },
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** The download server answers with this. */
function sends(answer: CannedAnswer, expected: HostErrorKind, retryAfterMs?: number): Case {
  return {
    name: `${answer.status} ${JSON.stringify(answer.body)}`,
    during: 'download',
    arrange: ({ knobs }) => {
      knobs.linkAnswer = answer
    },
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

function known(
  name: string,
  during: Case['during'],
  expected: Case['expected'],
  knobs: Partial<XfsKnobs>,
): Case {
  return { name, during, arrange: (host) => Object.assign(host.knobs, knobs), expected }
}

const refusals: readonly Case[] = [
  ...(['check', 'resolve'] as const).flatMap((during): Case[] => [
    {
      name: 'deleted file',
      during,
      arrange: (host, file) => host.removeFile(file),
      expected: during === 'check' ? 'gone' : 'FILE_GONE',
    },
    known('key of no form', during, 'ACCOUNT_INVALID', { apiKey: 'changed' }),
    known('another key', during, 'ACCOUNT_INVALID', { apiKey: '48151anotherkeyanothe' }),
  ]),
  known('another key', 'checkAccount', 'ACCOUNT_INVALID', { apiKey: '48151anotherkeyanothe' }),
  known('withheld file', 'resolve', 'FILE_BLOCKED', { withheld: true }),
  known('direct links switched off', 'checkAccount', 'CAPABILITY_OFF', { directLinks: 'off' }),
  known('direct links switched off', 'resolve', 'CAPABILITY_OFF', { directLinks: 'off' }),
  known('lapsed account', 'resolve', 'ACCOUNT_NOT_PREMIUM', {
    directLinks: 'off',
    premiumExpire: '2026-01-01 00:00:00',
    trafficLeft: 0,
  }),
  known('free account', 'resolve', 'ACCOUNT_NOT_PREMIUM', { directLinks: 'premium', premiumExpire: null }),
  known('no traffic left', 'download', 'ACCOUNT_QUOTA', { trafficLeft: 0 }),
  known('second connection', 'download', 'ACCOUNT_BUSY', { maxConnections: 0 }),
  known('link that has run out', 'download', 'LINK_EXPIRED', { linkAnswer: EXPIRED }),
  says('account/info', 400, 'Invalid key', 'ACCOUNT_INVALID'),
  says('account/info', 403, 'Access denied', 'ACCOUNT_INVALID'),
  says('account/info', 403, 'API not enabled for your account', 'CAPABILITY_OFF'),
  says('file/info', 400, 'Other words', 'UNEXPECTED'),
  says('file/info', 403, 'Wrong auth', 'ACCOUNT_INVALID'),
  says('file/info', 403, 'Requests limit reached: 30 per min', 'ACCOUNT_RATE', MINUTE),
  says('file/info', 403, 'Requests limit reached: 5000 per day', 'ACCOUNT_RATE', HOUR),
  says('file/info', 404, 'no file', 'gone'),
  says('file/info', 429, 'Slow down', 'RATE_LIMITED', MINUTE),
  says('file/direct_link', 400, 'Invalid operation', 'CAPABILITY_OFF'),
  says('file/direct_link', 400, 'Invalid file codes', 'BAD_URL'),
  says('file/direct_link', 403, 'Wrong auth', 'CAPABILITY_OFF'),
  says('file/direct_link', 403, 'Not enabled', 'CAPABILITY_OFF'),
  says('file/direct_link', 403, 'API special not enable for your account', 'CAPABILITY_OFF'),
  says('file/direct_link', 403, 'API special allowed for premium only', 'ACCOUNT_NOT_PREMIUM'),
  says('file/direct_link', 403, 'Other words', 'ACCOUNT_INVALID'),
  says('file/direct_link', 404, 'no file', 'FILE_GONE'),
  says('file/direct_link', 451, 'Unavailable For Legal Reasons', 'FILE_BLOCKED'),
  says('file/direct_link', 200, 'uploading', 'UNEXPECTED'),
  sends({ status: 200, body: 'Wrong IP' }, 'LINK_EXPIRED'),
  sends({ status: 200, body: '', headers: EXPIRED.headers ?? {} }, 'LINK_EXPIRED'),
  sends({ status: 200, body: 'Premium traffic exceeded' }, 'ACCOUNT_QUOTA', 4 * HOUR),
  sends({ status: 403, body: '<html></html>' }, 'LINK_EXPIRED'),
  sends({ status: 404, body: '<html></html>' }, 'LINK_EXPIRED'),
  sends({ status: 429, body: '' }, 'ACCOUNT_BUSY', 5 * MINUTE),
  sends({ status: 451, body: '' }, 'FILE_BLOCKED'),
  sends({ status: 503, body: 'too many connections' }, 'ACCOUNT_BUSY', 5 * MINUTE),
  sends({ status: 500, body: '' }, 'HOST_TEMP', 5 * MINUTE),
]

/** What is asked of every site of the script. */
export function conformanceOf(site: XfsSite): PlatformConformance<XfsKnobs> {
  const [canonical] = site.domains
  return {
    fake: fakeOf(site),
    links: [
      {
        kind: 'file',
        spellings: [
          ...site.domains.flatMap((domain) => [
            `https://${domain}/${CODE}`,
            `http://www.${domain}/${CODE}.html`,
          ]),
          `https://${canonical}/${CODE}/a.bin.html`,
          `https://${canonical}/${CODE}/`,
          `https://cdn-1.${canonical}/${CODE}/a.bin`,
          `https://${canonical}/embed-${CODE}.html`,
          `https://${canonical}/embed-${CODE}-640x360.html`,
          `https://${canonical}/e/${CODE}`,
          `https://${canonical}/d/${CODE}`,
          `HTTPS://WWW.${canonical.toUpperCase()}/${CODE}/a%20b.bin?x=1#y`,
          `https://${canonical}./${CODE}`,
          `https://user:pass@${canonical}:443/${CODE}/%ff.html`,
        ],
      },
      ...(site.shortLinks
        ? [
            {
              kind: 'file' as const,
              spellings: site.domains.map((domain) => `https://${domain}/d/1ahrH`),
            },
            { kind: 'file' as const, spellings: [`https://${canonical}/d/1AHRH`] },
          ]
        : []),
    ],
    foreign: [
      `https://${canonical}/`,
      `https://${canonical}/registration`,
      `https://${canonical}/premium.html`,
      `https://${canonical}/?op=login&id=${CODE}`,
      `https://${canonical}/${CODE.toUpperCase()}`,
      `https://${canonical}/${CODE}0`,
      `https://${canonical}/${CODE.slice(1)}`,
      `https://${canonical}/users/joe/12/${CODE}`,
      `https://${canonical}/folder/${CODE}`,
      `https://${canonical}/s/${CODE}`,
      `https://fs1.${canonical}/d/4fzq3hy5lcmtkt7h/a.bin`,
      `https://fs1.${canonical}/d/4fzq3`,
      `https://${canonical}.example.com/${CODE}`,
      `https://not${canonical}/${CODE}`,
      `https://example.com/https://${canonical}/${CODE}`,
      ...(site.shortLinks ? [] : [`https://${canonical}/d/1ahrH`]),
    ],
    table: REFUSALS,
    chargingCalls: /^(file\/direct_link|dl)$/,
    tooManyRequests: 'RATE_LIMITED',
    fuzz: new XfsApi(site).readers(),
    maintenance: MAINTENANCE_PAGE,
    refusals,
  }
}
