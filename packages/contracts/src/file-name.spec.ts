import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { safeFileName } from './file-name.js'

describe('a file name', () => {
  it.each([
    ['plain.zip', 'plain.zip'],
    ['a\\b/c.txt', 'a_b_c.txt'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['.htaccess', 'htaccess'],
    ['a\r\nSet-Cookie: x=1', 'aSet-Cookie: x=1'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['half\ud800.txt', 'half.txt'],
    ['name. . ', 'name'],
    ['\u00a0\u3000a b\u2003', 'a b'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['Aux .tar.gz', '_Aux .tar.gz'],
    ['com¹.log', '_com¹.log'],
    ['LPT9', '_LPT9'],
    ['CONIN$', '_CONIN$'],
    [' nul', '_nul'],
    ['\u202enul', '_nul'],
    ['console.txt', 'console.txt'],
    ['com10', 'com10'],
    ['nullify', 'nullify'],
  ])('%j is %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe)
  })

  it.each(['', '...', ' \t\r\n', '\u202e', '. . .'])('is none where nothing is left: %j', (name) => {
    expect(safeFileName(name)).toBeUndefined()
  })

  it('is cut between characters, with its extension', () => {
    expect(safeFileName(`${'ü'.repeat(300)}.part01.rar`)).toBe(`${'ü'.repeat(125)}.rar`)
    expect(safeFileName('日'.repeat(200), 10)).toBe('日日日')
    expect(safeFileName(`a${' '.repeat(300)}b`, 20)).toBe('a')
  })

  it('is one harmless segment that stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const safe = safeFileName(name)
        if (safe === undefined) return
        expect(safe).not.toMatch(/[\p{Cc}\p{Bidi_Control}/\\]|^[.\s]|[.\s]$/u)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255)
        expect(safeFileName(safe)).toBe(safe)
      }),
      { numRuns: 1_000 },
    )
  })
})
