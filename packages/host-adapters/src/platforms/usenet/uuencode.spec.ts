import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { decodeArticle } from './decode-article.js'

const LINE = 45

/** As the encoders of the time wrote it, dots doubled as on the wire. */
function encoded(data: Buffer, { zero = '`', name = 'logo full.svg', strip = false } = {}): string {
  const char = (six: number): string => (six === 0 ? zero : String.fromCharCode(six + 32))
  const lines: string[] = []
  for (let at = 0; at < data.length; at += LINE) {
    const line = data.subarray(at, at + LINE)
    let text = char(line.length)
    for (let three = 0; three < line.length; three += 3) {
      const [a = 0, b = 0, c = 0] = line.subarray(three, three + 3)
      text += char(a >> 2) + char(((a & 3) << 4) | (b >> 4)) + char(((b & 15) << 2) | (c >> 6)) + char(c & 63)
    }
    lines.push(strip ? text.replace(/ +$/, '') : text)
  }
  const all = [`begin 644 ${name}`, ...lines, zero, 'end']
  return all.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`).join('')
}

const decode = (text: string) => decodeArticle(Buffer.from(text))

describe('UUencode', () => {
  it('of any bytes is decoded to the same, with blanks or backquotes for zero, and blanks lost at ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), fc.nat(2), (content, way) => {
        const data = Buffer.from(content)
        const wire = encoded(data, way === 0 ? {} : { zero: ' ', strip: way === 2 })
        const part = decode(way === 2 ? wire.replaceAll('\r\n', '\n') : wire)
        expect(part).toMatchObject({ begin: 0, end: data.length, name: 'logo full.svg' })
        expect(part.data.equals(data)).toBe(true)
      }),
    )
  })

  it('of fourteen bytes begins with a dot, which NNTP doubles', () => {
    const wire = encoded(Buffer.alloc(14, 1))
    expect(wire).toContain('\r\n..')
    expect(decode(wire).data.equals(Buffer.alloc(14, 1))).toBe(true)
  })

  it('may have text around it', () => {
    const part = decode(`Here it is,\r\nbegin with it\r\n\r\n${encoded(Buffer.from('Cat'))}-- \r\nme\r\n`)
    expect([part.data.toString(), part.end]).toEqual(['Cat', 3])
  })

  const parts = encoded(Buffer.alloc(400, 7)).split('\r\n')
  it.each([
    ['the first of several articles', parts.slice(0, 5)],
    ['one in the midst', parts.slice(3, 7)],
    ['the last one', parts.slice(5)],
  ])('that is %s tells no place, for good', (_what, lines) => {
    expect(() => decode(`${lines.join('\r\n')}\r\n`)).toThrow(
      expect.objectContaining({ kind: 'SIZE_UNKNOWN', retryable: false }),
    )
  })

  it.each(['hello\r\n', '', 'begin at the beginning\r\n', 'begin 644\r\nend\r\n'])('is not %j', (text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ kind: 'CORRUPT' }))
  })
})
