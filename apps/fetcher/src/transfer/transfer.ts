import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ObjectStore, type StoredPart, type Upload, partCount, partRange } from '@obb/core/storage'
import { type HostAdapter, HostError, type HostHttp, type Source } from '@obb/host-adapters'
import { RangesRefused, assertBytes } from './download-answer.js'
import { PartSplitter } from './part-splitter.js'

/*
 * Bytes from a host into the parts of an upload.
 *
 * The store's list of parts says what is there already; only the others are asked for. Each missing part is
 * one ranged request, streamed straight into the store, several at a time. A connection that breaks costs its
 * part, which is tried again a few times here; then the error goes up and the job waits, with all other
 * parts kept. A host that ignores or refuses ranges is read in one stream from the beginning, the bytes of
 * stored parts being dropped: slower, but nothing that is stored is written twice.
 *
 * Nothing that came with the wrong status, range, length or size is ever written into a part.
 */

export interface TransferTask {
  adapter: HostAdapter
  http: HostHttp
  source: Source
  store: ObjectStore
  upload: Upload
  /** Parts that are stored already. */
  stored: readonly StoredPart[]
  /** Most connections to the host. */
  connections: number
  signal: AbortSignal
  now: () => number
  /** Bytes that arrived; negative when a part has to be taken back. */
  onBytes: (count: number) => void
}

const TRIES_PER_PART = 4
const FIRST_PAUSE_MS = 250

/** All parts, in order. Raises HostError, StoreError, or the signal's reason. */
export async function transfer(task: TransferTask): Promise<StoredPart[]> {
  const parts = new Map(task.stored.map((part) => [part.number, part]))
  const missing = Array.from({ length: partCount(task.upload) }, (_, index) => index + 1).filter(
    (number) => !parts.has(number),
  )
  const put = async (number: number, part: Promise<StoredPart>) => void parts.set(number, await part)
  if (missing.length > 0) {
    try {
      if (task.source.resumable === false) throw new RangesRefused('the source has no ranges')
      await inRanges(task, missing, put)
    } catch (error) {
      if (!(error instanceof RangesRefused)) throw error
      await inOneStream(task, parts, put)
    }
  }
  return [...parts.values()].sort((a, b) => a.number - b.number)
}

type Put = (number: number, part: Promise<StoredPart>) => Promise<void>

/** Connections take the next missing part each until none is left; the first failure stops them all. */
async function inRanges(task: TransferTask, missing: readonly number[], put: Put): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([task.signal, stop.signal])
  const queue = [...missing]
  const connection = async () => {
    for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
      await put(number, rangeWithRetries({ ...task, signal }, number))
    }
  }
  const running = Array.from({ length: Math.min(task.connections, missing.length) }, connection)
  try {
    await Promise.all(running)
  } catch (error) {
    stop.abort(error)
    await Promise.allSettled(running)
    throw error
  }
}

async function rangeWithRetries(task: TransferTask, number: number): Promise<StoredPart> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await range(task, number)
    } catch (error) {
      task.signal.throwIfAborted()
      if (attempt >= TRIES_PER_PART || !isBrokenConnection(error)) throw error
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, {
        signal: task.signal,
      })
    }
  }
}

/** Worth another try on a new connection at once: the host said nothing about the file, account or itself. */
function isBrokenConnection(error: unknown): boolean {
  if (!(error instanceof HostError)) return false
  return (
    error.kind === 'TRUNCATED' ||
    (error.kind === 'HOST_TEMP' && error.retryable && error.retryAt === undefined)
  )
}

async function range(task: TransferTask, number: number): Promise<StoredPart> {
  const { start, end } = partRange(task.upload, number)
  const { source } = task
  const answer = await task.http.open({
    url: source.url,
    userUrl: source.userUrl ?? false,
    headers: {
      ...source.headers,
      range: `bytes=${start}-${end - 1}`,
      ...(source.validator === undefined ? {} : { 'if-range': source.validator }),
    },
    signal: task.signal,
  })
  await assertBytes(task.adapter, answer, { start, size: task.upload.size, ranged: true }, task.now())
  const counter = new Counter(task.onBytes)
  try {
    answer.body.on('error', (error) => counter.destroy(error))
    counter.on('close', () => answer.body.destroy())
    return await task.store.putPart(task.upload, number, answer.body.pipe(counter), task.signal)
  } catch (error) {
    task.onBytes(-counter.count)
    throw asHostError(error)
  } finally {
    answer.body.destroy()
  }
}

/** The store calls a body of the wrong length PART_SIZE; here it is the host that broke off. */
function asHostError(error: unknown): unknown {
  const kind = (error as { kind?: unknown }).kind
  return kind === 'PART_SIZE'
    ? new HostError('TRUNCATED', 'the range had the wrong length', { cause: error })
    : error
}

async function inOneStream(task: TransferTask, parts: Map<number, StoredPart>, put: Put): Promise<void> {
  const { source, upload } = task
  const answer = await task.http.open({
    url: source.url,
    userUrl: source.userUrl ?? false,
    headers: { ...source.headers },
    signal: task.signal,
  })
  await assertBytes(task.adapter, answer, { start: 0, size: upload.size, ranged: false }, task.now())
  const splitter = new PartSplitter(answer.body)
  try {
    for (let number = 1; number <= partCount(upload); number++) {
      const { size } = partRange(upload, number)
      if (parts.has(number)) {
        await splitter.skip(size)
        continue
      }
      await put(number, task.store.putPart(upload, number, splitter.piece(size), task.signal))
      task.onBytes(size)
    }
    await splitter.assertEnd()
  } catch (error) {
    throw asHostError(error)
  } finally {
    answer.body.destroy()
  }
}

class Counter extends Transform {
  count = 0

  constructor(private readonly onBytes: (count: number) => void) {
    super({ highWaterMark: 1024 * 1024 })
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.count += chunk.length
    this.onBytes(chunk.length)
    done(null, chunk)
  }
}
