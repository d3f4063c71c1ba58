import {
  type AuditEntryView,
  type DoctorView,
  type HostAccountView,
  type HostView,
  type StoreView,
  accountTrouble,
} from '@obb/contracts'
import { formatTime } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { troubleNext, troubleText } from '../accounts/account-state.js'
import { checkName } from '../checks.js'
import { storeNext, storeTitle } from '../files/store-state.js'

/** Where a finding is looked at. */
export type Place =
  | { to: '/admin/accounts'; search: { account?: string } }
  | { to: '/admin/hosts'; search: { host?: string } }
  | { to: '/admin/audit'; search: { since?: string } }
  | { to: '/admin/files' | '/admin/queue' | '/admin/settings' }

/** Something that waits for a person. `failing`: nobody gets files before it is cured. */
export interface Finding {
  key: string
  status: 'failing' | 'warning'
  title: string
  /** As a host or the server put it, in English. */
  words?: string | undefined
  next?: string | undefined
  place?: Place
}

export interface Seen {
  doctor: DoctorView | undefined
  accounts: readonly HostAccountView[] | undefined
  hosts: readonly HostView[] | undefined
  store: StoreView | undefined
  refused: readonly AuditEntryView[] | undefined
}

/** Attempts in a day that are more than somebody's slips. */
const MANY_ATTEMPTS = 50

/** findingsOf is what needs a human, the worst first. `now`: epoch ms. */
export function findingsOf({ doctor, accounts, hosts, store, refused }: Seen, now: number): Finding[] {
  const findings = [
    ...checkFindings(doctor),
    ...storeFindings(store),
    ...secretFindings(doctor),
    ...mailFindings(doctor),
    ...webhookFindings(doctor),
    ...accountFindings(accounts ?? [], now),
    ...needFindings(hosts ?? []),
    ...hostFindings(hosts ?? []),
    ...refusedFindings(refused ?? []),
  ]
  return findings.toSorted(
    (one, other) => Number(one.status !== 'failing') - Number(other.status !== 'failing'),
  )
}

function checkFindings(doctor: DoctorView | undefined): Finding[] {
  const failing = (doctor?.readiness.checks ?? []).filter(({ name, status, action }) => {
    // Of store and secrets other answers know more; what only follows from another trouble has no action.
    return status === 'failing' && name !== 'store' && name !== 'secrets' && action !== undefined
  })
  return failing.map(({ name, detail, action }) => ({
    key: `check ${name}`,
    status: 'failing',
    title:
      name === 'fetchers' ? m.admin_finding_no_fetcher() : m.admin_finding_check({ check: checkName(name) }),
    words: [detail, action].filter((part) => part !== undefined).join(' · '),
    ...(name === 'fetchers' && { next: m.admin_finding_no_fetcher_next(), place: { to: '/admin/queue' } }),
  }))
}

function mailFindings(doctor: DoctorView | undefined): Finding[] {
  const error = doctor?.mail?.error ?? null
  if (error === null) return []
  return [
    {
      ...{ key: 'mail', status: 'warning', title: m.admin_finding_mail(), words: error },
      ...{ next: m.admin_finding_mail_next(), place: { to: '/admin/settings' } },
    },
  ]
}

function webhookFindings(doctor: DoctorView | undefined): Finding[] {
  return (doctor?.webhooks ?? []).map(({ email, error }) => ({
    key: `webhook ${email}`,
    status: 'warning',
    title: m.admin_finding_webhook({ email }),
    words: error ?? undefined,
    next: m.admin_finding_webhook_next(),
  }))
}

function storeFindings(store: StoreView | undefined): Finding[] {
  if (!store || store.state === 'ok') return []
  const { state, reason } = store
  const place = { to: '/admin/files' } as const
  return [
    {
      key: 'store',
      status: 'failing',
      title: storeTitle(state),
      words: reason ?? undefined,
      next: storeNext(state),
      place,
    },
  ]
}

function secretFindings(doctor: DoctorView | undefined): Finding[] {
  const place = { to: '/admin/settings' } as const
  const { unreadable = 0, older = 0 } = doctor?.secrets ?? {}
  if (unreadable > 0) {
    const title = m.admin_finding_secrets({ count: unreadable })
    return [{ key: 'secrets', status: 'failing', title, next: m.admin_secrets_unreadable_next(), place }]
  }
  if (older === 0) return []
  const title = m.admin_finding_secrets_older({ count: older })
  return [{ key: 'secrets', status: 'warning', title, next: m.admin_reseal_text(), place }]
}

function accountFindings(accounts: readonly HostAccountView[], now: number): Finding[] {
  return accounts.flatMap((account): Finding[] => {
    const trouble = accountTrouble(account, now)
    // What a person switched off waits for nobody.
    if (!trouble || (trouble.kind === 'off' && trouble.reason === null)) return []
    const { id, platform, label, offReason } = account
    return [
      {
        key: `account ${id}`,
        status: 'warning',
        title: m.admin_finding_account({ account: `${platform} · ${label}`, trouble: troubleText(trouble) }),
        words: offReason ?? undefined,
        next: troubleNext(trouble),
        place: { to: '/admin/accounts', search: { account: id } },
      },
    ]
  })
}

/** The first account is missing where hosts are on that want one, and none of them has one. */
function needFindings(hosts: readonly HostView[]): Finding[] {
  const wanting = hosts.filter(({ enabled, needsAccount }) => enabled && needsAccount)
  if (wanting.length === 0 || wanting.some(({ accounts }) => accounts > 0)) return []
  const place = { to: '/admin/accounts', search: {} } as const
  const title = m.admin_accounts_none()
  return [{ key: 'no account', status: 'warning', title, next: m.admin_accounts_none_hint(), place }]
}

function hostFindings(hosts: readonly HostView[]): Finding[] {
  return hosts.flatMap(({ platform, enabled, health }): Finding[] => {
    if (!enabled || (health.working && health.canaryError === null)) return []
    const { lastError, canaryError, openUntil, working } = health
    const again =
      openUntil === null
        ? m.admin_finding_host_next()
        : m.admin_finding_host_until({ time: formatTime(openUntil) })
    return [
      {
        key: `host ${platform}`,
        status: 'warning',
        title: working ? m.admin_finding_canary({ platform }) : m.admin_finding_host({ platform }),
        words: (working ? canaryError : lastError) ?? undefined,
        next: working ? m.admin_finding_canary_next() : again,
        place: { to: '/admin/hosts', search: { host: platform } },
      },
    ]
  })
}

function refusedFindings(refused: readonly AuditEntryView[]): Finding[] {
  const count = refused.reduce((sum, entry) => sum + entry.count, 0)
  if (count < MANY_ATTEMPTS) return []
  const place = { to: '/admin/audit', search: { since: '24' } } as const
  const addresses = new Set(refused.map(({ address }) => address)).size
  const title = m.admin_finding_attempts({ count, addresses })
  return [{ key: 'attempts', status: 'warning', title, next: m.admin_finding_attempts_next(), place }]
}
