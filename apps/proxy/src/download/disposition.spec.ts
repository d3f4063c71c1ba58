import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { downloadName } from '@obb/contracts'
import { contentDisposition } from './disposition.js'

describe('the file name of a download', () => {
  it.each([
    ['plain.zip', `attachment; filename="plain.zip"; filename*=UTF-8''plain.zip`],
    ['a b.zip', `attachment; filename="a b.zip"; filename*=UTF-8''a%20b.zip`],
    ['say "hi".txt', `attachment; filename="say _hi_.txt"; filename*=UTF-8''say%20_hi_.txt`],
    ['a\\b/c.txt', `attachment; filename="a_b_c.txt"; filename*=UTF-8''a_b_c.txt`],
    ['../../etc/passwd', `attachment; filename="_.._etc_passwd"; filename*=UTF-8''_.._etc_passwd`],
    ['.htaccess', `attachment; filename="htaccess"; filename*=UTF-8''htaccess`],
    [
      'a\r\nSet-Cookie: x=1',
      `attachment; filename="aSet-Cookie_ x=1"; filename*=UTF-8''aSet-Cookie_%20x%3D1`,
    ],
    ['a\u0000b\u007f\u0085.bin', `attachment; filename="ab.bin"; filename*=UTF-8''ab.bin`],
    ['München.rar', `attachment; filename="Munchen.rar"; filename*=UTF-8''M%C3%BCnchen.rar`],
    ['文件.zip', `attachment; filename="WenJian.zip"; filename*=UTF-8''%E6%96%87%E4%BB%B6.zip`],
    ['😀.mp4', `attachment; filename="_grinning_.mp4"; filename*=UTF-8''%F0%9F%98%80.mp4`],
    ['100%25.txt', `attachment; filename="100_25.txt"; filename*=UTF-8''100%2525.txt`],
    ["it's (1)*.txt", `attachment; filename="it_s (1)_.txt"; filename*=UTF-8''it%27s%20%281%29_.txt`],
    ['photo\u202egpj.exe', `attachment; filename="photogpj.exe"; filename*=UTF-8''photogpj.exe`],
    ['nul.txt', `attachment; filename="_nul.txt"; filename*=UTF-8''_nul.txt`],
    ['half\ud800.txt', `attachment; filename="half.txt"; filename*=UTF-8''half.txt`],
    ['a／b＂.txt', `attachment; filename="a_b_.txt"; filename*=UTF-8''a%EF%BC%8Fb%EF%BC%82.txt`],
    [
      'Привет & мир.rar',
      `attachment; filename="Privet _ mir.rar"; filename*=UTF-8''%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82%20%26%20%D0%BC%D0%B8%D1%80.rar`,
    ],
    ['', `attachment; filename="download"; filename*=UTF-8''download`],
    ['...', `attachment; filename="download"; filename*=UTF-8''download`],
    [' \t\r\n', `attachment; filename="download"; filename*=UTF-8''download`],
  ])('%j', (name, expected) => expect(contentDisposition(name)).toBe(expected))

  it('is one header line of ASCII whose exact form is the safe name, whatever the name', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: 'grapheme', maxLength: 400 }),
    )
    fc.assert(
      fc.property(names, (name) => {
        const header = contentDisposition(name)
        const match =
          /^attachment; filename="([^"\\%/&']+)"; filename\*=UTF-8''((?:[\w!#$&+.^`|~-]|%[0-9A-F]{2})+)$/.exec(
            header,
          )
        expect(header).toMatch(/^[\x20-\x7e]+$/)
        expect(match).not.toBeNull()
        const exact = decodeURIComponent(match?.[2] ?? '')
        expect(exact).toBe(downloadName(name))
        expect(exact).not.toMatch(/[\p{Cc}/\\]|^\.|\.$/u)
        expect(Buffer.byteLength(exact)).toBeLessThanOrEqual(230)
      }),
      { numRuns: 1_000 },
    )
  })
})
