import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { readers } from './api.js'
import { fake } from './fake.js'
import type { UpstoreKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

const ID = 'R8KQsGt'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const page = (words: string) => ({ status: 200, body: `<!DOCTYPE html><html><body>${words}</body></html>` })
const json = (err: string) => ({ status: 200, body: { err } })

export const conformance: PlatformConformance<UpstoreKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        `https://upstore.net/${ID}`,
        `http://www.upsto.re/${ID}/`,
        `https://upstore.net/${ID}/a%20b.bin`,
        `HTTPS://UPSTO.RE.:443/${ID}?x=1#y`,
      ],
    },
  ],
  foreign: [
    'https://upstore.net/',
    'https://upstore.net/premium',
    'https://upstore.net/account/login',
    'https://upstore.net/stat/download',
    `https://upstore.net.example.com/${ID}`,
    `https://notupstore.net/${ID}`,
  ],
  table: REFUSALS,
  chargingCalls: /^(link|dl)$/,
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
    given.knobs('resolve', { premiumTill: null }, 'ACCOUNT_NOT_PREMIUM'),
    given.knobs('resolve', { used: 50 }, 'ACCOUNT_QUOTA', HOUR),
    given.answer('check', 'file', { status: 404, body: '' }, 'gone'),
    given.answer('check', 'file', page('This file was deleted: file was deleted by owner'), 'gone'),
    given.answer('check', 'file', page('Something new'), 'HOST_DOWN'),
    given.answer('check', 'file', page('Site is under maintenance'), 'HOST_DOWN', 10 * MINUTE),
    given.answer(
      'checkAccount',
      'account',
      page('<a href="/account/logout">x</a> Something new'),
      'HOST_DOWN',
    ),
    given.answer('resolve', 'link', json('Something new'), 'UNEXPECTED'),
    given.answer('resolve', 'link', { status: 404, body: { err: 'Not here' } }, 'FILE_GONE'),
    given.answer('resolve', 'link', json('Too many connections from your IPs'), 'ACCOUNT_BUSY', 5 * MINUTE),
    given.state(
      'check',
      'page of the file that is not there any more',
      ({ knobs }) => {
        knobs.answers['file'] = { status: 410, body: '' }
      },
      'gone',
    ),
    given.answer('resolve', 'link', { status: 200, body: { err: 'File is deleted' } }, 'FILE_GONE'),
    given.linkAnswer({ status: 403, body: '<html></html>' }, 'LINK_EXPIRED'),
    given.linkAnswer({ status: 503, body: '' }, 'HOST_DOWN', 5 * MINUTE),
  ],
}
