import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { patternContent, contentBytes } from '@obb/host-adapters/testing'
import { TestClock } from '@obb/testing/clock'
import { inDirectory } from '../testing/test-io.js'
import { dataPath, PartFile, recordPath } from './part-file.js'

const SIZE = 4096
const VERSION = { size: SIZE, etag: '"one"' }

type Step =
  | { kind: 'write'; start: number; length: number; cuts: number[] }
  | { kind: 'pass'; ms: number }
  | { kind: 'kill' }
  | { kind: 'suspend' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      start: fc.nat(SIZE - 1),
      length: fc.integer({ min: 1, max: 700 }),
      cuts: fc.array(fc.nat(700), { maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(900) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'suspend' as const }) },
)

/** `start..end` of the content in chunks cut at random places. */
function chunksOf(content: Buffer, start: number, end: number, cuts: readonly number[]): Buffer[] {
  const at = [start, ...cuts.map((cut) => Math.min(start + cut, end)).sort((a, b) => a - b), end]
  return at.slice(1).map((to, index) => content.subarray(at[index], to))
}

describe('PartFile', () => {
  it('resumes to the exact bytes after any interleaving of writes, kills and stops', async () => {
    const content = await contentBytes(patternContent(SIZE, 7))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), (steps) =>
        inDirectory(async (directory) => {
          const target = join(directory, 'film.mkv')
          const clock = new TestClock()
          // The files that a killed process had open stay open until the end: nobody closes them in an orderly way.
          const killed: PartFile[] = []
          let part = await PartFile.open(target, clock)
          await part.begin(VERSION)
          for (const action of steps) {
            if (action.kind === 'write') {
              const end = Math.min(SIZE, action.start + action.length)
              await part.write(chunksOf(content, action.start, end, action.cuts), action.start)
            } else if (action.kind === 'pass') clock.advance(action.ms)
            else {
              if (action.kind === 'kill') killed.push(part)
              else await part.suspend()
              part = await PartFile.open(target, clock)
              await part.begin(VERSION)
            }
          }
          for (const { start, end } of part.missingSpans())
            await part.write([content.subarray(start, end)], start)
          expect(part.bytes).toBe(SIZE)
          await part.finish()
          expect((await readFile(target)).equals(content)).toBe(true)
          expect([existsSync(dataPath(target)), existsSync(recordPath(target))]).toEqual([false, false])
          await Promise.all(killed.map((dead) => dead.close()))
        }),
      ),
      { numRuns: 60 },
    )
  })

  it('keeps what was recorded half a second before a kill', () =>
    inDirectory(async (directory) => {
      const target = join(directory, 'film.mkv')
      const clock = new TestClock()
      const first = await PartFile.open(target, clock)
      await first.begin(VERSION)
      await first.write([Buffer.alloc(100)], 0)
      clock.advance(499)
      await first.write([Buffer.alloc(100)], 100)
      const second = await PartFile.open(target, clock)
      expect(second.missingSpans()).toEqual([{ start: 100, end: SIZE }])
      clock.advance(1)
      await first.write([Buffer.alloc(100)], 200)
      const third = await PartFile.open(target, clock)
      expect(third.missingSpans()).toEqual([{ start: 300, end: SIZE }])
      await Promise.all([first, second, third].map((part) => part.close()))
    }))

  it.each([
    ['another ETag', { size: SIZE, etag: '"two"' }],
    ['another size', { size: SIZE + 1, etag: '"one"' }],
    ['no ETag', { size: SIZE, etag: null }],
  ])('starts over for %s', (_name, version) =>
    inDirectory(async (directory) => {
      const target = join(directory, 'film.mkv')
      const first = await PartFile.open(target, new TestClock())
      await first.begin(VERSION)
      await first.write([Buffer.alloc(1000)], 0)
      await first.suspend()
      const second = await PartFile.open(target, new TestClock())
      expect(second.bytes).toBe(1000)
      await second.begin(version)
      expect(second.missingSpans()).toEqual([{ start: 0, end: version.size }])
      await second.close()
    }),
  )

  it.each([
    ['damaged', 'not json'],
    ['of another kind', '{"version":2}'],
    [
      'claiming more than the file',
      `{"version":1,"size":${SIZE},"etag":"\\"one\\"","done":[[0,${SIZE + 1}]]}`,
    ],
    ['of a data file of another size', '{"version":1,"size":5,"etag":"\\"one\\"","done":[[0,5]]}'],
  ])('does not trust a record that is %s', (_name, record) =>
    inDirectory(async (directory) => {
      const target = join(directory, 'film.mkv')
      await writeFile(dataPath(target), Buffer.alloc(SIZE))
      await writeFile(recordPath(target), record)
      const part = await PartFile.open(target, new TestClock())
      expect([part.version, part.bytes]).toEqual([undefined, 0])
      await part.close()
    }),
  )

  it("leaves somebody else's .part file alone unless forced", () =>
    inDirectory(async (directory) => {
      const target = join(directory, 'film.mkv')
      await writeFile(dataPath(target), 'a browser was here')
      await expect(PartFile.open(target, new TestClock())).rejects.toThrow('is not ours')
      expect(await readFile(dataPath(target), 'utf8')).toBe('a browser was here')
      await (await PartFile.open(target, new TestClock(), true)).close()
    }))

  it('leaves no trace when nothing was ever received', () =>
    inDirectory(async (directory) => {
      const target = join(directory, 'film.mkv')
      await (await PartFile.open(target, new TestClock())).suspend()
      expect(existsSync(dataPath(target))).toBe(false)
    }))
})
