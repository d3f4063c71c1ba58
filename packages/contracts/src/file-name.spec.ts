import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { MAX_FILE_NAME_BYTES, downloadName, safeFileName } from './file-name.js'

const bytes = (name = ''): number => Buffer.byteLength(name)

describe('a file name', () => {
  it.each([
    ['plain.zip', 'plain.zip'],
    ['a\\b/c.txt', 'a_b_c.txt'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['.htaccess', 'htaccess'],
    ['a\r\nSet-Cookie: x=1', 'aSet-Cookie_ x=1'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['half\ud800.txt', 'half.txt'],
    ['name. . ', 'name'],
    ['movie.mkv. ', 'movie.mkv'],
    ['C:\\x|y?.txt', 'C__x_y_.txt'],
    ['what? "a" <b> *.mkv', 'what_ _a_ _b_ _.mkv'],
    ['zero\u200bwidth\ufeff.mkv', 'zerowidth.mkv'],
    ['e\u0301.txt', '\u00e9.txt'],
    ["it's 100% (1) [x]; #2 & more.mkv", "it's 100% (1) [x]; #2 & more.mkv"],
    ['👨‍👩‍👧‍👦 -rf.mp4', '👨‍👩‍👧‍👦 -rf.mp4'],
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

  const long = 'n'.repeat(290)
  it.each([
    '.mkv',
    '.part01.rar',
    '.part001.rar',
    '.7z.001',
    '.tar.gz',
    '.vol003+04.par2',
    ' S01E02 (1).de.srt',
  ])('that is too long keeps its beginning and %j', (ending) => {
    for (const stem of [long, '日'.repeat(120), 'é'.repeat(150), '👨‍👩‍👧‍👦'.repeat(20), 'n'.repeat(9_000)]) {
      const name = safeFileName(stem + ending)
      expect(bytes(name)).toBeLessThanOrEqual(MAX_FILE_NAME_BYTES)
      expect(bytes(name)).toBeGreaterThan(MAX_FILE_NAME_BYTES - 60)
      expect(name?.endsWith(ending)).toBe(true)
      expect(name?.startsWith(stem.slice(0, 11))).toBe(true)
      expect(name).not.toMatch(/\ufffd/u)
    }
  })

  it('that is too long is cut between characters as people see them', () => {
    expect(safeFileName('日'.repeat(200))).toBe(`${'日'.repeat(49)}~${'日'.repeat(16)}`)
    const family = '👨‍👩‍👧‍👦'
    const [head, tail] = safeFileName(family.repeat(20))?.split('~') ?? []
    expect(head).toBe(family.repeat(6))
    expect(tail).toBe(family.repeat(1))
    expect(bytes(safeFileName(`a${'\u0301'.repeat(4_000)}`))).toBeGreaterThan(190)
  })

  it('that is too long differs from those of the same set', () => {
    const names = ['.part01.rar', '.part02.rar', ' E01.mkv', ' E02.mkv'].map((end) =>
      safeFileName(long + end),
    )
    expect(new Set(names).size).toBe(4)
  })

  it('that is too long has the name of its set, however many digits count the parts', () => {
    const bases = ['.part1.rar', '.part10.rar', '.part100.rar'].map((end) =>
      safeFileName(long + end)?.replace(/\.part.*/, ''),
    )
    expect(new Set(bases).size).toBe(1)
  })

  it('of a download is always one', () => {
    expect([downloadName('...'), downloadName('a?.b')]).toEqual(['download', 'a_.b'])
  })

  it('is one harmless segment that stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const safe = safeFileName(name)
        if (safe === undefined) return
        expect(safe).not.toMatch(/[\p{Cc}\p{Bidi_Control}/\\:*?"<>|]|^[.\s]|[.\s]$/u)
        expect(bytes(safe)).toBeLessThanOrEqual(MAX_FILE_NAME_BYTES)
        expect(safeFileName(safe)).toBe(safe)
      }),
      { numRuns: 1_000 },
    )
  })
})
