import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { buffer } from 'node:stream/consumers'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import type { ByteRange } from '../../kit/source.js'
import { startNews } from './fake-news.js'
import type { Article, NewsHost, NewsKnobs } from './fake-news.js'
import { fake, newsKnobs, serverUrl } from './fake.js'
import type { UsenetKnobs } from './fake.js'
import { adapter } from './index.js'

const PART = 100_000
const SIZE = 1_234_567
const content = patternContent(SIZE, 3)
const PARTS = 13

let bench: Bench<UsenetKnobs>
let link: string
const others: NewsHost[] = []

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content })
})
afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.close()))
  await bench.close()
})

/** A further server with the same articles, asked when the first one cannot give them. */
async function alsoAt(changes: Partial<NewsKnobs>) {
  const knobs = { ...newsKnobs(), ...changes }
  const host = await startNews({ knobs, articles: bench.fake.knobs.articles, record: () => undefined })
  others.push(host)
  const servers = `${bench.fake.credentials['servers']} ${serverUrl(knobs, host.port)}`
  return bench.context({ account: { id: 'account-1', credentials: { servers } } })
}

/** The bytes of a range, and what was told to be missing in it. */
async function read(range: ByteRange = { start: 0, end: SIZE }, ctx = bench.context(), url = link) {
  const source = await adapter.resolve(ctx, bench.ref(url))
  if (source.kind !== 'stream') throw new Error('no stream')
  expect(source.size).toBe(SIZE)
  const gaps: ByteRange[] = []
  const onGap = (gap: ByteRange) => Promise.resolve(void gaps.push(gap))
  return { bytes: await buffer(await source.open(range, ctx.signal, onGap)), gaps }
}

/** Part `number` of the file, from 1. */
const place = (number: number): ByteRange => ({
  start: (number - 1) * PART,
  end: Math.min(SIZE, number * PART),
})

async function withZeros(...holes: ByteRange[]): Promise<Buffer> {
  const bytes = Buffer.from(await contentBytes(content))
  for (const { start, end } of holes) bytes.fill(0, start, end)
  return bytes
}

const check = (ctx = bench.context(), url = link) => adapter.check(ctx, [bench.ref(url)])
const idOf = (part: number) =>
  [...bench.fake.knobs.articles].find(([, article]) => article.part === part)?.[0] ?? ''
const articleOf = (part: number) => bench.fake.knobs.articles.get(idOf(part)) as Article

describe('a file of articles of which some are lost', () => {
  it.each([[[1]], [[2]], [[7]], [[6, 7, 8]], [[3, 5, 12]], [[13]], [[12, 13]], [[1, 2, 13]]])(
    'has zeros for %j, tells where, and is otherwise as it was posted',
    async (lost) => {
      for (const part of lost) bench.fake.knobs.missingParts.add(part)
      const { bytes, gaps } = await read()
      expect(bytes.equals(await withZeros(...lost.map(place)))).toBe(true)
      expect(gaps.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(
        lost.map(place).reduce((sum, { start, end }) => sum + end - start, 0),
      )
      expect(await check()).toMatchObject([{ state: 'available', size: SIZE, name: 'a.bin' }])
    },
  )

  it('has the same zeros whichever range is asked for', async () => {
    for (const part of [1, 4, 5, 13]) bench.fake.knobs.missingParts.add(part)
    const whole = await withZeros(...[1, 4, 5, 13].map(place))
    for (const [start, end] of [
      [0, 1],
      [99_999, 100_001],
      [310_000, 320_000],
      [450_000, 600_000],
      [1_199_999, SIZE],
      [1_234_000, SIZE],
      [700_000, 700_001],
    ] as const) {
      const { bytes, gaps } = await read({ start, end })
      expect(bytes.equals(whole.subarray(start, end))).toBe(true)
      for (const gap of gaps) {
        expect(gap.start).toBeGreaterThanOrEqual(start)
        expect(gap.end).toBeLessThanOrEqual(end)
      }
    }
  })

  it('is whole when another server has them', async () => {
    for (const part of [1, 6, 13]) bench.fake.knobs.missingParts.add(part)
    bench.fake.knobs.damagedParts.add(4)
    const { bytes, gaps } = await read(undefined, await alsoAt({ missingParts: new Set([2]) }))
    expect(bytes.equals(await contentBytes(content))).toBe(true)
    expect(gaps).toEqual([])
  })

  it('is whole when the NZB lists another article with the same', async () => {
    const { articles } = bench.fake.knobs
    articles.set('again@sim', articleOf(6))
    articles.delete(idOf(6))
    bench.fake.knobs.editNzb = (nzb) =>
      nzb.replace('</segments>', '<segment bytes="1" number="6">again@sim</segment></segments>')
    const { bytes, gaps } = await read()
    expect(bytes.equals(await contentBytes(content))).toBe(true)
    expect(gaps).toEqual([])
  })

  it('has what there is of an article that is damaged everywhere, and tells it', async () => {
    bench.fake.knobs.damagedParts.add(4) // another CRC, the bytes are right
    bench.fake.knobs.truncatedParts.add(8)
    const { bytes, gaps } = await read(
      undefined,
      await alsoAt({ damagedParts: new Set([4]), missingParts: new Set([8]) }),
    )
    const right = await contentBytes(content)
    expect(gaps).toEqual([place(4), place(8)])
    expect(bytes.subarray(0, 700_000).equals(right.subarray(0, 700_000))).toBe(true)
    expect(bytes.subarray(700_000, 740_000).equals(right.subarray(700_000, 740_000))).toBe(true)
    expect(bytes.subarray(790_000, 800_000).equals(Buffer.alloc(10_000))).toBe(true)
    expect(bytes.subarray(800_000).equals(right.subarray(800_000))).toBe(true)
  })

  it.each([
    ['the next one', 6],
    ['one far behind', 11],
    ['one before', 2],
  ])('takes no bytes of a foreign article that is, as it says, part %s', async (_what, says) => {
    const foreign = patternContent(SIZE, 99)
    const other = bench.fake.addFile({ name: 'b.bin', content: foreign })
    expect(other).not.toBe(link)
    const strange = [...bench.fake.knobs.articles.values()].filter(({ part }) => part === says)[1] as Article
    bench.fake.knobs.articles.set(idOf(5), { ...strange, part: 5 })
    const { bytes, gaps } = await read()
    expect(gaps).toEqual([place(5)])
    expect(bytes.equals(await withZeros(place(5)))).toBe(true)
    for (const start of [399_999, 400_000, 450_000, 500_000]) {
      const there = await read({ start, end: 600_000 })
      expect(there.bytes.equals((await withZeros(place(5))).subarray(start, 600_000))).toBe(true)
    }
  })

  it('keeps the place of what the NZB does not list', async () => {
    const url = link.replace(/#.*/, '')
    bench.fake.knobs.editNzb = (nzb) => nzb.replace(/<segment [^>]*number="(?:3|13)">[^<]*<\/segment>/g, '')
    const { bytes, gaps } = await read(undefined, undefined, url)
    expect(gaps).toEqual([place(3), place(13)])
    expect(bytes.equals(await withZeros(place(3), place(13)))).toBe(true)
    expect(await check(undefined, url)).toMatchObject([{ state: 'available', size: SIZE }])
  })

  it('has a size by what was posted where no article proves one', async () => {
    for (const [id, article] of bench.fake.knobs.articles) {
      bench.fake.knobs.articles.set(id, {
        ...article,
        body: async (crc) =>
          Buffer.from((await article.body(crc)).toString('latin1').replace(/total=\d+/, 'total=7'), 'latin1'),
      })
    }
    bench.fake.knobs.missingParts.add(PARTS)
    const [info] = await check()
    if (info?.state !== 'available') throw new Error('it is there')
    expect(info.size).toBeGreaterThan((PARTS - 1) * PART)
    expect(info.size).toBeLessThanOrEqual(PARTS * PART)
  })

  it('is gone when half of it is, also by what is asked first', async () => {
    const url = link.replace(/#.*/, '')
    for (let part = 1; part <= 8; part++) bench.fake.knobs.missingParts.add(part)
    expect(await check()).toMatchObject([{ state: 'gone' }])
    bench.fake.knobs.missingParts.clear()
    bench.fake.knobs.editNzb = (nzb) =>
      nzb.replace(/<segment [^>]*number="(?:[1-6]|1[0-2])">[^<]*<\/segment>/g, '')
    expect(await check(undefined, url)).toMatchObject([{ state: 'gone' }])
  })

  it('is no file for who takes no gaps', async () => {
    bench.fake.knobs.missingParts.add(6)
    const ctx = bench.context()
    const source = await adapter.resolve(ctx, bench.ref(link))
    if (source.kind !== 'stream') throw new Error('no stream')
    const stream = await source.open({ start: 0, end: SIZE }, ctx.signal)
    await expect(buffer(stream)).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })

  it('waits for a server that cannot tell, rather than to be served with a gap', async () => {
    bench.fake.knobs.missingParts.add(6)
    const ctx = await alsoAt({ replies: { BODY: '400 maintenance' } })
    await expect(read(undefined, ctx)).rejects.toMatchObject({ kind: 'HOST_TEMP' })
  })
})
