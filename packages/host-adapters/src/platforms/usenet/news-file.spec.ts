import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import type { ArticlePart } from './article.js'
import { Articles } from './articles.js'
import { NewsFile } from './news-file.js'
import { SharedRoom } from './shared-room.js'

const CONTENT = Buffer.from(Array.from({ length: 300 }, (_, at) => at & 0xff))

/** The same bytes in articles of any lengths. */
function posted(lengths: readonly number[]): ArticlePart[] {
  let begin = 0
  return lengths.map((length) => {
    const end = begin + length
    const data = CONTENT.subarray(begin, end)
    const part = { name: undefined, begin, end, data }
    begin = end
    return part
  })
}

function fileOf(parts: readonly ArticlePart[]): { file: NewsFile; asked: () => number } {
  let asked = 0
  const room = {
    article([messageId]: readonly string[]) {
      asked++
      const part = parts[Number(messageId)]
      return part ? Promise.resolve(part) : Promise.reject(new Error('no such article'))
    },
    close: () => undefined,
  }
  const articles = Articles.of(
    parts.map(({ data }, index) => ({ messageIds: [String(index)], bytes: data.length })),
  )
  return {
    file: new NewsFile(articles, parts[0]?.data.length ?? 0, new SharedRoom(() => room)),
    asked: () => asked,
  }
}

const read = async (file: NewsFile, start: number, end: number) =>
  buffer(await file.open({ start, end }, new AbortController().signal))

describe('a file of articles', () => {
  it('gives exactly the bytes of any range, whatever the lengths of its articles', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), fc.nat(), async (chosen, from, count) => {
        const parts = posted(chosen)
        const size = parts.at(-1)?.end ?? 0
        const start = from % size
        const end = start + 1 + (count % (size - start))
        const bytes = await read(fileOf(parts).file, start, end)
        expect(bytes.equals(CONTENT.subarray(start, end))).toBe(true)
      }),
    )
  })

  it('asks for no article twice, and for none beyond the range, where all are alike', async () => {
    const { asked, file } = fileOf(posted(Array.from({ length: 10 }, () => 30)))
    expect(await read(file, 95, 205)).toHaveLength(110)
    expect(asked()).toBe(4)
  })

  it('is empty where the range is', async () => {
    const { asked, file } = fileOf(posted([30]))
    expect([await read(file, 7, 7), asked()]).toEqual([Buffer.alloc(0), 0])
  })

  it.each([
    ['a hole', [0, 2]],
    ['an article of another file', [0, 3]],
  ])('with %s is corrupt', async (_what, order) => {
    const parts = posted([10, 10, 10])
    const other = { ...(parts[1] as ArticlePart), begin: 11, end: 21 }
    const mixed = order.map((index) => [...parts, other][index] as ArticlePart)
    await expect(read(fileOf(mixed).file, 0, 20)).rejects.toMatchObject({ kind: 'CORRUPT' })
  })
})
