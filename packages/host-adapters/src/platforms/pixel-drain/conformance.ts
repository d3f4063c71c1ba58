import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { fake, refused } from './fake.js'
import type { PixelDrainKnobs } from './fake.js'
import { readers } from './api.js'
import { DOMAINS } from './links.js'
import { REFUSALS } from './refusals.js'

const ID = 'AbCd1234'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Facts, or the download itself, are refused so. */
function says(
  during: RefusalCase<PixelDrainKnobs>['during'],
  status: number,
  value: string,
  expected: RefusalCase<PixelDrainKnobs>['expected'],
  retryAfterMs?: number,
): RefusalCase<PixelDrainKnobs> {
  const answer = refused(status, value)
  if (during === 'download') return given.linkAnswer(answer, expected, retryAfterMs)
  return given.knobs(during, { apiAnswer: answer }, expected, retryAfterMs)
}

export const conformance: PlatformConformance<PixelDrainKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: DOMAINS.flatMap((domain) => [
        `https://${domain}/u/${ID}`,
        `http://www.${domain}/u/${ID}/?embed`,
        `https://${domain}:443/api/file/${ID}?download#x`,
        `HTTPS://${domain.toUpperCase()}./u/${ID}`,
      ]),
    },
    {
      kind: 'folder',
      spellings: [
        `https://pixeldrain.com/l/${ID}`,
        `https://pixeldra.in/api/list/${ID}`,
        `https://pixeldrain.com/l/${ID}#q`,
      ],
    },
    {
      kind: 'file',
      spellings: [`https://pixeldrain.com/l/${ID}#item=3`, `https://pixeldrain.net/l/${ID}/#item=03`],
    },
    { kind: 'folder', spellings: [`https://pixeldrain.com/d/${ID}`, `https://pixeldrain.com/d/${ID}/`] },
    {
      kind: 'folder',
      spellings: [
        `https://pixeldrain.com/d/${ID}/a%20b/`,
        `https://pixeldrain.com/d/${ID}/a%20b`,
        `https://pixeldrain.com/d/${ID}/a b//`,
      ],
    },
    {
      kind: 'file',
      spellings: [`https://pixeldrain.nl/api/filesystem/${ID}/a b/c%40d.bin?attach`],
    },
    { kind: 'file', spellings: [`https://pixeldrain.com/api/filesystem/${ID}`] },
  ],
  foreign: [
    'https://pixeldrain.com/',
    'https://pixeldrain.com/u/',
    'https://pixeldrain.com/u/abc',
    `https://pixeldrain.com/x/${ID}`,
    'https://pixeldrain.com/api/user',
    `https://pixeldrain.com.example.com/u/${ID}`,
    `https://notpixeldrain.com/u/${ID}`,
    `https://cdn.pixeldrain.com/u/${ID}`,
  ],
  table: REFUSALS,
  chargingCalls: /^dl$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: readers,
  refusals: [
    given.deletedFile('check'),
    given.deletedFile('download'),
    given.knobs('check', { abuseType: 'terrorism' }, 'FILE_BLOCKED'),
    given.knobs('resolve', { abuseType: 'copyright' }, 'FILE_BLOCKED'),
    given.knobs('check', { availability: 'virus_detected_captcha_required' }, 'FILE_BLOCKED'),
    given.knobs('download', { captcha: true }, 'ACCOUNT_NOT_PREMIUM'),
    says('check', 404, 'file_not_found', 'gone'),
    says('check', 404, 'path_not_found', 'gone'),
    says('check', 410, 'file_deleted', 'gone'),
    says('expand', 404, 'list_not_found', 'FILE_GONE'),
    says('check', 404, 'something_new', 'gone'),
    says('resolve', 404, 'something_new', 'FILE_GONE'),
    says('check', 418, 'something_new', 'UNEXPECTED'),
    says('check', 403, 'permission_denied', 'FILE_RESTRICTED'),
    says('resolve', 403, 'forbidden', 'FILE_RESTRICTED'),
    says('check', 451, 'unavailable', 'FILE_BLOCKED'),
    says('check', 500, 'internal', 'HOST_DOWN', 5 * MINUTE),
    says('check', 200, 'internal', 'HOST_DOWN', 5 * MINUTE),
    says('check', 503, 'maintenance', 'HOST_DOWN', 5 * MINUTE),
    says('check', 429, 'slow_down', 'RATE_LIMITED', MINUTE),
    says('checkAccount', 401, 'authentication_failed', 'ACCOUNT_INVALID'),
    says('checkAccount', 401, 'something_new', 'ACCOUNT_INVALID'),
    says('checkAccount', 403, 'something_new', 'ACCOUNT_INVALID'),
    says('download', 401, 'unauthorized', 'ACCOUNT_INVALID'),
    says('download', 401, 'something_new', 'ACCOUNT_INVALID'),
    says('download', 403, 'virus_detected_captcha_required', 'FILE_BLOCKED'),
    says('download', 403, 'something_new', 'FILE_RESTRICTED'),
    says('download', 403, 'out_of_transfer', 'ACCOUNT_QUOTA', HOUR),
    says('download', 429, 'slow_down', 'RATE_LIMITED', MINUTE),
    says('download', 502, 'maintenance', 'HOST_DOWN', 5 * MINUTE),
  ],
}
