import { describe, expect, it } from '@jest/globals'
import type { BatchRow } from '@obb/contracts'
import { TOGETHER, addLinks } from './add-links.js'

const URLS = Array.from({ length: 2 * TOGETHER + 1 }, (_, n) => `https://a.test/${n}`)

describe('many links', () => {
  it('are asked for in their order, so many at once', async () => {
    const asked: string[][] = []
    const ask = async (urls: string[]) => {
      asked.push(urls)
      return []
    }
    await addLinks(URLS, ask, () => undefined)
    expect(asked.map(({ length }) => length)).toEqual([TOGETHER, TOGETHER, 1])
    expect(asked.flat()).toEqual(URLS)
  })

  it('that were taken are told, also where the next request fails; no other follows', async () => {
    const told: string[] = []
    let requests = 0
    const ask = async (urls: string[]) => {
      if (++requests === 2) throw new Error('offline')
      return urls.map((url) => ({ url, success: true }) as BatchRow)
    }
    const adding = addLinks(URLS, ask, (rows) => told.push(...rows.map(({ url }) => url)))
    await expect(adding).rejects.toThrow('offline')
    expect([told, requests]).toEqual([URLS.slice(0, TOGETHER), 2])
  })
})
