import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { readers } from './api.js'
import { fake } from './fake.js'
import type { UploadGigKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

const ID = '0123456789aBcDeF'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const page = (words: string) => ({ status: 200, body: `<!DOCTYPE html><html><body>${words}</body></html>` })

export const conformance: PlatformConformance<UploadGigKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://uploadgig.com/file/download/${ID}`,
        `http://www.uploadgig.com/file/download/${ID}/`,
        `https://uploadgig.com/file/download/${ID}/a%20b.bin`,
        `HTTPS://UPLOADGIG.COM.:443/file/download/${ID}?x=1#y`,
      ],
    },
  ],
  foreign: [
    'https://uploadgig.com/',
    'https://uploadgig.com/login/form',
    `https://uploadgig.com/file/download/${ID}0`,
    `https://uploadgig.com/file/${ID}`,
    `https://uploadgig.com.example.com/file/download/${ID}`,
    `https://notuploadgig.com/file/download/${ID}`,
  ],
  table: REFUSALS,
  chargingCalls: /^dl$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: readers,
  maintenance: '<!DOCTYPE html><html><body><h1>We are moving to new servers</h1></body></html>',
  sizeByLink: true,
  operatorSession: {
    end: ({ knobs }) => knobs.endSession(),
    rotate({ knobs }) {
      knobs.rotates = true
    },
  },
  refusals: [
    given.deletedFile('check'),
    given.deletedFile('resolve'),
    given.knobs('resolve', { premium: 'Inactive' }, 'ACCOUNT_NOT_PREMIUM'),
    given.knobs('resolve', { usedGb: 50 }, 'ACCOUNT_QUOTA', HOUR),
    given.answer('check', 'file', { status: 404, body: '' }, 'gone'),
    given.answer('resolve', 'file', { status: 404, body: '' }, 'FILE_GONE'),
    given.answer('check', 'file', { status: 406, body: 'Too many tries' }, 'ACCOUNT_RATE', 30 * MINUTE),
    given.answer('check', 'file', page('Something new'), 'HOST_DOWN'),
    given.answer('resolve', 'file', page('Something new'), 'HOST_DOWN'),
    given.answer('check', 'file', page('Site is under maintenance'), 'HOST_DOWN', 10 * MINUTE),
    given.answer('checkAccount', 'account', page('<a href="/user/logout">x</a> Something new'), 'HOST_DOWN'),
    given.linkAnswer({ status: 403, body: '<html></html>' }, 'LINK_EXPIRED'),
    given.linkAnswer(
      { status: 200, body: '<html>Daily traffic limit reached</html>' },
      'ACCOUNT_QUOTA',
      HOUR,
    ),
    given.linkAnswer({ status: 503, body: '' }, 'HOST_DOWN', 5 * MINUTE),
  ],
}
