import type { HostSession, SessionStore } from '../adapter.js'

/** The session store of one account, in memory: one login at a time, shared by everybody who waits. */
export class MemorySession implements SessionStore {
  private current: HostSession | undefined
  private running: Promise<HostSession> | undefined

  constructor(private readonly now: () => number) {}

  /** The token in use, if any. */
  get token(): string | undefined {
    return this.current?.token
  }

  async obtain(login: () => Promise<HostSession>, refused?: HostSession): Promise<HostSession> {
    if (this.running !== undefined) return this.running
    const { current } = this
    const usable = current !== undefined && current.expiresAt > this.now() && current.token !== refused?.token
    if (usable) return current
    this.running = login()
    try {
      this.current = await this.running
      return this.current
    } finally {
      this.running = undefined
    }
  }
}
