import { sessionsBy } from '../../conformance/platform-conformance.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import type { HostErrorKind } from '../../kit/errors.js'
import { Keep2shareApi } from './api.js'
import { fake, refused } from './fake.js'
import type { Keep2shareKnobs } from './fake.js'
import { refusalsOf } from './refusals.js'
import type { Site } from './site.js'

type Case = RefusalCase<Keep2shareKnobs>
type Knobs = Keep2shareKnobs

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** The clock of the suite starts at midnight UTC. */
const MIDNIGHT = 24 * HOUR
const DURING = { login: 'checkAccount', accountInfo: 'checkAccount', getUrl: 'resolve' } as const

/** The API refuses a method with this code. */
function api(
  method: 'login' | 'accountInfo' | 'getFileStatus' | 'getUrl',
  errorCode: number | string,
  expected: HostErrorKind | 'gone',
  { message = 'Refused', retryAfterMs }: { message?: string; retryAfterMs?: number } = {},
): Case {
  const during = method === 'getFileStatus' ? 'check' : DURING[method]
  return given.answer(during, method, refused(406, errorCode, message), expected, retryAfterMs)
}

/** `getUrl` refuses for the reason of a sub-code. */
function sub(code: number, expected: HostErrorKind, retryAfterMs?: number, detail: object = {}): Case {
  const errorCode = [21, '22', 42][code % 3] ?? 21
  const answer = refused(406, errorCode, 'Download is not available', { errors: [{ code, ...detail }] })
  return given.answer('resolve', 'getUrl', answer, expected, retryAfterMs)
}

/** The direct link answers with this. */
function link(status: number, body: string, expected: HostErrorKind, retryAfterMs?: number): Case {
  return given.linkAnswer({ status, body }, expected, retryAfterMs)
}

const http = (status: number, expected: HostErrorKind, retryAfterMs: number): Case => ({
  name: `HTTP ${status}`,
  during: 'check',
  arrange: ({ knobs }) => {
    knobs.apiAnswer = { status, body: `<html>${status}</html>` }
  },
  expected,
  retryAfterMs,
})

const REFUSALS: readonly Case[] = [
  given.knobs('checkAccount', { captcha: true }, 'ACCOUNT_NEEDS_HUMAN'),
  given.knobs('resolve', { access: 'private' }, 'FILE_RESTRICTED'),
  given.knobs('check', { access: 'private' }, 'FILE_RESTRICTED'),
  given.account('checkAccount', { password: 'another' }, 'ACCOUNT_INVALID'),
  given.account('resolve', { expires: false }, 'ACCOUNT_NOT_PREMIUM'),
  given.account('resolve', { trafficLeft: 0 }, 'ACCOUNT_QUOTA', MIDNIGHT),
  given.state(
    'resolve',
    'no traffic left until a stated time',
    ({ knobs }) => {
      for (const one of knobs.accounts) one.trafficLeft = 0
      knobs.quotaResetAt = '2026-08-22T05:00:00Z'
    },
    'ACCOUNT_QUOTA',
    5 * HOUR,
  ),
  given.deletedFile('check'),
  given.deletedFile('resolve'),
  given.state(
    'check',
    'deleted file that the list calls available',
    (host, file) => {
      host.knobs.staleList = true
      host.removeFile(file)
    },
    'gone',
  ),
  api('login', 2, 'EGRESS_BLOCKED', { retryAfterMs: 30 * MINUTE }),
  api('login', 30, 'ACCOUNT_NEEDS_HUMAN'),
  api('login', 31, 'ACCOUNT_NEEDS_HUMAN'),
  api('login', '33', 'ACCOUNT_NEEDS_HUMAN'),
  api('login', 70, 'ACCOUNT_INVALID'),
  api('login', 71, 'EGRESS_BLOCKED', { retryAfterMs: 1860 * SECOND }),
  api('login', 72, 'ACCOUNT_INVALID'),
  api('login', 73, 'EGRESS_BLOCKED', { retryAfterMs: 21_600 * SECOND }),
  api('login', 74, 'ACCOUNT_INVALID'),
  api('login', 76, 'ACCOUNT_INVALID'),
  api('login', 77, 'EGRESS_BLOCKED', { retryAfterMs: 21_600 * SECOND }),
  api('login', 99, 'UNEXPECTED'),
  api('accountInfo', 10, 'ACCOUNT_INVALID'),
  api('accountInfo', '11', 'ACCOUNT_INVALID'),
  api('accountInfo', 75, 'ACCOUNT_INVALID'),
  api('accountInfo', 2, 'UNEXPECTED'),
  api('getFileStatus', 2, 'gone'),
  api('getFileStatus', 3, 'BAD_URL'),
  api('getFileStatus', 4, 'BAD_URL'),
  api('getFileStatus', 20, 'gone'),
  api('getFileStatus', '21', 'gone', { message: 'File not available' }),
  api('getFileStatus', 21, 'UNEXPECTED'),
  api('getFileStatus', 22, 'FILE_BLOCKED', { message: 'File is blocked' }),
  api('getFileStatus', 23, 'BAD_URL'),
  api('getUrl', 2, 'FILE_GONE'),
  api('getUrl', 20, 'FILE_GONE'),
  api('getUrl', 21, 'FILE_GONE', { message: 'File not available' }),
  api('getUrl', 22, 'FILE_BLOCKED'),
  api('getUrl', 23, 'BAD_URL'),
  api('getUrl', 30, 'ACCOUNT_NEEDS_HUMAN'),
  api('getUrl', 33, 'ACCOUNT_NEEDS_HUMAN'),
  api('getUrl', 40, 'ACCOUNT_NOT_PREMIUM'),
  api('getUrl', 41, 'ACCOUNT_NOT_PREMIUM'),
  api('getUrl', 42, 'UNEXPECTED'),
  api('getUrl', 43, 'ACCOUNT_NOT_PREMIUM'),
  ...[50, 51, 60, 61, 62].map((code) => api('getUrl', code, 'UNEXPECTED')),
  api('getUrl', 75, 'ACCOUNT_INVALID'),
  api('getUrl', 42, 'ACCOUNT_NEEDS_HUMAN', { message: 'captcha_need_wait' }),
  api('getUrl', 42, 'ACCOUNT_NEEDS_HUMAN', { message: 'captcha_need_wait_daily' }),
  sub(1, 'ACCOUNT_QUOTA', MIDNIGHT, { message: 'Count of downloads exceed' }),
  sub(2, 'ACCOUNT_QUOTA', MIDNIGHT, { message: 'Traffic limit exceed' }),
  sub(3, 'ACCOUNT_NOT_PREMIUM'),
  sub(4, 'FILE_RESTRICTED'),
  sub(5, 'ACCOUNT_BUSY', 2521 * SECOND, { timeRemaining: '2521.000000' }),
  sub(5, 'ACCOUNT_BUSY', 7200 * SECOND, { timeRemaining: 7200 }),
  sub(5, 'ACCOUNT_BUSY', 900 * SECOND),
  sub(6, 'ACCOUNT_BUSY', 900 * SECOND),
  sub(7, 'ACCOUNT_NOT_PREMIUM'),
  sub(8, 'FILE_RESTRICTED'),
  sub(9, 'FILE_RESTRICTED'),
  http(429, 'RATE_LIMITED', MINUTE),
  ...[502, 503, 520, 522, 542].map((status) => http(status, 'HOST_DOWN', 5 * MINUTE)),
  link(200, 'You exceeded your Premium 50 GB daily limit, try later', 'ACCOUNT_QUOTA', HOUR),
  link(
    504,
    "Your current tariff doesn't allow to download more files then you are",
    'ACCOUNT_BUSY',
    15 * MINUTE,
  ),
  link(200, '<html><body>Sign in</body></html>', 'LINK_EXPIRED'),
  ...[401, 403, 404, 409, 410, 440].map((status) => link(status, '', 'LINK_EXPIRED')),
  link(503, '', 'HOST_DOWN'),
]

/** conformance is what the suite holds a service of the family to. */
export function conformance(site: Site): PlatformConformance<Knobs> {
  const { domains } = site
  const [home] = domains
  return {
    fake: fake(site),
    links: [
      {
        kind: 'file',
        spellings: [
          ...domains.map((domain) => `https://${domain}/file/a1b2c3d4e5f67`),
          `http://www.${home}/f/A1B2C3D4E5F67`,
          `https://spa.${home}/file/info/a1b2c3d4e5f67/a.bin`,
          `https://new.${home}/PREVIEW/a1b2c3d4e5f67/a%20b.bin?site=example.com`,
          `HTTPS://${home.toUpperCase()}./File/a1b2c3d4e5f67/?x=1#y`,
        ],
      },
      {
        kind: 'file',
        spellings: [
          `https://${home}/file/a1b2-LongTrackingId_9/a.bin`,
          `http://${home}/f/a1b2-LongTrackingId_9`,
        ],
      },
      {
        kind: 'folder',
        spellings: [
          `https://${home}/folder/0123456789abc`,
          `https://www.${home}/folder/info/0123456789ABC/x`,
        ],
      },
    ],
    foreign: [
      `https://${home}/`,
      `https://${home}/file/`,
      `https://${home}/file/a1b2c3d4e5f6`,
      `https://${home}/x/file/a1b2c3d4e5f67`,
      `https://${home}/folder/a1b2-LongTrackingId_9`,
      `https://${home}/d/a1b2c3d4e5f67?temp_url_expires=1`,
      `https://not${home}/file/a1b2c3d4e5f67`,
      `https://${home}.example.com/file/a1b2c3d4e5f67`,
    ],
    table: refusalsOf(site),
    chargingCalls: /^(getUrl|dl)$/,
    tooManyRequests: 'RATE_LIMITED',
    sessions: sessionsBy('login'),
    fuzz: new Keep2shareApi(site).readers(),
    refusals: REFUSALS,
  }
}
