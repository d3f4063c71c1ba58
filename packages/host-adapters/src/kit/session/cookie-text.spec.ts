import { describe, expect, it } from '@jest/globals'
import { HostError } from '../errors.js'
import { cookieHeader, cookiesIn } from './cookie-text.js'

const NOW = Date.UTC(2026, 7, 22)
const LATER = 1_893_456_000
const SOONER = 1_700_000_000
const read = (text: string): string => cookieHeader(cookiesIn(text, ['host.test', 'old.test'], NOW))
const reason = (text: string): string => {
  try {
    return read(text)
  } catch (error) {
    return error instanceof HostError ? `${error.kind}: ${error.message}` : 'threw'
  }
}
const row = (domain: string, name: string, value: string, expiry: number | string = LATER): string =>
  [domain, 'TRUE', '/', 'TRUE', expiry, name, value].join('\t')

describe('cookies of a browser', () => {
  it.each([
    ['login=joe; xfss=0a1b2c'],
    ['Cookie: login=joe; xfss=0a1b2c'],
    ['cookie:login=joe;xfss=0a1b2c;'],
    ['login=joe\nxfss=0a1b2c\n'],
    [
      `# Netscape HTTP Cookie File\n\n${row('.host.test', 'login', 'joe')}\n${row('www.host.test', 'xfss', '0a1b2c', 0)}`,
    ],
    [`${row('host.test', 'login', 'joe')}\r\n#HttpOnly_${row('.host.test', 'xfss', '0a1b2c')}\r\n`],
    [
      JSON.stringify([
        { domain: '.host.test', name: 'login', value: 'joe', expirationDate: LATER + 0.5, hostOnly: false },
        { domain: 'host.test', name: 'xfss', value: '0a1b2c', session: true },
      ]),
    ],
    [
      JSON.stringify({
        url: 'https://host.test',
        cookies: [
          { name: 'login', value: 'joe' },
          { host: 'host.test', name: 'xfss', value: '0a1b2c' },
        ],
      }),
    ],
    ['GET /me HTTP/1.1\r\nHost: host.test\r\nCookie: login=joe; xfss=0a1b2c\r\nUser-Agent: x; y\r\n'],
    ['cookie\nlogin=joe; xfss=0a1b2c'],
    ['"login=joe; xfss=0a1b2c"'],
    ["'login=joe; xfss=0a1b2c'"],
    [
      "curl 'https://host.test/?a=b;c=d' \\\n  -H 'accept: */*' \\\n  -H 'cookie: login=joe; xfss=0a1b2c' \\\n  --compressed",
    ],
    ["curl 'https://host.test/' -b 'login=joe; xfss=0a1b2c' -H 'user-agent: x'"],
    [
      'Set-Cookie: login=joe; Path=/; HttpOnly\nSet-Cookie: xfss=0a1b2c; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure',
    ],
    [
      'login\tjoe\t.host.test\t/\t2030-01-01T00:00:00.000Z\t8\t✓\t✓\tLax\t\t\tMedium\n' +
        'xfss\t0a1b2c\twww.host.test\t/\tSession\t10\t\t\t\t\t\tMedium\nstale\tx\t.host.test\t/\t2020-01-01T00:00:00.000Z\t6',
    ],
    [
      `${row('.host.test', 'login', 'joe').replaceAll('\t', ' ')}\n${row('host.test', 'xfss', '0a1b2c').replaceAll('\t', '   ')}`,
    ],
    [JSON.stringify({ login: 'joe', xfss: '0a1b2c' })],
    [
      JSON.stringify({
        cookies: [
          { name: 'login', value: 'joe', domain: '.host.test', path: '/', expires: -1, httpOnly: true },
          { name: 'xfss', value: '0a1b2c', domain: 'host.test', path: '/', expires: LATER },
        ],
        origins: [],
      }),
    ],
  ])('are read from every form that people have them in: %#', (text) => {
    expect(read(text)).toBe('login=joe; xfss=0a1b2c')
    expect(read(read(text))).toBe('login=joe; xfss=0a1b2c')
  })

  it('of other sites, and those that have run out, are left out', () => {
    const text = [
      row('.bank.test', 'sid', 'theirs'),
      row('nothost.test', 'sid', 'theirs'),
      row('.old.test', 'xfss', 'ours'),
      row('host.test', 'stale', 'x', SOONER),
    ].join('\n')
    expect(read(text)).toBe('xfss=ours')
  })

  it('keep signs that browsers send, and an equals sign in a value', () => {
    expect(read('a="x,y z";b=c2==')).toBe('a="x,y z"; b=c2==')
  })

  it.each([
    ['', 'has no cookies in it'],
    ['hello', 'is neither a Cookie header'],
    ['{"a":1}', 'is JSON, but not that of an extension'],
    ['[not json', 'is JSON, but not that of an extension'],
    [row('.bank.test', 'sid', 'secret-value'), 'has no cookies of host.test'],
    [row('host.test', 'sid', 'secret-value', SOONER), 'none but cookies that have run out'],
    ['a b=secret-value', 'is no cookie'],
    ['a=secret-value\u0001', 'is no cookie'],
    [`a=${'x'.repeat(5000)}`, 'is no cookie'],
    [Array.from({ length: 101 }, (_, at) => `a${at}=secret-value`).join(';'), 'more than 100'],
    ['x'.repeat(33_000), 'is longer than 32 KiB'],
  ])('that are none are refused with the reason, and nothing of them is repeated: %#', (text, expected) => {
    expect(reason(text)).toContain(`CONFIG: the text of the cookies`)
    expect(reason(text)).toContain(expected)
    expect(reason(text)).not.toContain('secret-value')
  })
})
