import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { crcOf, encodeLines, encodePart } from './fake-yenc.js'
import { decodeArticle } from './decode-article.js'

const ESCAPES = Buffer.from('040506d6e0e313', 'hex')
const EVERY_BYTE = Buffer.from([...Array(256).keys(), 4, 4, 4, ...Buffer.from('hello')])
const part = (data: Buffer) => ({ name: 'a b.bin', size: data.length, begin: 0, data, part: 1, total: 1 })

describe('yEnc', () => {
  it('is encoded as in the vectors, with dots doubled on the wire only', () => {
    expect(encodeLines(ESCAPES).toString('hex')).toBe('2e2f303d403d4a3d4d3d7d0d0a')
    expect(encodeLines(ESCAPES, true).toString('hex')).toBe('2e2e2f303d403d4a3d4d3d7d0d0a')
    expect(crcOf(ESCAPES)).toBe('ed9e486a')
    expect(createHash('sha256').update(encodeLines(EVERY_BYTE)).digest('hex')).toBe(
      'c5aaa7df80052bfe402b4d9b22c7c93a60d5dd4dd5da5342968b0fc016a71cbb',
    )
    expect(crcOf(EVERY_BYTE)).toBe('8ff12c3e')
  })

  it('of the vectors is decoded from the wire, escapes and a doubled dot included', () => {
    const wire = `=ybegin line=128 size=7 name=dot\r\n..=yend size=7 crc32=ed9e486a\r\n`.replace(
      '..',
      Buffer.from('2e2e2f303d403d4a3d4d3d7d0d0a', 'hex').toString('latin1'),
    )
    expect(decodeArticle(Buffer.from(wire, 'latin1')).data.equals(ESCAPES)).toBe(true)
    expect(decodeArticle(encodePart(part(EVERY_BYTE), '8ff12c3e')).data.equals(EVERY_BYTE)).toBe(true)
  })

  it('of any bytes is decoded to the same bytes at their place', () => {
    const bytes = fc.uint8Array({ maxLength: 700, size: 'max' })
    fc.assert(
      fc.property(bytes, fc.nat(1_000_000), (content, begin) => {
        const data = Buffer.from(content)
        const size = begin + data.length + 3
        const decoded = decodeArticle(encodePart({ name: 'x', size, begin, data, part: 2, total: 3 }))
        expect(decoded).toMatchObject({ name: 'x', begin, end: begin + data.length })
        expect(decoded.data.equals(data)).toBe(true)
      }),
    )
  })

  it('takes the name as it is, spaces and fields that only look like some included', () => {
    const odd = { ...part(ESCAPES), name: 'size=1 – ü name=x.bin' }
    expect(decodeArticle(encodePart(odd))).toMatchObject({ end: 7, name: 'size=1 – ü name=x.bin' })
  })

  it('is placed by its part alone, whatever it says of the whole file', () => {
    const data = Buffer.from('hello')
    const wire = encodePart({ name: 'x', size: 900, begin: 10, data, part: 2, total: 3 }).toString('latin1')
    for (const size of [3, 12, 11_813_576]) {
      const decoy = wire.replace('size=900', `size=${size}`).replace('total=3', 'total=1')
      expect(decodeArticle(Buffer.from(decoy, 'latin1'))).toMatchObject({ begin: 10, end: 15 })
    }
  })

  it('has a CRC-32 of 32 bits, whatever an encoder put before them', () => {
    const wire = encodePart(part(EVERY_BYTE), 'ffffffff8ff12c3e')
    expect(decodeArticle(wire).data.equals(EVERY_BYTE)).toBe(true)
    expect(() => decodeArticle(encodePart(part(EVERY_BYTE), '8ff12c3effffffff'))).toThrow('CRC-32')
  })

  it('is what its CRC-32 says, though it states the size of the whole file at its end', () => {
    const wire = encodePart({ ...part(EVERY_BYTE), size: 900, part: 1, total: 2 }, '8ff12c3e').toString(
      'latin1',
    )
    const whole = wire.replace(/=yend size=\d+/, '=yend size=900')
    expect(whole).not.toBe(wire)
    expect(decodeArticle(Buffer.from(whole, 'latin1')).data.equals(EVERY_BYTE)).toBe(true)
  })

  it.each([
    ['"a b.bin"', 'a b.bin'],
    ['C:\\Users\\me\\a b.bin', 'a b.bin'],
    ['/home/me/a.bin ', 'a.bin'],
    ['say "hi".bin', 'say "hi".bin'],
  ])('that is named %j is %j', (name, posted) => {
    expect(decodeArticle(encodePart({ ...part(ESCAPES), name }))).toMatchObject({ name: posted })
  })

  it.each([
    ['no yEnc', 'hello\r\n'],
    ['nothing', ''],
    ['no end', '=ybegin line=128 size=1 name=x\r\n+\r\n'],
    ['another CRC', '=ybegin line=128 size=1 name=x\r\n+\r\n=yend size=1 crc32=00000000\r\n'],
    ['too few bytes', '=ybegin line=128 size=2 name=x\r\n+\r\n=yend size=2\r\n'],
    ['a lie at the end', '=ybegin line=128 size=1 name=x\r\n+\r\n=yend size=2\r\n'],
    ['no size', '=ybegin line=128 name=x\r\n+\r\n=yend size=1\r\n'],
    ['a place before the file', '=ybegin size=1 name=x\r\n=ypart begin=0 end=0\r\n=yend size=0\r\n'],
  ])('with %s is corrupt', (_what, wire) => {
    expect(() => decodeArticle(Buffer.from(wire, 'latin1'))).toThrow(
      expect.objectContaining({ kind: 'CORRUPT' }),
    )
  })
})
