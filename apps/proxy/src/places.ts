import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { TIMING, type Timing } from './ports.js'

/** Clients open a connection or two beyond what they are told while they replace one. */
const SPARE = 2
/** Requests of one link that may wait; clients open a few dozen connections at most. */
const MAX_WAITING = 64
/** Seconds for Retry-After. */
const RETRY = 5

interface Queue {
  taken: number
  waiting: (() => void)[]
}

/**
 * How many answers of one link are sent at the same time: `maxChunks` and two more are never refused. The next ones
 * wait for a place in their order, and after a while get 503 with Retry-After; a 429 or a cut connection would make
 * clients give up the whole download. Counted per process.
 */
@Injectable()
export class Places {
  private readonly links = new Map<string, Queue>()

  constructor(@Inject(TIMING) private readonly timing: Timing) {}

  /** Resolves with what gives the place back, once. Raises the signal's reason, or the refusal. */
  async take(linkId: string, maxChunks: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    const free = this.takeNow(linkId, maxChunks)
    if (free !== undefined) return free
    const queue = this.queueOf(linkId)
    await this.wait(queue, signal)
    return this.giving(linkId, queue)
  }

  /** The same where a place is free; undefined where it would have to be waited for. */
  takeNow(linkId: string, maxChunks: number): (() => void) | undefined {
    const queue = this.queueOf(linkId)
    if (queue.taken >= maxChunks + SPARE) return undefined
    queue.taken += 1
    return this.giving(linkId, queue)
  }

  private queueOf(linkId: string): Queue {
    let queue = this.links.get(linkId)
    if (queue === undefined) this.links.set(linkId, (queue = { taken: 0, waiting: [] }))
    return queue
  }

  private wait(queue: Queue, signal: AbortSignal): Promise<void> {
    const busy = (): Refusal => new Refusal('service_unavailable', { retryInSeconds: RETRY })
    if (queue.waiting.length >= MAX_WAITING) return Promise.reject(busy())
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        const index = queue.waiting.indexOf(go)
        if (index >= 0) queue.waiting.splice(index, 1)
      }
      const go = (): void => {
        leave()
        resolve()
      }
      const stop = (): void => {
        leave()
        reject(signal.reason as Error)
      }
      const timer = setTimeout(() => {
        leave()
        reject(busy())
      }, this.timing.place)
      signal.addEventListener('abort', stop, { once: true })
      queue.waiting.push(go)
    })
  }

  private giving(linkId: string, queue: Queue): () => void {
    let isGiven = false
    return () => {
      if (isGiven) return
      isGiven = true
      const next = queue.waiting[0]
      if (next !== undefined) {
        next() // the place passes on as it is
        return
      }
      queue.taken -= 1
      if (queue.taken === 0) this.links.delete(linkId)
    }
  }
}
