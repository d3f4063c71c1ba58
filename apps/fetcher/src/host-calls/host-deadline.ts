import { HostError, type SessionStore, type Turnstile } from '@obb/host-adapters'

/** One call to a host that somebody waits for must end before they give up, ms. */
const TIMEOUT_MS = 18_000

/**
 * The time that a host has for one call. Only what the host takes counts: while the call waits for its turn at a gate
 * of our own, or for somebody else's call, the clock stands.
 */
export class HostDeadline {
  private readonly late = new AbortController()
  private timer: NodeJS.Timeout | undefined
  private runningSince = 0
  /** Steps of the call that wait for us. */
  private held = 0

  constructor(private leftMs: number = TIMEOUT_MS) {
    this.run()
  }

  /** Aborts with a HOST_TEMP when the time is over. */
  get signal(): AbortSignal {
    return this.late.signal
  }

  /** The call is over, and so is its clock. */
  end(): void {
    clearTimeout(this.timer)
  }

  /** Work that is not the host's. */
  async pause<T>(work: () => Promise<T>): Promise<T> {
    if (this.held++ === 0) this.stand()
    try {
      return await work()
    } finally {
      if (--this.held === 0) this.run()
    }
  }

  /** Work of the host's within what is not. */
  private async resume<T>(work: () => Promise<T>): Promise<T> {
    if (--this.held === 0) this.run()
    try {
      return await work()
    } finally {
      if (this.held++ === 0) this.stand()
    }
  }

  /** The gate, without the time that it takes. */
  gate(gate: Turnstile): Turnstile {
    return { turn: (signal, url) => this.pause(() => gate.turn(signal, url)) }
  }

  /** The sessions, without the time in which others log in or have the session to themselves. */
  sessions(sessions: SessionStore): SessionStore {
    return {
      obtain: (login, refused) => this.pause(() => sessions.obtain(() => this.resume(login), refused)),
      exclusive: (work) =>
        this.pause(() => sessions.exclusive((session) => this.resume(() => work(session)))),
    }
  }

  private run(): void {
    this.runningSince = performance.now()
    const late = new HostError('HOST_TEMP', 'the host did not answer in time')
    this.timer = setTimeout(() => this.late.abort(late), this.leftMs)
  }

  private stand(): void {
    clearTimeout(this.timer)
    this.leftMs = Math.max(0, this.leftMs - (performance.now() - this.runningSince))
  }
}
