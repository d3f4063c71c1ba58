import type { HostSession, SessionStore, SessionResult } from '../kit/session/session-store.js'

/** The session store of one account, in memory: one login at a time, shared by everybody who waits. */
export class MemorySession implements SessionStore {
  private current: HostSession | undefined
  private running: Promise<HostSession> | undefined
  private lastTurn: Promise<unknown> = Promise.resolve()

  constructor(private readonly now: () => number) {}

  /** The token in use, if any. */
  get token(): string | undefined {
    return this.current?.token
  }

  async obtain(login: () => Promise<HostSession>, refused?: HostSession): Promise<HostSession> {
    if (this.running !== undefined) return this.running
    const { usable } = this
    if (usable !== undefined && usable.token !== refused?.token) return usable
    this.running = login()
    try {
      this.current = await this.running
      return this.current
    } finally {
      this.running = undefined
    }
  }

  async exclusive<T>(work: (session: HostSession | undefined) => Promise<SessionResult<T>>): Promise<T> {
    const turn = this.lastTurn.then(async () => {
      const { session, result } = await work(this.usable)
      this.current = session
      return result
    })
    this.lastTurn = turn.catch(() => undefined)
    return turn
  }

  private get usable(): HostSession | undefined {
    return this.current !== undefined && this.current.expiresAt > this.now() ? this.current : undefined
  }
}
