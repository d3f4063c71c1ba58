import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import type { ApiKnobs } from '../../fake/api-knobs.js'
import * as given from '../../conformance/refusal-cases.js'
import { XfsApi } from './api.js'
import { EXPIRED, MAINTENANCE_PAGE, fake } from './fake.js'
import type { XfsKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

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
  const body = { msg, status, server_time: '2026-01-01 00:00:00' }
  return given.answer(DURING[method], method, { status: 200, body }, expected, retryAfterMs)
}

/** downloadRefusals are those of the download servers, whichever way a direct link was come by. */
export const downloadRefusals: readonly RefusalCase<ApiKnobs>[] = [
  given.linkAnswer({ status: 200, body: 'Wrong IP' }, 'LINK_EXPIRED'),
  given.linkAnswer({ status: 200, body: '', headers: EXPIRED.headers ?? {} }, 'LINK_EXPIRED'),
  given.linkAnswer({ status: 200, body: 'Premium traffic exceeded' }, 'ACCOUNT_QUOTA', 4 * HOUR),
  given.linkAnswer({ status: 403, body: '<html></html>' }, 'LINK_EXPIRED'),
  given.linkAnswer({ status: 404, body: '<html></html>' }, 'LINK_EXPIRED'),
  given.linkAnswer({ status: 429, body: '' }, 'ACCOUNT_BUSY', 5 * MINUTE),
  given.linkAnswer({ status: 451, body: '' }, 'FILE_BLOCKED'),
  given.linkAnswer({ status: 503, body: 'too many connections' }, 'ACCOUNT_BUSY', 5 * MINUTE),
  given.linkAnswer({ status: 500, body: '' }, 'HOST_TEMP', 5 * MINUTE),
]

const refusals: readonly Case[] = [
  ...(['check', 'resolve'] as const).flatMap((during): Case[] => [
    given.deletedFile(during),
    given.knobs(during, { apiKey: 'changed' }, 'ACCOUNT_INVALID'),
    given.knobs(during, { apiKey: '48151anotherkeyanothe' }, 'ACCOUNT_INVALID'),
  ]),
  given.knobs('checkAccount', { apiKey: '48151anotherkeyanothe' }, 'ACCOUNT_INVALID'),
  given.knobs('resolve', { withheld: true }, 'FILE_BLOCKED'),
  given.knobs('checkAccount', { directLinks: 'off' }, 'CAPABILITY_OFF'),
  given.knobs('resolve', { directLinks: 'off' }, 'CAPABILITY_OFF'),
  given.knobs(
    'resolve',
    {
      directLinks: 'off',
      premiumExpire: '2026-01-01 00:00:00',
      trafficLeft: 0,
    },
    'ACCOUNT_NOT_PREMIUM',
  ),
  given.knobs('resolve', { directLinks: 'premium', premiumExpire: null }, 'ACCOUNT_NOT_PREMIUM'),
  given.knobs('download', { trafficLeft: 0 }, 'ACCOUNT_QUOTA'),
  given.knobs('download', { maxConnections: 0 }, 'ACCOUNT_BUSY'),
  given.knobs('download', { linkAnswer: EXPIRED }, 'LINK_EXPIRED'),
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
  ...downloadRefusals,
]

/** scriptLinks are the links of a site of the script, and what only looks like one. */
export function scriptLinks({
  domains,
  sharedFolders = false,
}: Pick<Site, 'domains' | 'sharedFolders'>): Pick<PlatformConformance, 'links' | 'foreign'> {
  const [canonical] = domains
  return {
    links: [
      {
        kind: 'file',
        spellings: [
          ...domains.flatMap((domain) => [`https://${domain}/${CODE}`, `http://www.${domain}/${CODE}.html`]),
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
      { kind: 'file', spellings: domains.map((domain) => `https://${domain}/d/1ahrH`) },
      { kind: 'file', spellings: [`https://${canonical}/d/1AHRH`] },
      ...(sharedFolders
        ? [
            {
              kind: 'folder' as const,
              spellings: [`https://${canonical}/s/AbC12`, `https://${canonical}/s/AbC12/`],
            },
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
      ...(sharedFolders ? [] : [`https://${canonical}/s/${CODE}`]),
      `https://fs1.${canonical}/d/4fzq3hy5lcmtkt7h/a.bin`,
      `https://fs1.${canonical}/d/4fzq3`,
      `https://${canonical}.example.com/${CODE}`,
      `https://not${canonical}/${CODE}`,
      `https://example.com/https://${canonical}/${CODE}`,
      `https://${canonical}/d/faq`,
    ],
  }
}

/** conformance is what is asked of every site of the script. */
export function conformance(site: Site): PlatformConformance<XfsKnobs> {
  return {
    fake: fake(site),
    ...scriptLinks(site),
    table: REFUSALS,
    chargingCalls: /^(file\/direct_link|dl)$/,
    tooManyRequests: 'RATE_LIMITED',
    fuzz: new XfsApi(site).readers(),
    maintenance: MAINTENANCE_PAGE,
    refusals,
  }
}
