import type { Check } from '../readiness.js'
import { type AccountTrouble, accountTrouble } from './account-trouble.js'
import type { AuditEntryView } from './audit.js'
import { type BackupTrouble, backupTrouble } from './backup-trouble.js'
import type { DoctorView } from './doctor.js'
import { SOON_MS, storeFilling, trafficDry } from './forecasts.js'
import type { HostAccountView } from './host-accounts.js'
import type { HostView } from './hosts.js'
import type { StoreStateWord, StoreView } from './store.js'

/** What is wrong. `words`: as a host or the server put it, in English. Times are ISO 8601. */
export type FindingCause =
  | { kind: 'check'; check: Check['name']; words: string }
  | { kind: 'store'; state: Exclude<StoreStateWord, 'ok'>; words: string | null }
  | { kind: 'store_filling'; at: string }
  | { kind: 'secrets_unreadable'; count: number }
  | { kind: 'secrets_older'; count: number }
  | { kind: 'backup'; trouble: BackupTrouble; madeAt: string | null; words: string | null }
  | { kind: 'mail'; words: string }
  | { kind: 'webhook'; email: string; words: string | null }
  | { kind: 'account'; id: string; account: string; trouble: AccountTrouble; words: string | null }
  | { kind: 'no_account' }
  | { kind: 'no_usable_account' }
  | { kind: 'host'; platform: string; openUntil: string | null; words: string | null }
  | { kind: 'canary'; platform: string; words: string | null }
  | { kind: 'traffic'; platform: string; at: string }
  | { kind: 'attempts'; count: number; addresses: number }

/** Something that waits for a person. `failing`: nobody gets files before it is cured. `key`: the same as long as it is. */
export type Finding = FindingCause & { key: string; status: 'failing' | 'warning' }

/** What findings are found in; what is not known has none. */
export interface Seen {
  doctor?: SeenByDoctor | undefined
  accounts?: readonly HostAccountView[] | undefined
  hosts?: readonly HostView[] | undefined
  store?: Pick<StoreView, 'state' | 'reason' | 'stored' | 'quota' | 'room' | 'growth'> | undefined
  /** Attempts to get in that failed, of the last day. */
  refused?: readonly FailedAttempt[] | undefined
}

interface SeenByDoctor extends Pick<DoctorView, 'readiness' | 'secrets' | 'nightlyBackup'> {
  mail: MailFault | null
  webhooks: readonly FailingWebhook[] | null
}
type FailingWebhook = Pick<NonNullable<DoctorView['webhooks']>[number], 'email' | 'error'>
type MailFault = Pick<NonNullable<DoctorView['mail']>, 'error'>
type FailedAttempt = Pick<AuditEntryView, 'address' | 'count'>

/** Attempts in a day that are more than somebody's slips. */
const MANY_ATTEMPTS = 50

/** findingsOf is what needs a human, the worst first. `now`: epoch ms. */
export function findingsOf(
  { doctor, accounts, hosts = [], store, refused = [] }: Seen,
  now: number,
): Finding[] {
  const findings = [
    ...checkFindings(doctor?.readiness.checks ?? []),
    ...storeFindings(store, now),
    ...secretFindings(doctor?.secrets ?? null),
    ...backupFindings(doctor?.nightlyBackup ?? null, now),
    ...mailFindings(doctor?.mail ?? null),
    ...webhookFindings(doctor?.webhooks ?? []),
    ...(accounts ?? []).flatMap((account) => accountFindings(account, now)),
    ...needFindings(hosts, accounts, now),
    ...hosts.flatMap(hostFindings),
    ...hosts.flatMap((host) => trafficFindings(host, now)),
    ...attemptFindings(refused),
  ]
  return findings.toSorted(
    (one, other) => Number(one.status !== 'failing') - Number(other.status !== 'failing'),
  )
}

/** needsSomebody is whether somebody has to hear of it who does not look: an account that rests goes on by itself. */
export const needsSomebody = (finding: Finding): boolean =>
  finding.kind !== 'account' || finding.trouble.kind !== 'resting'

function checkFindings(checks: readonly Check[]): Finding[] {
  return checks.flatMap(({ name, status, detail, action }): Finding[] => {
    // Of store and secrets other answers know more; what only follows from another trouble has no action.
    if (status !== 'failing' || name === 'store' || name === 'secrets' || action === undefined) return []
    const words = [detail, action].filter((part) => part !== undefined).join(' · ')
    return [{ key: `check ${name}`, status, kind: 'check', check: name, words }]
  })
}

function storeFindings(store: Seen['store'], now: number): Finding[] {
  if (!store) return []
  const { state, reason } = store
  if (state === 'ok') return fillingFindings(store, now)
  return [{ key: `store ${state}`, status: 'failing', kind: 'store', state, words: reason }]
}

/** A quota that is reached needs nobody. */
function fillingFindings(store: NonNullable<Seen['store']>, now: number): Finding[] {
  const filling = storeFilling(store, now)
  if (filling?.limit !== 'room' || filling.at > now + SOON_MS) return []
  const at = new Date(filling.at).toISOString()
  return [{ key: 'store filling', status: 'warning', kind: 'store_filling', at }]
}

function secretFindings(secrets: DoctorView['secrets']): Finding[] {
  const { unreadable = 0, older = 0 } = secrets ?? {}
  if (unreadable > 0)
    return [{ key: 'secrets', status: 'failing', kind: 'secrets_unreadable', count: unreadable }]
  if (older === 0) return []
  return [{ key: 'older secrets', status: 'warning', kind: 'secrets_older', count: older }]
}

function backupFindings(backup: DoctorView['nightlyBackup'], now: number): Finding[] {
  const trouble = backup === null ? undefined : backupTrouble(backup, now)
  if (!backup || !trouble) return []
  const { madeAt, failure: words } = backup
  return [{ key: `backup ${trouble}`, status: 'warning', kind: 'backup', trouble, madeAt, words }]
}

function mailFindings(mail: MailFault | null): Finding[] {
  const words = mail?.error ?? null
  return words === null ? [] : [{ key: 'mail', status: 'warning', kind: 'mail', words }]
}

function webhookFindings(webhooks: readonly FailingWebhook[]): Finding[] {
  return webhooks.map(({ email, error }) => ({
    ...{ key: `webhook ${email}`, status: 'warning', kind: 'webhook' },
    ...{ email, words: error },
  }))
}

function accountFindings(account: HostAccountView, now: number): Finding[] {
  const trouble = accountTrouble(account, now)
  // What a person switched off waits for nobody.
  if (!trouble || (trouble.kind === 'off' && trouble.reason === null)) return []
  const { id, platform, label, offReason: words } = account
  const key = `account ${id} ${trouble.kind}`
  return [{ key, status: 'warning', kind: 'account', id, account: `${platform} · ${label}`, trouble, words }]
}

/** Where hosts are on that want an account, and there is none, or none that works now or by itself later. */
function needFindings(hosts: readonly HostView[], accounts: Seen['accounts'], now: number): Finding[] {
  const isWanted = hosts.some(({ enabled, needsAccount }) => enabled && needsAccount)
  if (!isWanted || accounts === undefined) return []
  if (accounts.length === 0) return [{ key: 'no account', status: 'warning', kind: 'no_account' }]
  const isUsable = (account: HostAccountView) => {
    const kind = accountTrouble(account, now)?.kind
    return kind !== 'off' && kind !== 'ended' && kind !== 'not_premium'
  }
  if (accounts.some(isUsable)) return []
  return [{ key: 'no usable account', status: 'warning', kind: 'no_usable_account' }]
}

function hostFindings({ platform, enabled, health }: HostView): Finding[] {
  const { working, canaryError, lastError, openUntil } = health
  if (!enabled) return []
  if (!working) {
    const key = `host ${platform}`
    return [{ key, status: 'warning', kind: 'host', platform, openUntil, words: lastError }]
  }
  if (canaryError === null) return []
  return [{ key: `canary ${platform}`, status: 'warning', kind: 'canary', platform, words: canaryError }]
}

function trafficFindings(host: HostView, now: number): Finding[] {
  const at = host.enabled ? trafficDry(host, now) : undefined
  if (at === undefined || at > now + SOON_MS) return []
  const { platform } = host
  const key = `traffic ${platform}`
  return [{ key, status: 'warning', kind: 'traffic', platform, at: new Date(at).toISOString() }]
}

function attemptFindings(refused: readonly FailedAttempt[]): Finding[] {
  const count = refused.reduce((sum, entry) => sum + entry.count, 0)
  if (count < MANY_ATTEMPTS) return []
  const addresses = new Set(refused.map(({ address }) => address)).size
  return [{ key: 'attempts', status: 'warning', kind: 'attempts', count, addresses }]
}
