import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import type { ByteRange } from '../../kit/source.js'
import { decodeArticle } from './decode-article.js'
import { fake } from './fake.js'
import type { UsenetKnobs } from './fake.js'
import { adapter } from './index.js'

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

  it.each([
    ['end', 'end \r\n'],
    ['begin 644 ', 'begin  0644 '],
    ['begin 644 ', 'begin 100644 '],
    ['logo full.svg', '"logo full.svg"'],
  ])('may have for %j %j, as some wrote it', (usual, other) => {
    const data = Buffer.from(Array.from({ length: 100 }, (_, at) => at))
    const part = decode(encoded(data).replace(usual === 'end' ? 'end\r\n' : usual, other))
    expect(part).toMatchObject({ name: 'logo full.svg', begin: 0, end: 100 })
    expect(part.isUnplaced).toBeUndefined()
    expect(part.data.equals(data)).toBe(true)
  })

  it('that was cut into several articles tells what each of them holds, and no place', () => {
    const data = Buffer.from(Array.from({ length: 400 }, (_, at) => at & 0xff))
    const lines = encoded(data).split('\r\n')
    const cuts = [
      lines.slice(0, 5),
      ['(2/3) goes on:', '', ...lines.slice(5, 9), '-- ', 'me'],
      lines.slice(9),
    ]
    const parts = cuts.map((cut) => decode(`${cut.join('\r\n')}\r\n`))
    expect(parts.map(({ begin, end, isUnplaced }) => [begin, end, isUnplaced])).toEqual([
      [0, 180, true],
      [0, 180, true],
      [0, 40, true],
    ])
    expect(parts[0]?.name).toBe('logo full.svg')
    expect(Buffer.concat(parts.map((part) => part.data)).equals(data)).toBe(true)
  })

  it('with lines that are none in the midst of a part is corrupt', () => {
    const lines = encoded(Buffer.alloc(400, 7)).split('\r\n')
    const cut = [...lines.slice(0, 3), lines[3]?.slice(0, 50), ...lines.slice(4, 6)]
    expect(() => decode(`${cut.join('\r\n')}\r\n`)).toThrow(expect.objectContaining({ kind: 'CORRUPT' }))
  })

  it.each(['hello\r\n', '', 'begin at the beginning\r\n', 'begin 644\r\nend\r\n'])('is not %j', (text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ kind: 'CORRUPT' }))
  })
})

describe('a UUencoded file of several articles', () => {
  const SIZE = 12_345
  const LINES = 50
  const content = patternContent(SIZE, 12)
  let bench: Bench<UsenetKnobs>
  beforeEach(async () => {
    bench = await startBench(adapter, fake)
    bench.fake.knobs.partBytes = LINES * LINE
  })
  afterEach(() => bench.close())

  /** Posted so, cut after so many lines each. */
  async function posted(linesOf: (part: number) => number = () => LINES): Promise<string> {
    const link = bench.fake.addFile({ name: 'a.bin', content })
    const lines = encoded(await contentBytes(content)).split('\r\n')
    let at = 0
    for (const [id, article] of [...bench.fake.knobs.articles].sort(([, a], [, b]) => a.part - b.part)) {
      const isLast = article.end === SIZE
      const end = isLast ? lines.length : at + linesOf(article.part) + (article.part === 1 ? 1 : 0)
      const text = `Subject text\r\n${lines.slice(at, end).join('\r\n')}\r\n`
      bench.fake.knobs.articles.set(id, { ...article, body: () => Promise.resolve(Buffer.from(text)) })
      at = end
    }
    return link
  }

  async function read(link: string, start = 0) {
    const ctx = bench.context()
    const source = await adapter.resolve(ctx, bench.ref(link))
    if (source.kind !== 'stream') throw new Error('no stream')
    const gaps: ByteRange[] = []
    const onGap = (gap: ByteRange) => Promise.resolve(void gaps.push(gap))
    const bytes = await buffer(await source.open({ start, end: source.size }, ctx.signal, onGap))
    return { bytes, gaps, name: source.name, size: source.size }
  }

  it('arrives as it was posted, from any place', async () => {
    const link = await posted()
    for (const start of [0, 1, LINES * LINE, 10_000]) {
      const { bytes, gaps, name, size } = await read(link, start)
      expect({ gaps, name, size }).toEqual({ gaps: [], name: 'logo full.svg', size: SIZE })
      expect(bytes.equals(await contentBytes(content, start))).toBe(true)
    }
    expect(await adapter.check(bench.context(), [bench.ref(link)])).toMatchObject([{ size: SIZE }])
  })

  it('has a gap where an article is lost', async () => {
    const link = await posted()
    bench.fake.knobs.missingParts.add(3)
    const { bytes, gaps } = await read(link)
    const [start, end] = [2 * LINES * LINE, 3 * LINES * LINE]
    expect(gaps).toEqual([{ start, end }])
    expect(bytes.equals(Buffer.from(await contentBytes(content)).fill(0, start, end))).toBe(true)
  })

  it('is refused where its articles are of several lengths, since nothing tells their places then', async () => {
    const link = await posted((part) => (part === 2 ? LINES - 1 : LINES))
    await expect(read(link)).rejects.toMatchObject({ kind: 'SIZE_UNKNOWN', retryable: false })
  })
})
