import type { HostErrorKind } from '../../kit/errors.js'
import type { PlatformConformance, RefusalCase } from '../../conformance/platform-conformance.js'
import * as given from '../../conformance/refusal-cases.js'
import { dispositionName } from '../../kit/fields/disposition.js'
import { describe } from './description.js'
import { fake } from './fake.js'
import type { HttpKnobs } from './fake.js'
import { REFUSALS } from './refusals.js'

const MINUTE = 60_000

/** HEADERS are what is read of the head of an answer. */
const HEADERS = [
  'content-disposition',
  'content-type',
  'content-encoding',
  'content-range',
  'content-length',
  'etag',
  'last-modified',
  'date',
  'repr-digest',
  'digest',
  'content-md5',
]

function describeHead(headers: Readonly<Record<string, string>>, status: number): void {
  const url = 'https://files.example.com/a.bin'
  describe({ status, headers, url }, url, { webPages: true })
}

const STATUSES: readonly (readonly [number, HostErrorKind])[] = [
  [400, 'UNEXPECTED'],
  [401, 'FILE_RESTRICTED'],
  [402, 'FILE_RESTRICTED'],
  [403, 'FILE_RESTRICTED'],
  [404, 'FILE_GONE'],
  [407, 'FILE_RESTRICTED'],
  ...[202, 408, 420, 425, 520, 522, 525, 530].map((status) => [status, 'HOST_TEMP'] as const),
  [410, 'FILE_GONE'],
  [429, 'HOST_TEMP'],
  [451, 'FILE_BLOCKED'],
  [500, 'HOST_TEMP'],
  [502, 'HOST_TEMP'],
  [503, 'HOST_TEMP'],
  [504, 'HOST_TEMP'],
  [509, 'HOST_TEMP'],
]

function always(
  status: number,
  during: RefusalCase<HttpKnobs>['during'],
  kind: HostErrorKind,
): RefusalCase<HttpKnobs> {
  return {
    name: `status ${status}`,
    during,
    arrange: ({ knobs }) => {
      knobs.answer = { status, body: '' }
    },
    expected: kind === 'FILE_GONE' && during === 'check' ? 'gone' : kind,
    ...(kind === 'HOST_TEMP' && { retryAfterMs: MINUTE }),
  }
}

function knob(
  name: string,
  expected: HostErrorKind,
  change: Partial<HttpKnobs>,
): readonly RefusalCase<HttpKnobs>[] {
  return (['check', 'resolve'] as const).map((during) => ({
    name,
    during,
    arrange: ({ knobs }) => void Object.assign(knobs, change),
    expected,
  }))
}

export const conformance: PlatformConformance<HttpKnobs> = {
  fake,
  links: [
    {
      kind: 'file',
      spellings: [
        'https://files.example.com/a/B.bin?x=1&y=2',
        'HTTPS://FILES.EXAMPLE.COM:443/a/B.bin?x=1&y=2#part',
      ],
    },
    { kind: 'file', spellings: ['http://192.0.2.1:8080/', 'http://192.0.2.1:8080'] },
    {
      kind: 'file',
      spellings: ['https://user:pa%3Ass@example.com/f', 'https://user:pa%3Ass@example.com:443/f#x'],
    },
  ],
  foreign: ['ftp://example.com/a', 'file:///etc/passwd', 'data:text/plain,x', 'javascript:alert(1)'],
  table: REFUSALS,
  // A byte is what is asked for where HEAD is refused.
  chargingCalls: /^POST/,
  tooManyRequests: 'HOST_TEMP',
  answerAll: ({ knobs }, answer) => {
    knobs.answer = answer
  },
  fuzz: {
    'content-disposition': dispositionName,
    head: (text, status = 200) =>
      describeHead(Object.fromEntries(HEADERS.map((name) => [name, text])), status),
    'one header': (text, status = 200) => {
      for (const name of HEADERS) describeHead({ 'content-length': '7', [name]: text }, status)
    },
  },
  secretLink: (link) => ({
    link: link.replace('://', '://deep-secret-user:deep-secret-password@'),
    secrets: ['deep-secret-user', 'deep-secret-password'],
  }),
  refusals: [
    ...STATUSES.flatMap(([status, kind]) =>
      (['check', 'resolve', 'download'] as const).map((during) => always(status, during, kind)),
    ),
    given.deletedFile('check'),
    ...knob('a web page', 'BAD_URL', {
      answer: { status: 200, body: '<!doctype html>', headers: { 'content-type': 'text/html' } },
    }),
    ...knob('an encoded body', 'UNEXPECTED', { ignoreRange: true, headers: { 'content-encoding': 'gzip' } }),
    ...knob('too many redirects', 'BAD_URL', { redirects: 11 }),
    ...knob('a redirect to a private address', 'BAD_URL', { redirectTo: 'http://10.0.0.1/x' }),
    ...knob('a redirect to another scheme', 'BAD_URL', { redirectTo: 'ftp://example.com/x' }),
    ...knob('a missing password', 'FILE_RESTRICTED', { basic: 'user:password' }),
  ],
}
