import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, addAbortSignal } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { LocalStore } from '@obb/core/storage'
import { type HostAdapter, type HostHttp, loadRegistry } from '@obb/host-adapters'
import { PartTransfer, STOLEN } from './part-transfer.js'

const SIZE = 4 * 1024 * 1024

describe('a part that a slow connection feeds', () => {
  let directory: string
  let store: LocalStore
  let adapter: HostAdapter
  let opened: PassThrough[]
  const abort = new AbortController()

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-part-'))
    store = new LocalStore(directory)
    await store.prepare()
    adapter = (await loadRegistry()).get('Http')!
    opened = []
  })
  afterEach(async () => {
    for (const stream of opened) stream.destroy()
    await store.close()
    await rm(directory, { recursive: true })
  })

  /** A part whose connections bring what the test writes into them. */
  async function aPart() {
    let wake = (): void => undefined
    const part = new PartTransfer(
      {
        ...{ adapter, http: {} as HostHttp, store, signal: abort.signal, now: () => 0 },
        upload: await store.createUpload('files/slow', SIZE, SIZE),
        source: {
          ...{ kind: 'stream', size: SIZE },
          open: (_range, signal) => {
            opened.push(addAbortSignal(signal, new PassThrough()))
            wake()
            return Promise.resolve(opened.at(-1)!)
          },
        },
        onBytes: () => wake(),
      },
      1,
    )
    const until = async (reached: () => boolean): Promise<void> => {
      while (!reached()) await new Promise<void>((resolve) => (wake = resolve))
    }
    return { part, until }
  }

  it('is taken over by one of the connections that want it at once, and is whole then', async () => {
    const { part, until } = await aPart()
    const slow = part.feed(abort.signal).catch((error: unknown) => error)
    await until(() => opened.length === 1)
    opened[0]!.write(Buffer.alloc(1000, 1))
    await until(() => part.at === 1000)
    expect(await Promise.all([part.steal(), part.steal(), part.steal()])).toEqual([true, false, false])
    expect(await slow).toBe(STOLEN)
    expect(part.fedFor).toBe(0)

    const fast = part.feed(abort.signal)
    await until(() => opened.length === 2)
    opened[1]!.end(Buffer.alloc(SIZE - 1000, 2))
    await fast
    expect(await part.finish()).toMatchObject({ number: 1, size: SIZE })
  })
})
