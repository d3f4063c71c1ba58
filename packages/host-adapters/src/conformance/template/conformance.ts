import type { PlatformConformance } from '../../conformance/platform-conformance.js'
import { fake, refusedWith } from './fake.js'
import type { SampleKnobs } from './fake.js'
import { readers } from './index.js'
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
  fuzz: readers,
  refusals: [
    {
      name: 'a wrong key',
      during: 'checkAccount',
      arrange: ({ knobs }) => (knobs.apiKey = 'another'),
      expected: 'ACCOUNT_INVALID',
    },
    {
      name: 'a deleted file',
      during: 'check',
      arrange: (host, link) => host.removeFile(link),
      expected: 'gone',
    },
    {
      name: 'a deleted file',
      during: 'resolve',
      arrange: (host, link) => host.removeFile(link),
      expected: 'FILE_GONE',
    },
    {
      name: 'no traffic left',
      during: 'resolve',
      arrange: ({ knobs }) => (knobs.trafficLeft = 0),
      expected: 'ACCOUNT_QUOTA',
      retryAfterMs: HOUR,
    },
    {
      name: 'new words',
      during: 'resolve',
      arrange: ({ knobs }) => (knobs.answers['link'] = refusedWith(418, 'teapot', 'short and stout')),
      expected: 'UNEXPECTED',
    },
    {
      name: 'an expired link',
      during: 'download',
      arrange: ({ knobs }) => (knobs.linkAnswer = { status: 403, body: '<html>expired</html>' }),
      expected: 'LINK_EXPIRED',
    },
  ],
}
