/** Gives a place back; a second call does nothing. */
export type Release = () => void

/** A number of places; who finds none waits for the next one that is given back, in the order of asking. */
export class Semaphore {
  private readonly queue: (() => void)[] = []
  private taken = 0

  constructor(private readonly places: number) {}

  /** How many wait for a place. */
  get waiting(): number {
    return this.queue.length
  }

  /** Whether nobody has a place, and so nobody waits for one. */
  get isIdle(): boolean {
    return this.taken === 0
  }

  /** A place if one is free; undefined where it would have to be waited for. */
  tryAcquire(): Release | undefined {
    if (this.taken >= this.places) return undefined
    this.taken++
    return this.release()
  }

  /** A place; without one before `signal` aborts, raises its reason. */
  async acquire(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted()
    const free = this.tryAcquire()
    if (free) return free
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        this.queue.splice(this.queue.indexOf(enter), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.queue.push(enter)
    })
    return this.release()
  }

  /** Does the work in a place of its own. Raises as `acquire` does. */
  async with<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const release = await this.acquire(signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  private release(): Release {
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      const next = this.queue.shift()
      if (next)
        next() // the place passes on as it is
      else this.taken--
    }
  }
}
