const KIB = 1024
/** Buffers of one size that lie ready; more are left to the garbage collector. */
const KEPT = 16

/** Buffers of one size, lent and given back. */
export class BufferPool {
  readonly #free: Buffer[] = []
  readonly #limit: number
  #lent = 0

  /** `size`: bytes of each. `limit`: how many are lent at most. */
  constructor(
    readonly size: number,
    limit = Infinity,
  ) {
    this.#limit = limit
  }

  /** undefined: all that may be lent are. */
  take(): Buffer | undefined {
    if (this.#lent >= this.#limit) return undefined
    this.#lent += 1
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.size)
  }

  give(buffer: Buffer): void {
    this.#lent -= 1
    if (this.#free.length < KEPT) this.#free.push(buffer)
  }

  /** Instead of `give` where somebody may still look at the bytes. */
  abandon(): void {
    this.#lent -= 1
  }
}

/** SMALL is what every reader has, bytes: room for a range of 64 KiB together with the head of its answer. */
export const SMALL = 68 * KIB

/**
 * For readers that are read fast: the cost in Node is per chunk, not per byte. The limit is for all readers of
 * the process together, 128 MiB; whoever comes later makes do with what every reader has.
 */
export const largeBuffers = new BufferPool(1024 * KIB, 128)

/** So many bytes have to be taken before a reader counts as fast: what system buffers swallow proves nothing. */
const PROVEN = 1024 * KIB
/** ms for one buffer; a reader that takes longer is slow. */
const FAST = 200

/** Whether a reader deserves a large buffer: by how it took the last ones. */
export class BufferSizing {
  #taken = 0
  #lentAt = 0
  #fast = true

  recordLent(bytes: number): void {
    this.#taken += bytes
    this.#lentAt = performance.now()
  }

  recordReturned(): void {
    if (this.#lentAt === 0) return
    this.#fast = performance.now() - this.#lentAt < FAST
    this.#lentAt = 0
  }

  /** `left`: bytes still to come. */
  wantsLarge(left: number): boolean {
    return this.#fast && this.#taken >= PROVEN && left > SMALL
  }

  /** Another object for another reader. */
  reset(): void {
    this.#taken = 0
    this.#lentAt = 0
    this.#fast = true
  }
}
