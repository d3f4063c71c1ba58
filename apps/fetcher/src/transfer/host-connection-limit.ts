/** How soon one more connection is tried after one was refused, ms; twice as late after each further refusal. */
const FIRST_PAUSE_MS = 5_000
const MOST_PAUSE_MS = 10 * 60_000
/** The longest time that a host is heeded which names one, ms. */
const MOST_NAMED_MS = 60 * 60_000

/** How many connections at once a host serves, as far as its refusals have shown. It never forbids the only one. */
export class HostConnectionLimit {
  private allowed = Infinity
  private pauseMs = FIRST_PAUSE_MS
  /** When one more than that is tried. */
  private until = 0

  /** `now`: ms, from any beginning. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether a connection may be opened beside `open` others; where it is one more than were served, it is a trial. */
  admit(open: number): boolean {
    if (open === 0 || open < this.allowed) return true
    if (this.now() < this.until) return false
    this.until = this.now() + this.pauseMs
    return true
  }

  /** One beside `served` others was refused; the host wants to be left alone with it for `waitMs`. */
  recordRefusal(served: number, waitMs = 0): void {
    this.allowed = Math.max(1, served)
    this.until = this.now() + Math.max(this.pauseMs, Math.min(waitMs, MOST_NAMED_MS))
    this.pauseMs = Math.min(2 * this.pauseMs, MOST_PAUSE_MS)
  }

  /** So many were served at once. */
  recordService(served: number): void {
    if (served <= this.allowed) return
    this.allowed = served
    this.pauseMs = FIRST_PAUSE_MS
  }
}

/** Limits that are remembered, those used last. */
const MOST = 1_000

/** The limits of this process, by whom the connections are for. */
export class HostConnectionLimits {
  private readonly limits = new Map<string, HostConnectionLimit>()

  /** `names`: platform, account, server. */
  of(names: readonly string[]): HostConnectionLimit {
    const key = JSON.stringify(names)
    const limit = this.limits.get(key) ?? new HostConnectionLimit()
    this.limits.delete(key)
    this.limits.set(key, limit)
    const [oldest] = this.limits.keys()
    if (this.limits.size > MOST && oldest !== undefined) this.limits.delete(oldest)
    return limit
  }
}
