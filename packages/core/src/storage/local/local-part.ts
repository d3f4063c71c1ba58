import { write } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { diskError } from './local-files.js'
import type { PartWriter, StoredPart } from '../object-store.js'
import { wrongSize } from '../part-writer.js'

/** LocalPartTerms are what a part needs of its store. */
export interface LocalPartTerms {
  /** Open for writing; the part closes it. */
  file: FileHandle
  /** Place in the file where the part begins, and its size, bytes. */
  start: number
  size: number
  signal: AbortSignal
  /** The bytes are written: makes them last. */
  keep(): Promise<StoredPart>
  /** The part is over, well or not. Called once. */
  over(): void
}

/** A part of a local upload: its bytes go to their place in the file, and not one beyond. */
export class LocalPart implements PartWriter {
  readonly size: number
  private position = 0
  private writing: Promise<void> = Promise.resolve()
  private ended = false

  constructor(private readonly terms: LocalPartTerms) {
    this.size = terms.size
  }

  async write(bytes: Buffer): Promise<void> {
    this.terms.signal.throwIfAborted()
    if (this.position + bytes.length > this.size) throw wrongSize('late', this.size)
    const at = this.terms.start + this.position
    this.position += bytes.length
    this.writing = writeAll(this.terms.file.fd, bytes, at)
    await this.writing
  }

  async finish(): Promise<StoredPart> {
    const { signal, keep } = this.terms
    try {
      if (this.position < this.size) throw wrongSize('early', this.size)
      signal.throwIfAborted()
      return await keep()
    } finally {
      this.abort()
    }
  }

  abort(): void {
    if (this.ended) return
    this.ended = true
    const { file, over } = this.terms
    // The descriptor may be another file's once it is closed: not while something is being written to it.
    void this.writing
      .catch(() => undefined)
      .then(() => file.close())
      .catch(() => undefined)
      .then(over)
  }
}

/** A disk that is about to be full writes only some of the bytes. Raises StoreError. */
function writeAll(fd: number, bytes: Buffer, at: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const from = (done: number): void => {
      write(fd, bytes, done, bytes.length - done, at + done, (error, count) => {
        if (error) reject(diskError(error))
        else if (done + count < bytes.length) from(done + count)
        else resolve()
      })
    }
    from(0)
  })
}
