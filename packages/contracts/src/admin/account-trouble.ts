import type { HostAccountView } from './host-accounts.js'

/** What keeps an account from being used, or soon will. Times are ISO 8601; `reason`: null where a person did it. */
export type AccountTrouble =
  | { kind: 'off'; reason: string | null }
  | { kind: 'ended'; at: string }
  | { kind: 'not_premium' }
  | { kind: 'ending'; at: string }
  | { kind: 'no_traffic' }
  | { kind: 'resting'; until: string }

/** Why an account is off that works, and stays off. */
export const SWITCHED_OFF = 'switched off by an operator'

/** So long before an account ends it is told, as by the alert ObbHostAccountEnds (docs/monitoring/alerts.yml). */
const SOON_MS = 7 * 86_400e3

/** accountTrouble is the worst of an account; undefined where it is as it should be. `now`: epoch ms. */
export function accountTrouble(account: HostAccountView, now: number): AccountTrouble | undefined {
  const { enabled, offReason, validUntil, premium, coolUntil, trafficLeft } = account
  if (!enabled) return { kind: 'off', reason: offReason === SWITCHED_OFF ? null : offReason }
  const left = validUntil === null ? Infinity : Date.parse(validUntil) - now
  if (validUntil !== null && left <= 0) return { kind: 'ended', at: validUntil }
  if (premium === false) return { kind: 'not_premium' }
  if (validUntil !== null && left < SOON_MS) return { kind: 'ending', at: validUntil }
  if (trafficLeft !== null && trafficLeft <= 0) return { kind: 'no_traffic' }
  if (coolUntil !== null && Date.parse(coolUntil) > now) return { kind: 'resting', until: coolUntil }
  return undefined
}
