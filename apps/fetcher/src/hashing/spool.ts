import { randomUUID } from 'node:crypto'
import { write } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Most of one file that lies in its spool although its beginning is still missing, bytes. */
const MOST_BYTES = 512 * 1024 * 1024

interface Slot {
  index: number
  /** Who still needs what lies there: the hashes, and the store until it has it. */
  needs: number
}

/**
 * Where parts lie from their coming in until they are hashed and stored, for stores that do not show what they have
 * before it is whole. Its file has no name: whatever happens to the process, nothing of it stays. Slots are used again,
 * so that it hardly ever leaves the machine's page cache.
 */
export class Spool {
  private readonly slots = new Map<number, Slot>()
  private readonly free: number[] = []
  private made = 0
  private abandoned = false
  private readonly waiting = new Map<number, () => void>()

  private constructor(
    private readonly file: FileHandle,
    private readonly slotBytes: number,
  ) {}

  static async open(slotBytes: number): Promise<Spool> {
    const path = join(tmpdir(), `obb-spool-${randomUUID()}`)
    const file = await open(path, 'wx+', 0o600)
    await unlink(path)
    return new Spool(file, slotBytes)
  }

  get handle(): FileHandle {
    return this.file
  }

  get fd(): number {
    return this.file.fd
  }

  /** Room for the part that starts at `start`; waits while too much lies here. Raises the signal's reason. */
  async take(start: number, signal: AbortSignal): Promise<void> {
    const most = Math.max(2, Math.floor(MOST_BYTES / this.slotBytes))
    while (!this.slots.has(start) && !this.abandoned) {
      signal.throwIfAborted()
      const slot = this.free.pop() ?? (this.made < most || start === this.awaited ? this.made++ : undefined)
      if (slot !== undefined) this.slots.set(start, { index: slot, needs: 2 })
      else await this.change(start, signal)
    }
  }

  /** The part that is hashed next: it gets room however much there is, since nothing else can make any. */
  private awaited = 0

  /** Raises what the file system says. */
  write(start: number, offset: number, bytes: Buffer): Promise<void> {
    const at = this.position(start) + offset
    return new Promise((resolve, reject) => {
      const from = (done: number): void => {
        write(this.file.fd, bytes, done, bytes.length - done, at + done, (error, count) => {
          if (error) reject(error)
          else if (done + count < bytes.length) from(done + count)
          else resolve()
        })
      }
      from(0)
    })
  }

  /** position is where the part that starts at `start` lies in the file. */
  position(start: number): number {
    return (this.slots.get(start)?.index ?? 0) * this.slotBytes
  }

  /** Nobody waits for room any more. */
  abandon(): void {
    this.abandoned = true
    this.wake()
  }

  has(start: number): boolean {
    return this.slots.has(start)
  }

  /** Fills `bytes` from `offset` of the part that starts at `start`. Raises what the file system says. */
  async read(start: number, offset: number, bytes: Buffer): Promise<void> {
    const at = this.position(start) + offset
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await this.file.read(bytes, done, bytes.length - done, at + done)
      if (bytesRead === 0) throw new Error('the spool is shorter than it was')
      done += bytesRead
    }
  }

  /** One of the two that need the part is done with it. */
  release(start: number): void {
    const slot = this.slots.get(start)
    if (slot && --slot.needs === 0) this.drop(start)
  }

  /** Nobody needs the part any more. */
  drop(start: number): void {
    const slot = this.slots.get(start)
    if (slot) this.free.push(slot.index)
    this.slots.delete(start)
    this.wake()
  }

  /** The part from `start` on is hashed next. */
  await(start: number): void {
    this.awaited = start
    this.wake()
  }

  async close(): Promise<void> {
    await this.file.close()
  }

  private wake(): void {
    for (const wake of [...this.waiting.values()]) wake()
  }

  private change(start: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(start)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.waiting.set(start, wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}
