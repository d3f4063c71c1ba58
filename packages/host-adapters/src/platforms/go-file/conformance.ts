import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { fake, refused } from './fake.js'
import type { GoFileKnobs } from './fake.js'
import { readers } from './api.js'
import { REFUSALS } from './refusals.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const CODE = 'AbC123'
const FILE = '0f9e8d7c-1234-4321-abcd-0123456789ab'

type Case = RefusalCase<GoFileKnobs>

/** A call is refused in every way in which it is made. */
function api(
  call: 'account' | 'contents',
  status: string,
  expected: Case['expected'],
  retryAfterMs?: number,
): Case[] {
  const ways = call === 'account' ? (['checkAccount'] as const) : (['check', 'resolve', 'expand'] as const)
  return ways.map((during) => {
    const outcome = during === 'check' && expected === 'FILE_GONE' ? 'gone' : expected
    return given.answer(during, call, refused(status), outcome, retryAfterMs)
  })
}

const OVERLOADED = '<html><body>Server is currently overloaded</body></html>'
const MONTHLY = '<html><body>Monthly download limit exceeded</body></html>'

export const conformance: PlatformConformance<GoFileKnobs> = {
  fake,
  links: [
    {
      kind: 'folder',
      spellings: [
        `https://gofile.io/d/${CODE}`,
        `http://www.gofile.io/d/${CODE}/`,
        `https://gofile.io/?c=${CODE}`,
        `https://GOFILE.io./d/${CODE}?x=1#other`,
      ],
    },
    { kind: 'folder', spellings: [`https://gofile.io/d/${CODE.toLowerCase()}`] },
    { kind: 'folder', spellings: [`https://gofile.io/d/${FILE}`] },
    {
      kind: 'file',
      spellings: [`https://gofile.io/d/${CODE}#file=${FILE}`, `https://gofile.io/?c=${CODE}#file=${FILE}`],
    },
  ],
  foreign: [
    'https://gofile.io/',
    'https://gofile.io/d/',
    'https://gofile.io/d/abc',
    `https://gofile.io/x/${CODE}`,
    `https://gofile.io/myfiles?c=${CODE}`,
    `https://api.gofile.io/contents/${CODE}`,
    'https://store1.gofile.io/download/x/a.bin',
    `https://notgofile.io/d/${CODE}`,
    `https://gofile.io.example.com/d/${CODE}`,
  ],
  table: REFUSALS,
  chargingCalls: /^dl$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: readers,
  refusals: [
    ...api('contents', 'error-notFound', 'FILE_GONE'),
    ...api('contents', 'error-notPremium', 'ACCOUNT_NOT_PREMIUM'),
    ...api('contents', 'error-wrongToken', 'ACCOUNT_RATE', 15 * MINUTE),
    ...api('contents', 'error-rateLimit', 'RATE_LIMITED', MINUTE),
    ...api('contents', 'error-limit-100000', 'UNEXPECTED'),
    ...api('contents', 'error-passwordRequired', 'FILE_PASSWORD_REQUIRED'),
    ...api('contents', 'error-passwordWrong', 'FILE_PASSWORD_WRONG'),
    ...api('contents', 'error-notPublic', 'FILE_RESTRICTED'),
    ...api('contents', 'error-new', 'UNEXPECTED'),
    ...api('account', 'error-wrongToken', 'ACCOUNT_INVALID'),
    ...api('account', 'error-notFound', 'UNEXPECTED'),
    given.answer('check', 'contents', { status: 401, body: {} }, 'ACCOUNT_RATE', 15 * MINUTE),
    given.answer('checkAccount', 'account', { status: 401, body: {} }, 'ACCOUNT_INVALID'),
    given.answer('check', 'contents', { status: 200, body: OVERLOADED }, 'HOST_DOWN', 5 * MINUTE),
    given.answer(
      'resolve',
      'contents',
      { status: 200, body: { status: 'error-x', data: { message: 'Monthly download limit exceeded' } } },
      'ACCOUNT_QUOTA',
      6 * HOUR,
    ),
    given.linkAnswer({ status: 200, body: MONTHLY }, 'ACCOUNT_QUOTA', 6 * HOUR),
    given.linkAnswer({ status: 200, body: OVERLOADED }, 'HOST_DOWN', 5 * MINUTE),
    given.linkAnswer({ status: 429, body: '' }, 'RATE_LIMITED', MINUTE),
    ...[401, 403, 404, 410].map((status) => given.linkAnswer({ status, body: '' }, 'LINK_EXPIRED')),
    given.knobs('check', { token: 'another' }, 'ACCOUNT_RATE', 15 * MINUTE),
    given.knobs('checkAccount', { token: 'another' }, 'ACCOUNT_INVALID'),
    given.knobs('check', { canAccess: false }, 'FILE_RESTRICTED'),
    given.knobs('resolve', { canAccess: false }, 'FILE_RESTRICTED'),
    given.knobs('expand', { canAccess: false }, 'FILE_RESTRICTED'),
    given.knobs('resolve', { withoutLinks: true }, 'UNEXPECTED'),
    given.account('resolve', { tier: 'standard' }, 'ACCOUNT_NOT_PREMIUM'),
    given.deletedFile('check'),
    given.deletedFile('resolve'),
  ],
}
