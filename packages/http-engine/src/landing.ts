import { type BufferPool, BufferSizing, SMALL } from './buffers.js'

/*
 * Where the bytes of a connection land. What has landed is lent, all of it, to whoever reads, until the next read;
 * the socket rests meanwhile. Node asks for the place of the next bytes right after it has handed over the bytes
 * before, so that place is always chosen one read ahead; choosing memory that is still being passed on would corrupt
 * what is passed on.
 */

/** The memory of connections that are read fast. All others make do with a little of their own. */
export interface Buffers {
  /** For plain connections, at least SMALL each. */
  large: BufferPool
  /** For encrypted ones, more than OVERSHOOT each. */
  gathering: BufferPool
}

/** OVERSHOOT is how many bytes still come after a TLS socket was told to rest: one read of it (64 KiB), and records. */
export const OVERSHOOT = 96 * 1024
/** WORTH is how much is worth being lent, bytes; the cost is per loan. */
const WORTH = 64 * 1024
/** Bytes of records that a connection gathers which has no large buffer. */
const LEAST_GATHERED = 32 * 1024

/**
 * What the socket does while bytes are lent: it `rests`, or `goes on`, as it is asked for the next place now; or it was
 * asked already and rests, and that place `stays`.
 */
export type Next = 'rests' | 'goes on' | 'stays'

export interface Landing {
  /** The place where the next bytes go. */
  readonly target: Buffer
  /** The bytes that have landed and were not lent yet. */
  readonly unread: Buffer
  /** Bytes that are worth being lent; whatever lies there is when `isFull`. */
  readonly worth: number
  readonly isFull: boolean
  /** A socket that was told to rest may still bring something. */
  readonly overshoots: boolean
  /** `count` bytes are in `target`, or else `from`. False: there is no room for them. */
  accept(count: number, from?: Buffer): boolean
  /** Lends all that is unread. `left`: bytes expected behind it. */
  lend(left: number, next: Next): Buffer
  /** reclaim takes back what was lent. */
  reclaim(): void
  /** The connection serves another answer. */
  reset(): void
  /** For good. What is lent stays as it is. */
  free(): void
}

/** Over TCP: the system writes straight into what is lent. */
export class DirectLanding implements Landing {
  readonly worth = WORTH
  readonly overshoots = false
  readonly #pool: BufferPool
  readonly #sizing = new BufferSizing()
  #own: Buffer = Buffer.allocUnsafeSlow(SMALL)
  /** Takes turns with `own` where the socket goes on while small answers are lent. */
  #spare: Buffer | undefined
  #large: Buffer | undefined
  #memory = this.#own
  /** #start and #end are the bounds of what is unread in memory: [start, end). */
  #start = 0
  #end = 0
  #lent: Buffer | undefined

  constructor({ large }: Buffers) {
    this.#pool = large
  }

  get target(): Buffer {
    return this.#memory.subarray(this.#end)
  }

  get unread(): Buffer {
    return this.#memory.subarray(this.#start, this.#end)
  }

  get isFull(): boolean {
    return this.#end === this.#memory.length
  }

  accept(count: number): boolean {
    this.#end += count
    return true
  }

  lend(left: number, next: Next): Buffer {
    const bytes = this.unread
    this.#sizing.recordLent(bytes.length)
    this.#lent = this.#memory
    this.#start = this.#end
    if (next === 'stays') return bytes
    this.#memory = next === 'goes on' ? this.#other() : this.#fitting(left)
    this.#start = this.#end = 0
    return bytes
  }

  reclaim(): void {
    if (this.#lent === undefined) return
    this.#sizing.recordReturned()
    this.#lent = undefined
    if (this.#memory !== this.#large) this.#release()
  }

  reset(): void {
    this.#sizing.reset()
  }

  free(): void {
    if (this.#memory === this.#large) this.#memory = this.#own
    this.#start = this.#end = 0
    this.#release()
  }

  #fitting(left: number): Buffer {
    if (!this.#sizing.wantsLarge(left)) return this.#own
    return (this.#large ??= this.#pool.take()) ?? this.#own
  }

  #other(): Buffer {
    if (this.#memory !== this.#own) return this.#own
    const other = this.#spare ?? Buffer.allocUnsafeSlow(SMALL)
    this.#spare = this.#own
    return (this.#own = other)
  }

  #release(): void {
    if (this.#large === undefined) return
    if (this.#lent === this.#large) this.#pool.abandon()
    else this.#pool.give(this.#large)
    this.#large = undefined
  }
}

const NOTHING = Buffer.alloc(0)
/** One record or chunk at a time passes through here, on its way to its connection's own memory. */
const passage = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * Over TLS, whose records of 16 KiB are gathered, and of sockets that bring buffers of their own. Records that were
 * received already come even though reading was stopped; they go behind the bytes that are lent, where there is always
 * room for them.
 */
export class GatheringLanding implements Landing {
  readonly target = passage
  readonly worth: number
  readonly overshoots = true
  readonly #pool: BufferPool
  readonly #isPooled: boolean
  #memory: Buffer
  /** Bytes in memory, and how many of them were lent. */
  #end = 0
  #given = 0

  constructor({ gathering }: Buffers) {
    const pooled = gathering.take()
    this.#pool = gathering
    this.#isPooled = pooled !== undefined
    this.#memory = pooled ?? Buffer.allocUnsafeSlow(LEAST_GATHERED + OVERSHOOT)
    this.worth = this.#memory.length - OVERSHOOT
  }

  get unread(): Buffer {
    return this.#memory.subarray(this.#given, this.#end)
  }

  get isFull(): boolean {
    return this.#end >= this.worth
  }

  accept(count: number, from = passage): boolean {
    if (this.#end + count > this.#memory.length) return false
    from.copy(this.#memory, this.#end, 0, count)
    this.#end += count
    return true
  }

  lend(): Buffer {
    const bytes = this.unread
    this.#given = this.#end
    return bytes
  }

  reclaim(): void {
    if (this.#given === this.#end) this.#given = this.#end = 0
  }

  reset(): void {}

  free(): void {
    if (this.#isPooled && this.#memory !== NOTHING) {
      if (this.#given > 0) this.#pool.abandon()
      else this.#pool.give(this.#memory)
    }
    this.#memory = NOTHING
    this.#given = this.#end = 0
  }
}
