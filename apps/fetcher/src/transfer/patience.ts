import { HostError } from '@obb/host-adapters'

/** How little a host may send before its connection is given up. */
export interface HostPatience {
  /** Silence, before the first byte and between any two, ms: some hosts fetch a file from afar first. */
  idleMs: number
  /** At least `leastBytes` have to come in each `windowMs`, unless the store is what holds them up. */
  windowMs: number
  leastBytes: number
}

export const PATIENCE: HostPatience = { idleMs: 45_000, windowMs: 60_000, leastBytes: 64 * 1024 }

/** Looks after one connection: it may be silent or trickle only while nobody wants its bytes. */
export class HostWatch {
  private count = 0
  private wanted = 0
  private since: number | undefined
  private readonly timer: NodeJS.Timeout

  /** `giveUp` is told TRUNCATED once, `onWait` how long the host was waited for, ms. */
  constructor(
    private readonly patience: HostPatience,
    private readonly giveUp: (error: HostError) => void,
    private readonly onWait: (ms: number) => void = () => undefined,
  ) {
    this.timer = setInterval(() => this.look(), patience.windowMs)
  }

  /** `work` waits for the host. */
  async waitFor(work: Promise<Buffer | undefined>): Promise<Buffer | undefined> {
    const begun = (this.since = performance.now())
    try {
      const bytes = await work
      this.count += bytes?.length ?? 0
      return bytes
    } finally {
      const now = performance.now()
      this.wanted += now - this.since
      this.since = undefined
      this.onWait(now - begun)
    }
  }

  end(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const now = performance.now()
    const { windowMs, leastBytes } = this.patience
    const wanted = this.wanted + (this.since === undefined ? 0 : now - this.since)
    const came = this.count
    this.wanted = this.count = 0
    if (this.since !== undefined) this.since = now
    const hostIsSlow = wanted > windowMs / 2
    if (came >= leastBytes || !hostIsSlow) return
    this.giveUp(new HostError('TRUNCATED', `the host sent ${came} bytes in ${windowMs} ms`))
  }
}
