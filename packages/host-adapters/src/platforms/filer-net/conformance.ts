import type { HostErrorKind } from '../../kit/errors.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { readers } from './api.js'
import { fake, refused } from './fake.js'
import type { FilerKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

const ID = '0123456789abcdef'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The API refuses a method so. */
function api(
  method: 'profile' | 'status' | 'dl',
  code: number,
  words: string,
  expected: HostErrorKind | 'gone',
  retryAfterMs?: number,
): RefusalCase<FilerKnobs> {
  const during = { profile: 'checkAccount', status: 'check', dl: 'resolve' } as const
  return given.answer(during[method], method, refused(code, words), expected, retryAfterMs)
}

export const conformance: PlatformConformance<FilerKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://filer.net/get/${ID}`,
        `http://www.filer.net/get/${ID}/`,
        `https://filer.net/dl/${ID}`,
        `https://filer.net/app.php/get/${ID}`,
        `HTTPS://FILER.NET.:443/get/${ID}/a%20b.bin?x=1#y`,
      ],
    },
    { kind: 'folder', spellings: [`https://filer.net/folder/${ID}`, `http://www.filer.net/folder/${ID}/`] },
  ],
  foreign: [
    'https://filer.net/',
    'https://filer.net/get/short',
    'https://filer.net/folder/short',
    `https://filer.net/get/${ID.toUpperCase()}`,
    `https://filer.net.example.com/get/${ID}`,
    `https://notfiler.net/get/${ID}`,
  ],
  table: REFUSALS,
  chargingCalls: /^dl$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: readers,
  refusals: [
    given.knobs('checkAccount', { password: 'another' }, 'ACCOUNT_INVALID'),
    given.knobs('resolve', { password: 'another' }, 'ACCOUNT_INVALID'),
    given.knobs('resolve', { premium: false }, 'ACCOUNT_NOT_PREMIUM'),
    given.knobs('resolve', { trafficLeft: -1000 }, 'ACCOUNT_QUOTA', HOUR),
    given.deletedFile('check'),
    given.deletedFile('resolve'),
    api('profile', 401, 'authentication failed', 'ACCOUNT_RATE', 30 * MINUTE),
    api('profile', 401, 'authentication required', 'ACCOUNT_INVALID'),
    api('profile', 401, 'new words', 'ACCOUNT_INVALID'),
    api('profile', 403, 'account suspended', 'ACCOUNT_NEEDS_HUMAN'),
    api('profile', 403, 'account_breach_locked', 'ACCOUNT_NEEDS_HUMAN'),
    api('status', 506, 'folder not found', 'gone'),
    api('status', 404, 'file not found', 'gone'),
    api('status', 599, 'unknown', 'UNEXPECTED'),
    api('dl', 404, 'file not found', 'FILE_GONE'),
    api('dl', 403, 'password required', 'FILE_RESTRICTED'),
    api('dl', 403, 'download not allowed', 'ACCOUNT_RATE', 15 * MINUTE),
    api('dl', 429, 'concurrent download limit reached', 'ACCOUNT_BUSY', 15 * MINUTE),
    api('dl', 503, 'no download server available', 'HOST_TEMP', 15 * MINUTE),
    api('dl', 503, 'premium required', 'ACCOUNT_NOT_PREMIUM'),
    given.linkAnswer({ status: 410, body: '<html></html>' }, 'LINK_EXPIRED'),
    given.linkAnswer({ status: 503, body: '' }, 'HOST_DOWN', 5 * MINUTE),
  ],
}
