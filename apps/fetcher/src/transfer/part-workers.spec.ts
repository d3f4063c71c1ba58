import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, addAbortSignal } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { LocalStore, STORE_RETRIES } from '@obb/core/storage'
import {
  type HostAdapter,
  HostError,
  type OwnedHostHttp,
  createHostHttp,
  loadRegistry,
} from '@obb/host-adapters'
import { HostConnectionLimit } from './host-connection-limit.js'
import { RangesRefused } from './download-answer.js'
import { PartWorkers } from './part-workers.js'

const PART = 1024 * 1024
const PARTS = 4

/** A connection to the host, as a test sees it. */
interface Connection {
  start: number
  end: number
  body: PassThrough
}

describe('the connections of a transfer', () => {
  let directory: string
  let store: LocalStore
  let adapter: HostAdapter
  let http: OwnedHostHttp
  let abort: AbortController
  /** In the order in which the host was asked. */
  let opened: Connection[]
  let refusal: (start: number) => Error | undefined
  let received: number
  let limit: HostConnectionLimit | undefined
  let stored: number
  let wake: () => void

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-crew-'))
    store = new LocalStore(directory)
    await store.prepare()
    adapter = (await loadRegistry()).get('Http')!
    http = createHostHttp()
    abort = new AbortController()
    opened = []
    refusal = () => undefined
    received = stored = 0
    limit = undefined
    wake = () => undefined
  })
  afterEach(async () => {
    jest.restoreAllMocks()
    abort.abort(new Error('the test is over'))
    await http.close()
    await store.close()
    await rm(directory, { recursive: true })
  })

  /** Parts whose connections bring what the test writes into them. */
  async function aCrew(connections: number, missing = [1, 2, 3, 4]): Promise<PartWorkers> {
    const size = PARTS * PART
    const task = {
      ...{ adapter, http, store, signal: abort.signal, now: () => 0, limit },
      retries: { ...STORE_RETRIES, rest: () => Promise.resolve() },
      upload: await store.createUpload('files/a', size, PART),
      source: {
        ...{ kind: 'stream' as const, size },
        open: ({ start, end }: { start: number; end: number }, signal: AbortSignal) => {
          const refused = refusal(start)
          if (refused) return Promise.reject(refused)
          const body = addAbortSignal(signal, new PassThrough())
          body.on('error', () => undefined)
          opened.push({ start, end, body })
          wake()
          return Promise.resolve(body)
        },
      },
      onBytes: (count: number) => {
        received += count
        wake()
      },
    }
    return new PartWorkers(task, missing, connections, () => {
      stored++
      wake()
    })
  }
  async function until(reached: () => boolean): Promise<void> {
    while (!reached()) await new Promise<void>((resolve) => (wake = resolve))
  }
  const finish = ({ start, end, body }: Connection) => void body.end(Buffer.alloc(end - start, 1))
  const partsOf = (some: readonly Connection[]) => some.map(({ start }) => start / PART + 1)

  /** The clock by which connections are judged, moved on without waiting. */
  function later(seconds: number): void {
    const now = performance.now.bind(performance)
    jest.spyOn(performance, 'now').mockImplementation(() => now() + seconds * 1000)
  }

  it('take each missing part once, as many at a time as there are of them', async () => {
    const crew = await aCrew(2, [1, 2, 4])
    const running = crew.start()
    expect(running).toHaveLength(2)
    await until(() => opened.length === 2)
    expect(partsOf(opened)).toEqual([1, 2])
    finish(opened[1]!)
    await until(() => opened.length === 3)
    finish(opened[2]!)
    finish(opened[0]!)
    await Promise.all(running)
    expect(partsOf(opened)).toEqual([1, 2, 4])
    expect([...crew.stored.keys()].sort()).toEqual([1, 2, 4])
    expect([stored, received]).toEqual([3, 3 * PART])
  })

  it('are no more than there are parts', async () => {
    const running = (await aCrew(8, [3])).start()
    expect(running).toHaveLength(1)
    await until(() => opened.length === 1)
    finish(opened[0]!)
    await Promise.all(running)
  })

  it('go on with the next byte of a part whose connection broke', async () => {
    const crew = await aCrew(1, [2])
    const running = crew.start()
    await until(() => opened.length === 1)
    opened[0]!.body.end(Buffer.alloc(700_000))
    await until(() => opened.length === 2)
    expect(opened[1]).toMatchObject({ start: PART + 700_000, end: 2 * PART })
    finish(opened[1]!)
    await Promise.all(running)
    expect([stored, received]).toEqual([1, PART])
  })

  it('relieve a slow one once no part is missing, which is asked for the rest of it alone', async () => {
    const crew = await aCrew(2, [1, 2])
    const running = crew.start()
    await until(() => opened.length === 2)
    opened[0]!.body.write(Buffer.alloc(1_000))
    await until(() => received === 1_000)
    later(5)
    finish(opened[1]!)
    await until(() => opened.length === 3)
    expect(opened[2]).toMatchObject({ start: 1_000, end: PART })
    expect(opened[0]!.body.destroyed).toBe(true)
    finish(opened[2]!)
    await Promise.all(running)
    expect([stored, received]).toEqual([2, 2 * PART])
  })

  const TOO_MANY: [what: string, error: Error][] = [
    ['503', new HostError('HOST_TEMP', '503', { retryAt: 3_600_000 })],
    ['502', new HostError('HOST_DOWN', '502', { retryAt: 300_000 })],
    ['429', new HostError('RATE_LIMITED', '429', { retryAt: 60_000 })],
    ['403', new HostError('FILE_RESTRICTED', '403')],
    ['500', new RangesRefused('500', false, new HostError('HOST_TEMP', '500', { retryAt: 300_000 }))],
    ['400', new RangesRefused('400', false, new HostError('UNEXPECTED', '400'))],
  ]

  it.each(TOO_MANY)(
    'are one fewer where the host refuses one and serves others, which do its work: %s',
    async (_what, tooMany) => {
      const crew = await aCrew(2, [1, 2])
      refusal = (start) => (start === PART ? tooMany : undefined)
      const running = Promise.all(crew.start())
      await until(() => opened.length === 1)
      opened[0]!.body.write(Buffer.alloc(1_000))
      await until(() => received === 1_000)
      refusal = () => undefined
      opened[0]!.body.end(Buffer.alloc(PART - 1_000))
      await until(() => opened.length === 2)
      finish(opened[1]!)
      await running
      expect(partsOf(opened)).toEqual([1, 2])
      expect([stored, received]).toEqual([2, 2 * PART])
    },
  )

  it('are remembered to be too many, and one more is tried later', async () => {
    let now = 0
    limit = new HostConnectionLimit(() => now)
    let crew = await aCrew(3, [1, 2, 3])
    refusal = (start) => (start === 0 ? undefined : TOO_MANY[0]![1])
    const first = Promise.all(crew.start())
    await until(() => opened.length === 1)
    opened[0]!.body.write(Buffer.alloc(1_000))
    await until(() => received === 1_000)
    refusal = () => undefined
    for (let at = 0; at < 3; at++) {
      await until(() => opened.length === at + 1)
      opened[at]!.body.end(Buffer.alloc(opened[at]!.end - opened[at]!.start - (at === 0 ? 1_000 : 0)))
    }
    await first
    opened = []
    crew = await aCrew(3, [1, 2, 3])
    const second = Promise.all(crew.start())
    await until(() => opened.length === 1)
    opened[0]!.body.write(Buffer.alloc(1_000))
    now = 3_600_001
    await until(() => opened.length === 2)
    now += 1
    expect(opened).toHaveLength(2)
    for (let at = 0; at < 3; at++) {
      await until(() => opened.length > at)
      opened[at]!.body.end(Buffer.alloc(opened[at]!.end - opened[at]!.start - (at === 0 ? 1_000 : 0)))
    }
    await second
    expect(stored).toBe(6)
  })

  it.each(TOO_MANY)('raise it where the host serves none: %s', async (_what, error) => {
    const crew = await aCrew(2, [1, 2])
    refusal = () => error
    const outcomes = await Promise.allSettled(crew.start())
    expect(outcomes).toEqual([1, 2].map(() => ({ status: 'rejected', reason: error })))
    expect([stored, received]).toEqual([0, 0])
  })

  it('try a host again that served the file a moment ago, and then believe it', async () => {
    const error = new HostError('HOST_TEMP', '503', { retryAt: 3_600_000 })
    const crew = await aCrew(1, [1, 2])
    let asked = 0
    refusal = (start) => (start === PART && ++asked ? error : undefined)
    const running = crew.start()
    await until(() => opened.length === 1)
    finish(opened[0]!)
    await expect(Promise.all(running)).rejects.toBe(error)
    expect(asked).toBe(4)
    expect([...crew.stored.keys()]).toEqual([1])
  })

  it('raise at once what is said of the file, with its part dropped and the others under way', async () => {
    const crew = await aCrew(2, [1, 2])
    const gone = new HostError('FILE_GONE', 'the file is gone')
    refusal = (start) => (start === PART ? gone : undefined)
    const [first, second] = crew.start()
    await expect(second).rejects.toBe(gone)
    await until(() => opened.length === 1)
    finish(opened[0]!)
    await first
    expect([...crew.stored.keys()]).toEqual([1])
    expect(received).toBe(PART)
  })

  it('begin no part any more once they are told to stop, and store those under way', async () => {
    const crew = await aCrew(2)
    const running = crew.start()
    await until(() => opened.length === 2)
    crew.stop()
    for (const each of opened) finish(each)
    await Promise.all(running)
    expect(partsOf(opened)).toEqual([1, 2])
    expect([...crew.stored.keys()].sort()).toEqual([1, 2])
  })
})
