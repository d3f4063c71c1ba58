import type { HostErrorKind } from '../../kit/errors.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { fake, refused } from './fake.js'
import type { OneFichierKnobs } from './fake.js'
import { readers } from './api.js'
import { DOMAINS } from './links.js'
import { REFUSALS } from './refusals.js'

const ID = 'abcde12345'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The host refuses a method in these words. */
function api(
  during: RefusalCase<OneFichierKnobs>['during'],
  method: string,
  message: string,
  expected: HostErrorKind,
  retryAfterMs?: number,
): RefusalCase<OneFichierKnobs> {
  return {
    name: `${method} ${message}`,
    during,
    arrange: ({ knobs }) => {
      knobs.isPrivate = method === 'file/info'
      knobs.answers[method] = refused(message)
    },
    expected,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

const user = api.bind(undefined, 'checkAccount', 'user/info')
const file = api.bind(undefined, 'check', 'file/info')
const token = api.bind(undefined, 'resolve', 'download/get_token')

/** A link in its spellings on one domain; on each it is another canonical URL. */
const LINKS = DOMAINS.map((domain) => ({
  kind: 'file' as const,
  spellings: [
    `https://${domain}/?${ID}`,
    `http://www.${domain}/?${ID}&af=12345`,
    `https://${domain}?${ID}&e=1&auth=abc#top`,
    `HTTPS://WWW.${domain.toUpperCase()}:443/?af=99&${ID}`,
    `https://${domain}./?${ID}`,
    `http://${ID}.${domain}/`,
  ],
}))

export const conformance: PlatformConformance<OneFichierKnobs> = {
  fake,
  links: [
    ...LINKS,
    {
      kind: 'folder',
      spellings: ['https://1fichier.com/dir/AbCd1234', 'http://www.1fichier.com/dir/AbCd1234/?lg=en'],
    },
  ],
  foreign: [
    'https://1fichier.com/',
    'https://1fichier.com/?abc',
    'https://1fichier.com/?ABCDE12345',
    'https://1fichier.com/?lg=en',
    `https://1fichier.com/?${ID}${ID}x`,
    `https://1fichier.com/console/?${ID}`,
    `https://1fichier.com/?id=${ID}`,
    'https://1fichier.com/dir/',
    'https://1fichier.com/tarifs.html',
    `https://1fichier.com.example.com/?${ID}`,
    `https://not1fichier.com/?${ID}`,
    'https://api.1fichier.com/v1/',
    'https://a-12.1fichier.com/c123456789',
  ],
  table: REFUSALS,
  chargingCalls: /^(download\/get_token|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: readers,
  refusals: [
    given.knobs('checkAccount', { userInfoCalls: 0 }, 'RATE_LIMITED', 5 * MINUTE),
    given.knobs('resolve', { offer: 0 }, 'ACCOUNT_NOT_PREMIUM'),
    given.knobs('resolve', { cdnRequired: true }, 'EGRESS_BLOCKED', HOUR),
    given.knobs('resolve', { elsewhere: true }, 'ACCOUNT_BUSY', 5 * MINUTE),
    given.knobs('check', { domain: 'cjoint.net' }, 'gone'),
    given.knobs('resolve', { domain: 'cjoint.net' }, 'FILE_GONE'),
    given.deletedFile('check'),
    given.state(
      'check',
      'deleted private file',
      ({ knobs }) => {
        knobs.isPrivate = true
        knobs.answers['file/info'] = refused('Resource not found #469', 404)
      },
      'gone',
    ),
    user('Not authenticated #92', 'ACCOUNT_INVALID'),
    user('No such user #93', 'ACCOUNT_INVALID'),
    user('Error #93', 'ACCOUNT_INVALID'),
    user('Flood detected: IP Locked #38', 'RATE_LIMITED', 5 * MINUTE),
    user('Flood detected: User Locked #38', 'RATE_LIMITED', 5 * MINUTE),
    user('Owner locked #620', 'ACCOUNT_RATE', HOUR),
    token('Flood detected: User Locked #38', 'ACCOUNT_RATE', 5 * MINUTE),
    token('Owner locked #620', 'FILE_RESTRICTED'),
    file('Owner locked #620', 'FILE_RESTRICTED'),
    user('Error #38', 'ACCOUNT_RATE', 5 * MINUTE),
    user('Error #374', 'ACCOUNT_RATE', 5 * MINUTE),
    user('Error #412', 'ACCOUNT_RATE', 5 * MINUTE),
    file('Owner locked #649', 'ACCOUNT_RATE', HOUR),
    file('Error #649', 'ACCOUNT_RATE', HOUR),
    file('IP Locked #186', 'EGRESS_BLOCKED', HOUR),
    file('Error #186', 'EGRESS_BLOCKED', HOUR),
    file('Resource not allowed #631', 'FILE_RESTRICTED'),
    file('Error #631', 'FILE_RESTRICTED'),
    file('Password not provided - Resource not allowed #631', 'FILE_PASSWORD_REQUIRED'),
    token('Password not provided - Resource not allowed #631', 'FILE_PASSWORD_REQUIRED'),
    token('Invalid password', 'FILE_PASSWORD_WRONG'),
    token('Must be a customer (Premium, Access) #200', 'ACCOUNT_NOT_PREMIUM'),
    token('Error #200', 'ACCOUNT_NOT_PREMIUM'),
    token('Only 2 locations allowed at a time #887', 'ACCOUNT_BUSY', 5 * MINUTE),
    token('Error #887', 'ACCOUNT_BUSY', 5 * MINUTE),
    token('You must have CDN credits', 'EGRESS_BLOCKED', HOUR),
    token('Resource not found #469', 'FILE_GONE'),
    token('Error #469', 'FILE_GONE'),
    token('New words #999', 'UNEXPECTED'),
    given.knobs('check', { apiAnswer: { status: 200, body: 'Flood detected' } }, 'RATE_LIMITED', 5 * MINUTE),
    given.knobs(
      'check',
      { apiAnswer: { status: 503, body: '<html>Maintenance</html>' } },
      'HOST_DOWN',
      5 * MINUTE,
    ),
    given.knobs('check', { apiAnswer: { status: 200, body: 'x;y;1' } }, 'UNEXPECTED'),
    given.answer('expand', 'folder', { status: 404, body: '<html>Not found</html>' }, 'FILE_GONE'),
    given.answer(
      'expand',
      'folder',
      { status: 200, body: '<input name="pass" type="password">' },
      'FILE_PASSWORD_REQUIRED',
    ),
    given.linkAnswer({ status: 404, body: '<html></html>' }, 'LINK_EXPIRED'),
    given.linkAnswer(
      { status: 200, body: '<html>Your IP belongs to professional equipment</html>' },
      'EGRESS_BLOCKED',
      HOUR,
    ),
    given.linkAnswer({ status: 503, body: '' }, 'HOST_DOWN', 5 * MINUTE),
  ],
}
