import { type Readable, Transform } from 'node:stream'
import { HostError } from '@obb/host-adapters'

/** How little a host may send before its connection is given up. */
export interface Patience {
  /** Silence, ms. */
  idleMs: number
  /** At least `leastBytes` have to come in each `windowMs`, unless the store is what holds them up. */
  windowMs: number
  leastBytes: number
}

export const PATIENCE: Patience = { idleMs: 30_000, windowMs: 60_000, leastBytes: 64 * 1024 }

/** A host's bytes on their way into the store: counted, and cut off with TRUNCATED if they only trickle. */
export class Intake extends Transform {
  count = 0
  private seen = 0
  private readonly watch: NodeJS.Timeout

  constructor(
    body: Readable,
    private readonly onBytes: (count: number) => void,
    private readonly patience: Patience,
  ) {
    super({ highWaterMark: 1024 * 1024 })
    this.watch = setInterval(() => this.look(), patience.windowMs)
    this.on('error', () => undefined) // it may fail before anybody reads, who then finds it
    body.on('error', (error) => this.destroy(error))
    this.on('close', () => body.destroy())
    body.pipe(this)
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.count += chunk.length
    this.onBytes(chunk.length)
    done(null, chunk)
  }

  override _flush(done: () => void): void {
    clearInterval(this.watch)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.watch)
    done(error)
  }

  private look(): void {
    const came = this.count - this.seen
    this.seen = this.count
    const storeIsSlow = this.readableLength > 0
    if (came >= this.patience.leastBytes || storeIsSlow) return
    this.destroy(new HostError('TRUNCATED', `the host sent ${came} bytes in ${this.patience.windowMs} ms`))
  }
}
