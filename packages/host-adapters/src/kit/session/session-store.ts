/** A host session (login token, cookies), cached per account across processes. */
export interface HostSession {
  token: string
  /** Epoch ms after which it is not used any more. */
  expiresAt: number
}

export interface SessionStore {
  /**
   * The cached session, or the result of `login`, run by one caller at a time per account, everybody
   * else waiting for that result. Pass the session the host has just refused as `refused`: it is
   * replaced once, and callers that were refused with the same token share the new one.
   */
  obtain(login: () => Promise<HostSession>, refused?: HostSession): Promise<HostSession>
  /**
   * For sessions that change with every call: `work` runs alone on the account, across processes, and what
   * it names as `session` is kept, or forgotten when undefined. It is given no session when there is none
   * or it has run out, and has to log in then. When it throws, the session stays as it was: have it return
   * the error instead where the call changed the session all the same.
   */
  exclusive<T>(work: (session: HostSession | undefined) => Promise<SessionResult<T>>): Promise<T>
}

export interface SessionResult<T> {
  session: HostSession | undefined
  result: T
}
