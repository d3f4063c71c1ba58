import { STORE_RETRIES, type StoredPart, retry } from '@obb/core/storage'
import { HostError } from '@obb/host-adapters'
import { inOneAnswer } from './one-stream.js'
import type { TransferTask } from './transfer-task.js'

/** How much of a file of unknown size may come, and who is told how much has. */
export interface UnsizedBound {
  /** Bytes. */
  most: number
  /** Bytes that are charged already. */
  charged: number
  /** Charges for the bytes that have come, before they are stored. What it raises ends the transfer. */
  charge: (bytes: number) => Promise<void>
}

/** So much more than what is charged may come before it is: a share, so that a large file takes few charges. */
const UNCHARGED_SHARE = 1 / 8

/** What came of a file of unknown size. */
export interface UnsizedFile {
  size: number
  parts: StoredPart[]
}

/**
 * For a host that does not tell how many bytes a file has: one answer fills part after part of an upload that is planned
 * for the most there may be, and ends the file. A part is kept here until more bytes come, since the last one is shorter.
 * Raises HostError, StoreError, what `charge` raises, or the signal's reason.
 */
export function fetchUnsized(task: TransferTask, bound: UnsizedBound): Promise<UnsizedFile> {
  return inOneAnswer(task, async (watched, body) => {
    const file = new UnsizedStream(watched, bound)
    for (let bytes = await body.next(); bytes; bytes = await body.next()) await file.take(bytes)
    return file.end()
  })
}

class UnsizedStream {
  private readonly parts: StoredPart[] = []
  private readonly part: Buffer
  private filled = 0
  private size = 0
  private charged: number

  constructor(
    private readonly task: TransferTask,
    private readonly bound: UnsizedBound,
  ) {
    this.part = Buffer.allocUnsafe(task.upload.partSize)
    this.charged = bound.charged
  }

  async take(bytes: Buffer): Promise<void> {
    this.size += bytes.length
    this.task.onBytes(bytes.length)
    if (this.size > this.bound.most) {
      throw new HostError('SIZE_UNKNOWN', `more than ${this.bound.most} bytes of unknown size`, {
        retryable: false,
      })
    }
    for (let at = 0; at < bytes.length;) {
      if (this.filled === this.part.length) await this.store(this.bound.most)
      const count = bytes.copy(this.part, this.filled, at)
      this.filled += count
      at += count
    }
  }

  async end(): Promise<UnsizedFile> {
    await this.charge()
    if (this.filled > 0) await this.store(this.size)
    return { size: this.size, parts: this.parts }
  }

  private async charge(): Promise<void> {
    await this.bound.charge(this.size)
    this.charged = this.size
  }

  /** `planned`: bytes of the whole file, or the most that it may have. */
  private async store(planned: number): Promise<void> {
    if (this.size > this.charged * (1 + UNCHARGED_SHARE)) await this.charge()
    const { retries = STORE_RETRIES, signal, store } = this.task
    const upload = { ...this.task.upload, size: planned }
    const send = async (): Promise<StoredPart> => {
      const writer = await store.openPart(upload, this.parts.length + 1, signal)
      try {
        await writer.write(this.part.subarray(0, this.filled))
        return await writer.finish()
      } finally {
        writer.abort()
      }
    }
    this.parts.push(await retry(send, { ...retries, signal }))
    this.filled = 0
  }
}
