import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { fake, refusedWith } from './fake.js'
import type { SampleKnobs } from './fake.js'
import { api } from './index.js'
import { REFUSALS } from './refusals.js'

const HOUR = 3_600_000

export const conformance: PlatformConformance<SampleKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        'https://sample.invalid/file/AbCd1234',
        'http://www.sample.invalid/file/AbCd1234/a%20b.bin?x=1#y',
        'https://user:pass@sample.invalid:443/file/AbCd1234/',
      ],
    },
  ],
  foreign: [
    'https://sample.invalid/',
    'https://sample.invalid/files/AbCd1234',
    'https://sample.invalid.example.com/file/AbCd1234',
    'https://notsample.invalid/file/AbCd1234',
  ],
  table: REFUSALS,
  chargingCalls: /^(link|dl)$/,
  tooManyRequests: 'RATE_LIMITED',
  fuzz: api.answerReaders,
  refusals: [
    given.knobs('checkAccount', { apiKey: 'another' }, 'ACCOUNT_INVALID'),
    given.deletedFile('check'),
    given.deletedFile('resolve'),
    given.knobs('resolve', { trafficLeft: 0 }, 'ACCOUNT_QUOTA', HOUR),
    given.answer('resolve', 'link', refusedWith(418, 'teapot', 'short and stout'), 'UNEXPECTED'),
    given.linkAnswer({ status: 403, body: '<html>expired</html>' }, 'LINK_EXPIRED'),
  ],
}
