import { describe, expect, it } from '@jest/globals'
import { compact, newRecoveryCodes, newTotpSecret, totpStep, totpUri } from './totp.js'

/** The key of RFC 6238, appendix B, and its codes, of which apps show the last six digits. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const RFC: [second: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]

describe('a code', () => {
  it.each(RFC)('is that of RFC 6238 at %d s', (second, code) => {
    expect(totpStep(SECRET, code, second * 1_000)).toBe(Math.floor(second / 30))
  })

  it('is of its own time step, one step early or late, and no further', () => {
    const [at, step] = [1_234_567_890_000, Math.floor(1_234_567_890 / 30)]
    const seen = [-2, -1, 0, 1, 2].map((steps) => totpStep(SECRET, '005924', at + steps * 30_000))
    expect(seen).toEqual([undefined, step, step, step, undefined])
  })

  it('may have blanks and hyphens in it', () => {
    expect(totpStep(SECRET, ' 005 924 ', 1_234_567_890_000)).toBeDefined()
    expect(totpStep(SECRET, '005-924', 1_234_567_890_000)).toBeDefined()
  })

  it.each(['', '005925', '05924', '0005924', '00592x', '٠٠٥٩٢٤', '-005924\n1'])('is not %j', (code) => {
    expect(totpStep(SECRET, code, 1_234_567_890_000)).toBeUndefined()
  })
})

describe('a secret', () => {
  it('has 160 bits, and is another one each time', () => {
    const secrets = new Set(Array.from({ length: 50 }, newTotpSecret))
    expect(secrets.size).toBe(50)
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  })

  it('goes into an app by an address with the name of the server and of its user', () => {
    const url = new URL(totpUri(SECRET, 'a+b@example.test'))
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual([
      ...['otpauth:', 'totp', '/OBB:a+b@example.test'],
    ])
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ issuer: 'OBB', secret: SECRET, algorithm: 'SHA1', digits: '6', period: '30' },
    })
  })
})

describe('recovery codes', () => {
  it('are ten of 80 bits, in groups, and are read however they are typed', () => {
    const codes = newRecoveryCodes()
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) {
      expect(code).toMatch(/^(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$/)
      expect(compact(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(compact(code))
    }
  })
})
