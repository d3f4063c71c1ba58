import { type PartWriter, type StoredPart, partCount, partRange } from '@obb/core/storage'
import { type BodyReader, HostError } from '@obb/host-adapters'
import { hostBytes } from './host-bytes.js'
import { KeptPart } from './kept-part.js'
import { PATIENCE, HostWatch } from './patience.js'
import { type TransferTask, asHostError } from './transfer-task.js'
import { WholeBody } from './whole-body.js'

/**
 * For a host that serves a file only from its beginning: one answer fills all parts, in order, also those that
 * were stored before, so that the file is never put together from two answers that nothing proves to be the
 * same (`WholeBody`). Raises HostError, StoreError, or the signal's reason.
 */
export async function fetchInOneStream(task: TransferTask): Promise<StoredPart[]> {
  const read = (watched: TransferTask, body: Pick<BodyReader, 'next'>) => new OneStream(watched, body).parts()
  return inOneAnswer(task, read, (watched) => WholeBody.open(watched))
}

/** Reads the whole file from its beginning, as long as the host brings bytes. What came counts no more if it fails. */
export async function inOneAnswer<T>(
  task: TransferTask,
  read: (task: TransferTask, body: Pick<BodyReader, 'next'>) => Promise<T>,
  open = (watched: TransferTask): Promise<BodyReader> => hostBytes(watched, undefined, watched.signal),
): Promise<T> {
  const { patience = PATIENCE } = task
  const stop = new AbortController()
  const signal = AbortSignal.any([task.signal, stop.signal])
  const body = await open({ ...task, signal })
  const watch = new HostWatch(patience, (error) => stop.abort(error), task.onHostWait)
  const next = async (): Promise<Buffer | undefined> => {
    const bytes = await watch.waitFor(body.next())
    if (bytes) await task.bandwidth?.pay(bytes.length, signal)
    return bytes
  }
  let taken = 0
  const onBytes = (count: number): void => {
    taken += count
    task.onBytes(count)
  }
  try {
    return await read({ ...task, signal, onBytes }, { next })
  } catch (error) {
    task.onBytes(-taken)
    throw signal.aborted ? signal.reason : asHostError(error)
  } finally {
    watch.end()
    body.close()
  }
}

/** Cuts one long body into parts; nothing is buffered beyond the chunk that a boundary falls into. */
class OneStream {
  /** Bytes that went into parts. */
  private taken = 0
  private rest: Buffer | undefined

  constructor(
    private readonly task: TransferTask,
    private readonly body: Pick<BodyReader, 'next'>,
  ) {}

  async parts(): Promise<StoredPart[]> {
    const { hashes, signal, upload } = this.task
    const parts: StoredPart[] = []
    for (let number = 1; number <= partCount(upload); number++) {
      await hashes?.reserve(number, signal)
      const part = await KeptPart.open(this.task, number)
      try {
        await this.fill(number, part)
        if (number === partCount(upload)) await this.assertEnd()
        parts.push(await part.finish())
      } catch (error) {
        part.abort()
        throw error
      }
    }
    if (partCount(upload) === 0) await this.assertEnd()
    return parts
  }

  private async fill(number: number, part: PartWriter): Promise<void> {
    const { hashes, onBytes, upload } = this.task
    const { end } = partRange(upload, number)
    while (this.taken < end) {
      const chunk = this.rest ?? (await this.body.next())
      if (!chunk) throw new HostError('TRUNCATED', `the body ended ${upload.size - this.taken} bytes early`)
      const bytes = chunk.subarray(0, end - this.taken)
      this.rest = bytes.length < chunk.length ? chunk.subarray(bytes.length) : undefined
      const written = [part.write(bytes), hashes?.write(number, this.taken, bytes)]
      for (const outcome of await Promise.allSettled(written)) {
        if (outcome.status === 'rejected') throw outcome.reason
      }
      this.taken += bytes.length
      onBytes(bytes.length)
      hashes?.recordFilled(number, this.taken)
    }
  }

  private async assertEnd(): Promise<void> {
    if (this.rest ?? (await this.body.next())) {
      throw new HostError('CORRUPT', 'the host sends more bytes than the file has')
    }
  }
}
