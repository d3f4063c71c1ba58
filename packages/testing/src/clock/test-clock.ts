/** START is where a test's time begins, epoch ms. */
export const START = Date.parse('2026-03-01T12:00:00Z')

/** Time that stands still until a test moves it, or until somebody sleeps. */
export class TestClock {
  /** How long each sleep was, in order, ms. */
  readonly sleeps: number[] = []
  private time: number

  /** `now`: epoch ms. */
  constructor(now = START) {
    this.time = now
  }

  /** Epoch ms. */
  now(): number {
    return this.time
  }

  /** To an epoch ms, where a test begins unless given. */
  set(now = START): void {
    this.time = now
  }

  /** By ms. */
  advance(ms: number): void {
    this.time += ms
  }

  /** Moves the clock on by ms, after whatever is ready to happen has happened. Raises the signal's reason. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms)
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    this.time += ms
  }
}

/** This machine's time, which a test can move on. It passes in between as everywhere. */
export class RunningClock {
  private ahead = 0

  /** Epoch ms. */
  now(): number {
    return Date.now() + this.ahead
  }

  /** By ms. */
  advance(ms: number): void {
    this.ahead += ms
  }
}
