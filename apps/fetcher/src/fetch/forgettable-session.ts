import type { HostSession, SessionStore, SessionResult } from '@obb/host-adapters'

/**
 * The session store of one account, as one fetch uses it. Adapters replace a session that an API call refuses;
 * one that the direct link refuses is forgotten here, so that resolving again logs in.
 */
export class ForgettableSession implements SessionStore {
  private used: HostSession | undefined

  constructor(private readonly store: SessionStore) {}

  async obtain(login: () => Promise<HostSession>, refused?: HostSession): Promise<HostSession> {
    this.used = await this.store.obtain(login, refused)
    return this.used
  }

  exclusive<T>(work: (session: HostSession | undefined) => Promise<SessionResult<T>>): Promise<T> {
    return this.store.exclusive(work)
  }

  /** A newer one, of another fetch that was refused as well, stays. */
  forget(): Promise<void> {
    return this.store.exclusive((session) => {
      const kept = session?.token === this.used?.token ? undefined : session
      return Promise.resolve({ session: kept, result: undefined })
    })
  }
}
