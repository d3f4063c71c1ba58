import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { readers } from './api.js'
import { fake, refused } from './fake.js'
import type { FikperKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const ID = 'AbCdEf1234'

type Case = RefusalCase<FikperKnobs>

/** A call is refused with this. */
function api(
  call: keyof typeof readers,
  code: number,
  message: unknown,
  expected: Case['expected'],
  retryAfterMs?: number,
): Case {
  const during = call === 'info' ? 'check' : call === 'account' ? 'checkAccount' : 'resolve'
  return given.answer(during, call, refused(code, message), expected, retryAfterMs)
}

function link(status: number, body: unknown, expected: Case['expected'], retryAfterMs?: number): Case {
  return given.linkAnswer({ status, body }, expected, retryAfterMs)
}

function textInPlaceOfJson(call: keyof typeof readers, during: Case['during']): Case {
  const answer = { status: 200, body: 'try later', headers: { 'content-type': 'text/plain' } }
  return given.answer(during, call, answer, 'HOST_TEMP', MINUTE)
}

const PROTECTED = { status: 200, body: { name: 'a', size: 1, password: true } }

export const conformance: PlatformConformance<FikperKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://fikper.com/${ID}`,
        `http://www.fikper.com/${ID}/`,
        `https://fikper.com/${ID}/a.bin.html`,
        `https://fikper.com/${ID}/a%20b.bin`,
        `https://fikper.com./${ID}/%ff.html?x=1#y`,
      ],
    },
    { kind: 'file', spellings: [`https://fikper.com/${ID.toLowerCase()}`] },
  ],
  foreign: [
    'https://fikper.com/',
    'https://fikper.com/login',
    'https://fikper.com/Settings/profile',
    'https://fikper.com/premium',
    'https://fikper.com/en/x',
    'https://fikper.com/not-an-id',
    `https://sapi.fikper.com/${ID}`,
    `https://notfikper.com/${ID}`,
    `https://fikper.com.example.com/${ID}`,
  ],
  table: REFUSALS,
  chargingCalls: /^(download|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: Object.fromEntries(
    Object.entries(readers).map(([name, read]) => [
      name,
      (text: string, status = 200): unknown => read({ status, headers: {}, text }, 0, []),
    ]),
  ),
  refusals: [
    api('account', 401, 'Unauthorized', 'ACCOUNT_INVALID'),
    api('download', 401, 'Unauthorized', 'ACCOUNT_INVALID'),
    api('info', 404, 'File not found', 'gone'),
    api('info', 418, 'New words', 'UNEXPECTED'),
    api('info', 403, 'To download this file you should be premium', 'UNEXPECTED'),
    api('info', 500, 'Error', 'HOST_TEMP', 5 * MINUTE),
    api('download', 404, 'File not found', 'FILE_GONE'),
    api('download', 403, 'To download this file you should be premium', 'ACCOUNT_NOT_PREMIUM'),
    api('download', 403, { message: 'File size limit' }, 'ACCOUNT_NOT_PREMIUM'),
    api('download', 403, 'Bandwidth limit', 'ACCOUNT_QUOTA', HOUR),
    api('download', 403, 'New words', 'UNEXPECTED'),
    api('download', 405, { delay: 7_200_000, remainingDelay: '7189' }, 'ACCOUNT_BUSY', 7189 * SECOND),
    api('download', 405, { delay: 7_200_000, remainingDelay: '3' }, 'ACCOUNT_BUSY', MINUTE),
    api('download', 405, { delay: 7_200_000 }, 'ACCOUNT_BUSY', 2 * HOUR),
    api('download', 405, { delay: 1e15 }, 'ACCOUNT_BUSY', 24 * HOUR),
    api('download', 405, 'Wait', 'ACCOUNT_BUSY', MINUTE),
    textInPlaceOfJson('info', 'check'),
    textInPlaceOfJson('download', 'resolve'),
    textInPlaceOfJson('account', 'checkAccount'),
    link(429, '', 'ACCOUNT_BUSY', 30 * SECOND),
    link(403, '', 'HOST_TEMP', HOUR),
    link(404, '<html></html>', 'HOST_TEMP', HOUR),
    link(401, '', 'LINK_EXPIRED'),
    link(410, '', 'LINK_EXPIRED'),
    link(403, { code: 403, message: 'Bandwidth limit' }, 'ACCOUNT_QUOTA', HOUR),
    link(503, '', 'HOST_DOWN'),
    given.knobs('resolve', { apiKey: 'another' }, 'ACCOUNT_INVALID'),
    given.account('resolve', { premium: false }, 'ACCOUNT_NOT_PREMIUM'),
    given.state(
      'resolve',
      'no bandwidth left',
      ({ knobs }) => {
        knobs.account.usedBandwidth = knobs.account.totalBandwidth
      },
      'ACCOUNT_QUOTA',
    ),
    given.deletedFile('check'),
    given.deletedFile('resolve'),
    given.answer('check', 'info', PROTECTED, 'FILE_RESTRICTED'),
    given.answer('resolve', 'info', PROTECTED, 'FILE_RESTRICTED'),
  ],
}
