import type { HostContext } from '../adapter.js'
import { HostError } from '../errors.js'
import type { HostSession } from './session-store.js'

/**
 * Runs `work` with the account's session, and once more with a new one if it raises SESSION_EXPIRED: one
 * silent login however many callers ran into it. A session that is refused as soon as it was given is
 * ACCOUNT_INVALID.
 */
export async function withSession<T>(
  ctx: HostContext,
  platform: string,
  login: () => Promise<HostSession>,
  work: (session: HostSession) => Promise<T>,
): Promise<T> {
  const session = await ctx.session.obtain(login)
  try {
    return await work(session)
  } catch (error) {
    if (!isExpired(error)) throw error
  }
  const renewed = await ctx.session.obtain(login, session)
  try {
    return await work(renewed)
  } catch (error) {
    if (!isExpired(error)) throw error
    const message = `${platform}: host refuses a session it has just given`
    throw new HostError('ACCOUNT_INVALID', message, { cause: error })
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof HostError && error.kind === 'SESSION_EXPIRED'
}
