import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { FileHandle } from 'node:fs/promises'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Checkpoint } from './checkpoint.js'
import { PartJournal } from './part-journal.js'

const forever = new AbortController().signal
const part = (number: number) => ({ number, size: 1, etag: String(number) })

describe('a checkpoint', () => {
  let directory: string
  let journal: PartJournal
  let checkpoint: Checkpoint
  let syncs: { end: () => void; fail: (code: string) => void }[]
  let file: FileHandle

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-checkpoint-'))
    await writeFile(join(directory, 'parts'), '')
    journal = new PartJournal(join(directory, 'parts'))
    checkpoint = new Checkpoint(journal)
    syncs = []
    file = await open(join(directory, 'data'), 'w')
    file.datasync = () =>
      new Promise((end, reject) => {
        syncs.push({ end, fail: (code) => reject(Object.assign(new Error(code), { code })) })
      })
  })
  afterEach(async () => {
    await file.close()
    await rm(directory, { recursive: true })
  })

  const keep = (number: number, { era = checkpoint.era, signal = forever } = {}): Promise<void> =>
    checkpoint.keep(part(number), file, era, signal)
  const numbers = async (): Promise<number[]> => (await journal.parts()).map(({ number }) => number)

  it('is one sync for all parts that came while the one before was running', async () => {
    const first = keep(1)
    const others = [keep(2), keep(3), keep(4)]
    expect(await numbers()).toEqual([])
    syncs[0]!.end()
    await first
    expect(await numbers()).toEqual([1])
    syncs[1]!.end()
    await Promise.all(others)
    expect(await numbers()).toEqual([1, 2, 3, 4])
    expect(syncs).toHaveLength(2)
  })

  it('keeps no part that was being written when a sync failed, though a later sync succeeds', async () => {
    const { era } = checkpoint
    const first = keep(1)
    const second = keep(2, { era })
    syncs[0]!.fail('EIO')
    await expect(first).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    const third = keep(3)
    syncs[1]!.end()
    await expect(second).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    syncs[2]!.end()
    await third
    expect(await numbers()).toEqual([3])
  })

  it('records nothing of a part that is given up meanwhile', async () => {
    const stop = new AbortController()
    const [given, kept] = [keep(1, { signal: stop.signal }), keep(2)]
    stop.abort(new Error('enough'))
    syncs[0]!.end()
    await expect(given).rejects.toThrow('enough')
    syncs[1]!.end()
    await kept
    expect(await numbers()).toEqual([2])
  })
})
