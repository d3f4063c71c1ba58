import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { contentBytes, contentDigest, contentNow, fileContent, patternContent } from './content.js'

describe('contents', () => {
  it('of a pattern are the same at every offset, however they are read', async () => {
    const content = patternContent(200_000, 3)
    const whole = await contentBytes(content)
    expect(whole).toHaveLength(200_000)
    for (const [start, end] of [
      [0, 1],
      [511, 513],
      [65_535, 65_537],
      [70_001, 199_999],
      [199_999, 200_000],
      [5, 5],
    ] as const) {
      expect((await contentBytes(content, start, end)).equals(whole.subarray(start, end))).toBe(true)
    }
  })

  it('of a pattern differ by seed and by place', async () => {
    const digest = (seed: number) => contentDigest(patternContent(100_000, seed), 'sha256')
    expect(await digest(1)).toBe(await digest(1))
    expect(await digest(1)).not.toBe(await digest(2))
    const bytes = await contentBytes(patternContent(65_536 * 2))
    expect(bytes.subarray(0, 65_536).equals(bytes.subarray(65_536))).toBe(false)
  })

  it('can be had at once, and say so where they cannot', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'content-'))
    try {
      const path = join(folder, 'a')
      await writeFile(path, await contentBytes(patternContent(600_000, 3)))
      for (const content of [patternContent(600_000, 3), fileContent(path)]) {
        const now = Buffer.concat([...contentNow(content)])
        expect(now.equals(await contentBytes(content))).toBe(true)
      }
    } finally {
      await rm(folder, { recursive: true })
    }
    const slow = {
      size: 1,
      read: () =>
        Readable.from(
          (async function* () {
            yield await Promise.resolve(Buffer.alloc(1))
          })(),
        ),
    }
    expect(() => [...contentNow(slow)]).toThrow('not there')
  })

  it('of a file are its bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'content-'))
    try {
      const path = join(folder, 'a')
      await writeFile(path, 'abcdef')
      const content = fileContent(path)
      expect(content.size).toBe(6)
      expect((await contentBytes(content, 2, 4)).toString()).toBe('cd')
      expect(await contentBytes(content, 6, 6)).toHaveLength(0)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
