import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { Fetches } from '@obb/core/fetches'
import { openLog } from '@obb/core/log'
import type { ObjectStore } from '@obb/core/storage'
import { type Companion, HostError } from '@obb/host-adapters'
import { FileRepair } from './file-repair.js'
import { hasPar2 } from './par2-program.js'

const describeWithPar2 = (await hasPar2()) ? describe : describe.skip

const PAUSES = [0, 0]

/** A file of one byte that is a gap, with whatever its source says was posted with it. */
async function repair(companions: () => Promise<Companion[]>, signal = new AbortController().signal) {
  const fetches = { gaps: () => Promise.resolve([{ start: 0, end: 1 }]) } as unknown as Fetches
  const store = { read: () => Promise.resolve(Readable.from([Buffer.alloc(1)])) } as unknown as ObjectStore
  const files = new FileRepair(fetches, store, { REPAIR_MAX: 1e9 }, openLog('test', 'silent'), PAUSES)
  const open = () => Promise.reject(new Error('nobody reads it'))
  return files.run(
    {
      ...{ fileId: 'file', names: ['a.bin'], key: 'key', size: 1 },
      source: { kind: 'stream', size: 1, resumable: true, open, companions },
    },
    { pay: () => Promise.resolve(), signal },
    () => Promise.resolve('mended'),
  )
}

/** Fails each time, and counts how often. */
function failing(error: Error) {
  const asked = { times: 0, companions: () => (asked.times++, Promise.reject(error)) }
  return asked
}
const BUSY = new HostError('ACCOUNT_BUSY', 'no further connection')
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('obb-repair-'))

describeWithPar2('a repair', () => {
  it('is tried again, a bounded number of times, where a host fails in passing', async () => {
    const asked = failing(BUSY)
    expect(await repair(asked.companions)).toBeUndefined()
    expect(asked.times).toBe(1 + PAUSES.length)
  })

  it.each([
    ['of a host', new HostError('HOST_TEMP', 'certificate is not valid', { retryable: false })],
    ['of ours', new Error('no space left')],
  ])('is given up at once over what does not pass: a fault %s', async (_whose, error) => {
    const asked = failing(error)
    expect(await repair(asked.companions)).toBeUndefined()
    expect(asked.times).toBe(1)
  })

  it('ends with its signal, and leaves nothing in the folder of the system', async () => {
    const before = folders()
    const abort = new AbortController()
    const stopping = () => {
      abort.abort(new Error('the worker stops'))
      return Promise.reject(BUSY)
    }
    await expect(repair(stopping, abort.signal)).rejects.toThrow('the worker stops')
    expect(folders().filter((name) => !before.includes(name))).toEqual([])
  })
})
