import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { safeName } from './target.js'

describe('safeName', () => {
  it.each([
    ['film.mkv', 'film.mkv'],
    ['Füßé 日本.rar', 'Füßé 日本.rar'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..', 'download'],
    ['.bashrc', 'bashrc'],
    ['C:\\x|y?.txt', 'C__x_y_.txt'],
    ['', 'download'],
    ['   ', 'download'],
    ['a\u0000b\u202ecod.exe', 'abcod.exe'],
    ['a\ud800.bin', 'a.bin'],
    ['name. ', 'name'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
  ])('%j becomes %j', (name, safe) => {
    expect(safeName(name)).toBe(safe)
  })

  it('keeps the ending of a name that is too long', () => {
    const safe = safeName(`${'日'.repeat(200)}.part01.rar`)
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(240)
    expect(safe).toMatch(/^日+.*\.rar$/)
  })

  it('is always the name of one visible file in its directory', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const safe = safeName(name)
        expect(safe).toMatch(/^[^./\\][^/\\]*$/)
        expect(safe).not.toMatch(/\p{Cc}/u)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(240)
      }),
      { numRuns: 500 },
    )
  })
})
