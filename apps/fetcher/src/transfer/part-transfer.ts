import { StoreError, type StoredPart, partRange } from '@obb/core/storage'
import { type BodyReader, HostError } from '@obb/host-adapters'
import { hostBytes } from './host-bytes.js'
import { KeptPart } from './kept-part.js'
import { PATIENCE, HostWatch } from './patience.js'
import { Rate } from './rate.js'
import { PartNotKept, type TransferTask } from './transfer-task.js'

/** Why a connection stops feeding a part: a faster one goes on with it. */
export const STOLEN = Symbol('another connection goes on')

/**
 * One part from the host into the store. Connections may come and go: each goes on from the next byte, inside the
 * same part, with an answer that is proven to be about these bytes (`hostBytes`). A part that was told too much
 * begins again, since nobody knows where the surplus was.
 */
export class PartTransfer {
  /** Next byte of the file. */
  at: number
  readonly end: number
  private readonly start: number
  private writer: KeptPart | undefined
  private feeding: { since: number; stop: AbortController; over: Promise<void> } | undefined
  private rate = new Rate()

  constructor(
    private readonly task: TransferTask,
    readonly number: number,
  ) {
    const { start, end } = partRange(task.upload, number)
    this.start = this.at = start
    this.end = end
  }

  get left(): number {
    return this.end - this.at
  }

  /** perSecond is the speed of the connection that feeds it, bytes per second. */
  get perSecond(): number {
    return this.rate.perSecond
  }

  /** The store does not take it, nor did it when it was sent again. */
  get isRefused(): boolean {
    return this.writer?.isRefused ?? false
  }

  /** How long over the present connection, s; 0 without one that goes on. */
  get fedFor(): number {
    const { feeding } = this
    return feeding && !feeding.stop.signal.aborted ? (performance.now() - feeding.since) / 1000 : 0
  }

  /**
   * Over one connection, until it has all its bytes. Raises HostError, RangesRefused, SizeDiffers, StoreError,
   * STOLEN, or the signal's reason; what has come stays.
   */
  async feed(signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    let over = (): void => undefined
    this.feeding = { since: performance.now(), stop, over: new Promise((resolve) => (over = resolve)) }
    this.rate = new Rate()
    try {
      await this.task.hashes?.reserve(this.number, signal)
      await this.pour(AbortSignal.any([signal, stop.signal]), stop)
    } finally {
      this.feeding = undefined
      over()
    }
  }

  /**
   * Takes it from the connection that feeds it. False if there is nothing to take any more, or somebody else takes it:
   * two that feed one part would mix their bytes.
   */
  async steal(): Promise<boolean> {
    const { feeding } = this
    if (!feeding || feeding.stop.signal.aborted) return false
    feeding.stop.abort(STOLEN)
    await feeding.over
    return this.left > 0
  }

  /** Once it has all its bytes. */
  async finish(): Promise<StoredPart> {
    if (!this.writer) throw new Error('a part is finished that was never begun')
    return this.writer.finish()
  }

  /** Nothing of it stays, and it could begin again. */
  drop(): void {
    this.writer?.abort()
    this.writer = undefined
    this.task.onBytes(this.start - this.at)
    this.task.hashes?.discard(this.number)
    this.at = this.start
  }

  private async open(): Promise<void> {
    this.writer ??= await KeptPart.open(this.task, this.number)
  }

  private async pour(signal: AbortSignal, stop: AbortController): Promise<void> {
    const { patience = PATIENCE } = this.task
    const watch = new HostWatch(patience, (error) => stop.abort(error), this.task.onHostWait)
    let body: BodyReader | undefined
    try {
      const asked = hostBytes(this.task, { start: this.at, end: this.end }, signal)
      const [answered, opened] = await Promise.allSettled([asked, this.open()])
      if (answered.status === 'rejected') throw answered.reason
      body = answered.value
      if (opened.status === 'rejected') throw opened.reason
      for (;;) {
        const bytes = await watch.waitFor(body.next())
        if (!bytes) break
        await this.task.bandwidth?.pay(bytes.length, signal)
        if (bytes.length > this.left) this.refuse()
        await this.take(bytes)
        signal.throwIfAborted()
      }
    } catch (error) {
      const isOfStore = error instanceof StoreError || error instanceof PartNotKept
      // Whoever takes it over begins again: bytes that the store lost are lost.
      if (error instanceof PartNotKept && stop.signal.reason === STOLEN) this.drop()
      else if (isOfStore) throw error
      // Silence that was broken off by somebody else's decision is not the host's.
      throw signal.aborted ? signal.reason : error
    } finally {
      watch.end()
      body?.close()
    }
    if (this.left > 0) throw new HostError('TRUNCATED', `the body ended ${this.left} bytes early`)
  }

  private refuse(): never {
    this.drop()
    throw new HostError('TRUNCATED', 'the host sends more bytes than were asked for')
  }

  /** Resolves when nobody needs `bytes` any more, however it ends. */
  private async take(bytes: Buffer): Promise<void> {
    const { hashes, onBytes } = this.task
    const taken = [this.writer?.write(bytes), hashes?.write(this.number, this.at, bytes)]
    for (const outcome of await Promise.allSettled(taken)) {
      if (outcome.status === 'rejected') throw outcome.reason
    }
    this.at += bytes.length
    this.rate.add(bytes.length)
    onBytes(bytes.length)
    hashes?.recordFilled(this.number, this.at)
  }
}
