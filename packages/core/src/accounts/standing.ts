import type { RefusalCause } from '@obb/contracts'

/*
 * When an account may act: a function over a row that was read and `…Sql`, the same as a condition.
 */

interface AccountFacts {
  state: 'active' | 'suspended' | 'removed'
  expiresAt: Date | null
}

/** Only an account in `good` standing may act. */
export type AccountStanding = 'good' | 'suspended' | 'removed' | 'expired'

/** `now`: epoch ms. */
export function accountStanding({ state, expiresAt }: AccountFacts, now: number): AccountStanding {
  if (state !== 'active') return state
  return expiresAt !== null && expiresAt.getTime() <= now ? 'expired' : 'good'
}

const REFUSALS = {
  suspended: 'account_suspended',
  removed: 'account_suspended',
  expired: 'account_expired',
} as const satisfies Record<Exclude<AccountStanding, 'good'>, RefusalCause>

/** Why it may not act; undefined if it may. `now`: epoch ms. */
export function standingRefusal(account: AccountFacts, now: number): RefusalCause | undefined {
  const standing = accountStanding(account, now)
  return standing === 'good' ? undefined : REFUSALS[standing]
}

/** `now`: epoch ms. */
export function mayAct(account: AccountFacts, now: number): boolean {
  return accountStanding(account, now) === 'good'
}

export function mayActSql(alias: string, now: string): string {
  return `(${alias}.state = 'active' AND (${alias}.expires_at IS NULL OR ${alias}.expires_at > ${now}))`
}
