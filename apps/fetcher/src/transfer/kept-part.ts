import {
  type PartWriter,
  STORE_RETRIES,
  type StoredPart,
  isPassingStoreError,
  retry,
} from '@obb/core/storage'
import { PartNotKept, type TransferTask } from './transfer-task.js'

/** Bytes that are read of a part at once to be sent again. */
const READ = 256 * 1024

/**
 * A part on its way into the store. Where its bytes are kept until it is stored (FileHashes), a store that refuses it
 * or falls silent in between is not noticed by whoever brings the bytes: when all are there, they are sent again from
 * where they lie, a few times.
 */
export class KeptPart implements PartWriter {
  readonly size: number
  private failure: Error | undefined
  private failures = 0

  private constructor(
    private readonly task: TransferTask,
    private readonly number: number,
    private readonly writer: PartWriter,
  ) {
    this.size = writer.size
  }

  /** Raises as `openPart` of a store. */
  static async open(task: TransferTask, number: number): Promise<KeptPart> {
    return new KeptPart(task, number, await task.store.openPart(task.upload, number, task.signal))
  }

  /** It was sent again, and in vain. */
  get isRefused(): boolean {
    return this.failures > 1
  }

  /** write does what that of a store's part does; it raises PartNotKept where that fails and nothing is kept. */
  async write(bytes: Buffer): Promise<void> {
    if (this.failure) return
    await this.writer.write(bytes).catch((error: unknown) => this.recordFailure(error))
  }

  /** Once all bytes are there and with the hashes. Raises as `write`, and what the store said last. */
  async finish(): Promise<StoredPart> {
    const { hashes } = this.task
    const part = await this.store()
    hashes?.recordStored(part)
    return part
  }

  abort(): void {
    this.writer.abort()
  }

  private async store(): Promise<StoredPart> {
    if (!this.failure) {
      try {
        return await this.writer.finish()
      } catch (error) {
        this.recordFailure(error)
      }
    }
    const { retries = STORE_RETRIES, signal } = this.task
    const part = await retry(() => this.sendAgain(), { ...retries, signal, failures: 1 })
    if (!part) throw new PartNotKept(this.failure!)
    return part
  }

  /** Raises it where nothing can be done about it. */
  private recordFailure(error: unknown): void {
    if (this.task.signal.aborted || !isPassingStoreError(error)) throw error
    if (!this.task.hashes?.keeps(this.number)) throw new PartNotKept(error)
    this.failure = error
    this.failures++
    this.writer.abort()
  }

  /** Undefined if it is not kept any more. */
  private async sendAgain(): Promise<StoredPart | undefined> {
    const { hashes, signal, store, upload } = this.task
    const writer = await store.openPart(upload, this.number, signal)
    try {
      const buffer = Buffer.allocUnsafe(Math.min(READ, this.size))
      for (let at = 0; at < this.size; at += buffer.length) {
        const bytes = buffer.subarray(0, Math.min(buffer.length, this.size - at))
        if (!(await hashes?.readBack(this.number, at, bytes))) return undefined
        await writer.write(bytes)
      }
      return await writer.finish()
    } catch (error) {
      this.failures++
      throw error
    } finally {
      writer.abort()
    }
  }
}
