import type { HostErrorKind } from '../../kit/errors.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { START } from '../../conformance/bench.js'
import { readers } from './api.js'
import { UPGRADING_PAGE, fake, refused } from './fake.js'
import type { NitroFlareKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

type Case = RefusalCase<NitroFlareKnobs>

const ID = 'ABCDEF012345678'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The API refuses a method so. */
function api(
  method: 'getKeyInfo' | 'getFileInfo' | 'getDownloadLink',
  code: number,
  message: string,
  expected: HostErrorKind,
  retryAfterMs?: number,
): Case {
  const during = { getKeyInfo: 'checkAccount', getFileInfo: 'check', getDownloadLink: 'resolve' } as const
  const answer = refused(code, message, code % 2 === 0 ? 500 : 200)
  return given.answer(during[method], method, answer, expected, retryAfterMs)
}

/** The direct link answers with a page of these words. */
function link(words: string, expected: HostErrorKind, retryAfterMs?: number, status = 200): Case {
  return given.linkAnswer({ status, body: `<html><body>${words}</body></html>` }, expected, retryAfterMs)
}

export const conformance: PlatformConformance<NitroFlareKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://nitroflare.com/view/${ID}`,
        `http://www.nitroflare.com/view/${ID}/a%20b.bin`,
        `https://nitroflare.net/watch/${ID}/a.mp4?x=1#y`,
        `HTTPS://NITRO.DOWNLOAD:443/view/${ID}/`,
        `https://user:pass@nitroflare.com./watch/${ID}/%ff`,
      ],
    },
  ],
  foreign: [
    'https://nitroflare.com/',
    'https://nitroflare.com/view/',
    `https://nitroflare.com/view/${ID.toLowerCase()}`,
    `https://nitroflare.com/file/${ID}`,
    `https://nitroflare.com/folder/${ID}`,
    `https://nitroflare.com.example.com/view/${ID}`,
    `https://notnitroflare.com/view/${ID}`,
    'https://s12.nitroflare.com/d/abc',
  ],
  table: REFUSALS,
  chargingCalls: /^(getDownloadLink|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  maintenance: UPGRADING_PAGE,
  fuzz: readers,
  refusals: [
    given.knobs('checkAccount', { password: 'another' }, 'ACCOUNT_INVALID'),
    given.knobs('checkAccount', { captchaGate: true }, 'ACCOUNT_NEEDS_HUMAN', 30 * MINUTE),
    given.knobs('resolve', { captchaGate: true }, 'ACCOUNT_NEEDS_HUMAN', 30 * MINUTE),
    given.knobs('resolve', { status: 'inactive' }, 'ACCOUNT_NOT_PREMIUM'),
    given.knobs('resolve', { linkType: 'free' }, 'ACCOUNT_NOT_PREMIUM'),
    given.knobs('check', { fileStatus: 'offline' }, 'gone'),
    given.knobs('resolve', { fileStatus: 'offline' }, 'FILE_GONE'),
    given.knobs('download', { trafficLeft: 0 }, 'ACCOUNT_QUOTA', DAY - (START % DAY)),
    given.knobs('download', { otherAddress: true }, 'LINK_EXPIRED'),
    given.knobs('check', { apiAnswer: { status: 500, body: 'oops' } }, 'HOST_TEMP', 5 * MINUTE),
    given.knobs('resolve', { apiAnswer: { status: 200, body: UPGRADING_PAGE } }, 'HOST_DOWN', 15 * MINUTE),
    given.deletedFile('check'),
    api('getKeyInfo', 8, 'Wrong login', 'ACCOUNT_INVALID'),
    api('getKeyInfo', 0, 'Your password has expired', 'ACCOUNT_NEEDS_HUMAN'),
    api('getFileInfo', 0, 'Your IP 192.0.2.1 is blocked', 'EGRESS_BLOCKED', HOUR),
    api('getDownloadLink', 1, 'Access denied', 'ACCOUNT_NOT_PREMIUM'),
    api('getDownloadLink', 4, "File doesn't exist", 'FILE_GONE'),
    api('getDownloadLink', 6, 'Invalid captcha', 'ACCOUNT_NEEDS_HUMAN', 30 * MINUTE),
    api('getDownloadLink', 12, 'Captcha required', 'ACCOUNT_NEEDS_HUMAN', 30 * MINUTE),
    api('getDownloadLink', 9, 'You have reached your daily limit', 'ACCOUNT_QUOTA', HOUR),
    api('getDownloadLink', 99, 'New words', 'UNEXPECTED'),
    link('This download exceeds the daily download limit', 'ACCOUNT_QUOTA', DAY - (START % DAY)),
    link('This download link expired', 'LINK_EXPIRED'),
    link('Prove it with a captcha, and avoid using a dedicated server', 'ACCOUNT_NEEDS_HUMAN', 30 * MINUTE),
    link('Your ip has been blocked', 'EGRESS_BLOCKED', HOUR),
    link('Your password has expired. Change Password', 'ACCOUNT_NEEDS_HUMAN'),
    link('In these moments we are upgrading the site system', 'HOST_DOWN', 15 * MINUTE),
    link('Not here', 'LINK_EXPIRED', undefined, 404),
  ],
}
