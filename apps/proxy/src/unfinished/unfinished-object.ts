import { StoreError, type ObjectReader, type ObjectStore } from '@obb/core/storage'
import type { UnfinishedFile } from './unfinished-downloads.js'

/** Bytes of a file that is being fetched, in order; waits for those that are not there yet. */
class UnfinishedReader implements ObjectReader {
  private readonly closing = new AbortController()
  private current: ObjectReader | undefined

  constructor(
    private readonly unfinishedFile: UnfinishedFile,
    private position: number,
    private readonly end: number,
  ) {}

  /** Waits until the first byte is there. Raises StoreError after `ms`, and the reason of `signal`. */
  async waitForFirstByte(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const until = performance.now() + ms
    while (this.unfinishedFile.endOf(this.position) === this.position) {
      signal?.throwIfAborted()
      if (performance.now() > until) throw new StoreError('UNAVAILABLE', 'the range has not arrived yet')
      await this.unfinishedFile.look()
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      this.closing.signal.throwIfAborted()
      const bytes = await this.current?.read()
      if (bytes !== undefined) {
        this.position += bytes.byteLength
        return bytes
      }
      this.current = undefined
      if (this.position === this.end) return undefined
      await this.goOn()
    }
  }

  close(): void {
    this.closing.abort(new StoreError('UNAVAILABLE', 'the reader was closed'))
    this.current?.close()
  }

  /** Opens what has arrived from here on, or looks for it. */
  private async goOn(): Promise<void> {
    const { signal } = this.closing
    const end = Math.min(this.end, this.unfinishedFile.endOf(this.position))
    if (end > this.position) {
      const reader = await this.unfinishedFile.read(this.position, end, signal).catch((error: unknown) => {
        // It is an object by now, which the next look tells.
        if (error instanceof StoreError && error.kind === 'NO_SUCH_UPLOAD') return undefined
        throw error
      })
      if (signal.aborted) reader?.close()
      this.current = reader
      if (reader !== undefined) return
    }
    await this.unfinishedFile.look()
  }
}

/**
 * UnfinishedObject is what the pump reads from. The first opening is bounded: after it the answer begins, and cannot be
 * refused any more.
 */
export class UnfinishedObject implements Pick<ObjectStore, 'open'> {
  private hasBegun = false

  constructor(private readonly unfinishedFile: UnfinishedFile) {}

  async open(_key: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader> {
    const reader = new UnfinishedReader(this.unfinishedFile, start, end)
    if (this.hasBegun) return reader
    await reader.waitForFirstByte(this.unfinishedFile.timing.arrival, signal)
    this.hasBegun = true
    return reader
  }
}
