import type { FakeHost } from '../../fake.js'
import type { HostErrorKind } from '../../errors.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import { MAINTENANCE_PAGE, fake, refused } from './fake.js'
import { readers } from './index.js'
import type { RapidGatorKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

type Fake = FakeHost<RapidGatorKnobs>

const ID = '0123456789abcdef0123456789abcdef'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The API refuses a method in these words. */
function api(
  method: string,
  status: number,
  details: string,
  expected: HostErrorKind,
  retryAfterMs?: number,
): RefusalCase<RapidGatorKnobs> {
  return {
    name: `${method} ${status} ${details}`,
    during: method === 'file/info' ? 'check' : method === 'user/info' ? 'checkAccount' : 'resolve',
    arrange: ({ knobs }) => {
      knobs.answers[method] = refused(status, details)
    },
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/** The direct link answers with this. */
function link(
  status: number,
  body: unknown,
  expected: RefusalCase<RapidGatorKnobs>['expected'],
  retryAfterMs?: number,
): RefusalCase<RapidGatorKnobs> {
  return {
    name: `${status} ${JSON.stringify(body)}`,
    during: 'download',
    arrange: ({ knobs }) => {
      knobs.linkAnswer = { status, body }
    },
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

function account(change: (one: RapidGatorKnobs['accounts'][number]) => void): (fake: Fake) => void {
  return ({ knobs }) => knobs.accounts.forEach(change)
}

export const conformance: PlatformConformance<RapidGatorKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://rapidgator.net/file/${ID}`,
        `http://www.rapidgator.net/file/${ID}/a.bin.html`,
        `https://rapidgator.asia/file/${ID}/`,
        `https://rg.to/file/${ID.toUpperCase()}`,
        `HTTPS://WWW.RG.TO/file/${ID}/a%20b.bin.html?x=1#y`,
        `https://rapidgator.net./file/${ID}`,
        `https://user:pass@rapidgator.net:443/file/${ID}/%ff.html`,
      ],
    },
    {
      kind: 'file',
      spellings: ['https://rapidgator.net/file/1234567', 'http://rg.to/file/1234567/old.zip.html'],
    },
    {
      kind: 'folder',
      spellings: ['https://rapidgator.net/folder/4321', 'https://rg.to/folder/4321/My-files.html'],
    },
  ],
  foreign: [
    'https://rapidgator.net/',
    'https://rapidgator.net/file/',
    'https://rapidgator.net/file/xyz',
    `https://rapidgator.net/file/${ID}0`,
    `https://rapidgator.net/profile/${ID}`,
    `https://rapidgator.net/x/file/${ID}`,
    `https://rapidgator.net.example.com/file/${ID}`,
    `https://notrapidgator.net/file/${ID}`,
    `https://example.com/https://rapidgator.net/file/${ID}`,
    'https://rapidgator.net/folder/abc',
    'https://pr1.rapidgator.net/?r=download/index&session_id=abc',
  ],
  table: REFUSALS,
  chargingCalls: /^(file\/download|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  sessions: {
    loginCall: 'user/login',
    forget: ({ knobs }) => knobs.forgetSessions(),
    limit: ({ knobs }, calls) => {
      knobs.tokenCalls = calls
    },
  },
  fuzz: readers,
  maintenance: MAINTENANCE_PAGE,
  refusals: [
    {
      name: 'wrong password',
      during: 'checkAccount',
      arrange: account((one) => (one.password = 'another')),
      expected: 'ACCOUNT_INVALID',
    },
    {
      name: 'frozen account',
      during: 'checkAccount',
      arrange: account((one) => (one.frozen = true)),
      expected: 'ACCOUNT_NEEDS_HUMAN',
    },
    {
      name: 'free account',
      during: 'resolve',
      arrange: account((one) => (one.premium = false)),
      expected: 'ACCOUNT_NOT_PREMIUM',
    },
    {
      name: 'no traffic left',
      during: 'resolve',
      arrange: account((one) => (one.trafficLeft = 0)),
      expected: 'ACCOUNT_QUOTA',
      retryAfterMs: 4 * HOUR,
    },
    {
      name: 'no traffic left',
      during: 'download',
      arrange: account((one) => (one.trafficLeft = 0)),
      expected: 'ACCOUNT_QUOTA',
    },
    {
      name: 'deleted file',
      during: 'check',
      arrange: (host, file) => host.removeFile(file),
      expected: 'gone',
    },
    {
      name: 'deleted file',
      during: 'resolve',
      arrange: (host, file) => host.removeFile(file),
      expected: 'FILE_GONE',
    },
    ...(['check', 'resolve'] as const).map((during) => ({
      name: 'private file',
      during,
      arrange: ({ knobs }: Fake) => {
        knobs.mode = 2
      },
      expected: 'FILE_RESTRICTED' as const,
    })),
    {
      name: 'denied address',
      during: 'download',
      arrange: ({ knobs }) => {
        knobs.ipDenied = true
      },
      expected: 'EGRESS_BLOCKED',
      retryAfterMs: 2 * HOUR,
    },
    {
      name: 'refused range',
      during: 'download',
      arrange: ({ knobs }) => {
        knobs.rangeRefusals = 1
      },
      expected: 'retry-without-range',
    },
    api('user/login', 403, 'Error: Please wait 5 minutes', 'RATE_LIMITED', 5 * MINUTE),
    api('user/login', 401, 'Error: Error e-mail or password.', 'ACCOUNT_INVALID'),
    api('user/info', 401, 'Error: ACCOUNT LOCKED FOR VIOLATION of terms', 'ACCOUNT_NEEDS_HUMAN'),
    api('user/info', 401, 'Login from an unusual IP, confirm it by mail', 'ACCOUNT_NEEDS_HUMAN'),
    api('user/info', 401, 'Error: Wrong password', 'ACCOUNT_INVALID'),
    api('user/info', 401, "Error. Session doesn't exist", 'ACCOUNT_INVALID'),
    api('user/info', 401, 'Error', 'ACCOUNT_INVALID'),
    api('user/info', 402, 'Payment required', 'ACCOUNT_NOT_PREMIUM'),
    api('file/info', 500, 'Error', 'HOST_TEMP', 30 * MINUTE),
    api('file/info', 501, 'Error', 'HOST_TEMP'),
    api('file/info', 503, 'Error', 'HOST_TEMP', 30 * MINUTE),
    api('file/info', 429, 'Slow down', 'RATE_LIMITED'),
    api('file/info', 418, 'New words', 'UNEXPECTED'),
    api('file/download', 404, 'Error: File not found', 'HOST_TEMP'),
    api('file/download', 423, 'Error: Exceeded traffic', 'ACCOUNT_QUOTA', 4 * HOUR),
    api('file/download', 423, 'Error', 'ACCOUNT_QUOTA', 4 * HOUR),
    api('file/download', 401, 'Error: User is not PREMIUM', 'ACCOUNT_NOT_PREMIUM'),
    api('file/download', 401, 'This file is PREMIUM ONLY', 'ACCOUNT_NOT_PREMIUM'),
    api('file/download', 401, 'You can download files up to 500 MB in free mode', 'ACCOUNT_NOT_PREMIUM'),
    api('file/download', 403, 'This file can be downloaded only by subscribers', 'FILE_RESTRICTED'),
    api('file/download', 403, 'Buy for 9.99 USD', 'FILE_RESTRICTED'),
    api('file/download', 503, 'Download temporarily unavailable', 'HOST_TEMP', 30 * MINUTE),
    api('file/download', 403, 'Denied by IP', 'EGRESS_BLOCKED', 2 * HOUR),
    link(500, { error: 'Unexpected range request', success: false }, 'retry-without-range'),
    link(416, '', 'retry-without-range'),
    link(403, { error: 'Denied by IP', success: false }, 'EGRESS_BLOCKED', 2 * HOUR),
    link(401, 'This download session is not for you', 'SESSION_EXPIRED'),
    link(401, '', 'LINK_EXPIRED'),
    link(403, '<html></html>', 'LINK_EXPIRED'),
    link(404, '<html></html>', 'LINK_EXPIRED'),
    link(500, '', 'HOST_TEMP', 30 * MINUTE),
    link(503, 'Download temporarily unavailable', 'HOST_TEMP', 30 * MINUTE),
    link(200, MAINTENANCE_PAGE, 'HOST_DOWN'),
  ],
}
