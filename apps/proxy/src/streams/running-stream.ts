import type { StreamOfProxy } from '@obb/core/streams'
import { SentBytes } from './sent-bytes.js'

/** Between two ranges of a client a link is still streamed, ms. */
const LINGERS_MS = 5_000
/** A client that comes back within so long goes on, ms. */
const REMEMBERED_MS = 15 * 60_000
/** Characters of a User-Agent that are kept. */
const MAX_CLIENT = 80

/** Who asks. */
export interface StreamClient {
  /** The User-Agent. */
  name: string | undefined
  /** '' where it is not known. */
  address: string
}

/**
 * What this process sends of one link, since it began to: a client that pauses for less than a quarter of an hour goes
 * on, unless it has the whole file or begins anew. Times are epoch ms.
 */
export class RunningStream {
  private readonly bytes: SentBytes
  private connections = 0
  private sent = 0
  private touchedAt: number
  private before: { at: number; sent: number }
  /** Bytes per second between the last two looks. */
  rate = 0

  constructor(
    private readonly id: string,
    private readonly size: number,
    private readonly client: StreamClient,
    private readonly since: number,
  ) {
    this.bytes = new SentBytes(size)
    this.touchedAt = since
    this.before = { at: since, sent: 0 }
  }

  /** For every buffer that goes out: counts, and no more. */
  readonly add = (start: number, end: number): void => {
    this.sent += end - start
    this.bytes.add(start, end)
  }

  open(now: number): void {
    this.connections += 1
    this.touchedAt = now
  }

  close(now: number): void {
    this.connections -= 1
    this.touchedAt = now
  }

  get openConnections(): number {
    return this.connections
  }

  isRunning(now: number): boolean {
    if (this.connections > 0) return true
    return this.sent > 0 && Math.abs(now - this.touchedAt) < LINGERS_MS
  }

  isForgotten(now: number): boolean {
    return this.connections === 0 && (this.sent === 0 || Math.abs(now - this.touchedAt) >= REMEMBERED_MS)
  }

  /** Whether an answer from `start` on, of a file of `size` bytes, is the first of another run. */
  isOver(start: number, size: number, now: number): boolean {
    if (this.isForgotten(now) || size !== this.size) return true
    const isWhole = this.connections === 0 && this.bytes.distinct >= this.size
    return isWhole || (!this.isRunning(now) && (start === 0 || this.bytes.has(start)))
  }

  /** Measures the rate since the look before. */
  measure(now: number): void {
    const { at, sent } = this.before
    if (now < at) this.before = { at: now, sent: this.sent } // the clock was set back
    if (now <= at) return
    this.rate = Math.round(((this.sent - sent) * 1000) / (now - at))
    this.before = { at: now, sent: this.sent }
  }

  view(): StreamOfProxy {
    const { id, connections, sent, rate, since, client } = this
    const name = (client.name ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, MAX_CLIENT)
    const { distinct } = this.bytes
    return {
      id,
      connections,
      sent,
      distinct,
      bytesPerSecond: rate,
      since,
      client: name,
      address: client.address,
    }
  }
}
