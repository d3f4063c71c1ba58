import {
  type AccountTrouble,
  type Check,
  type DoctorView,
  type HostAccountView,
  type HostView,
  type StoreView,
  type ProcessHealth,
  accountTrouble,
  backupTrouble,
  findingsOf,
} from '@obb/contracts'
import { formatBytes } from '../output.js'

/** One thing that was looked at. A warning is no failure: OBB works, and somebody should look. */
export interface Finding {
  name: string
  status: 'ok' | 'warning' | 'failing'
  detail?: string
  action?: string
}

/** `name`: of the check, with the process that tells of it where several do. */
const ofCheck = ({ status, detail, action }: Check, name: string): Finding => ({
  name,
  status,
  ...(detail !== undefined && { detail }),
  ...(action !== undefined && { action }),
})

/** What only follows from another trouble has no action of its own, and is not told beside it. */
const follows = ({ status, action }: Check): boolean => status === 'failing' && action === undefined

/**
 * What the processes of this machine say: one finding for each that is ready, and all that fails but what the gateway
 * tells of itself, which is told once.
 */
export function processFindings(processes: readonly ProcessHealth[], gateway?: DoctorView): Finding[] {
  const checks = gateway?.readiness.checks ?? []
  const told = new Set(checks.filter(({ status }) => status === 'failing').map(({ name }) => name))
  return processes.flatMap(({ app, readiness }): Finding[] => {
    if (readiness === null) {
      const action = `Look into logs/${app}.log of the data directory; npm start starts it again by itself.`
      return [{ name: app, status: 'failing', detail: 'does not answer', action }]
    }
    if (readiness.ready) return [{ name: app, status: 'ok' }]
    return readiness.checks
      .filter((check) => check.status === 'failing' && !follows(check) && !told.has(check.name))
      .map((check) => ofCheck(check, `${app}: ${check.name}`))
  })
}

export function gatewayFindings(
  { readiness, secrets, mail, webhooks, nightlyBackup, oidc, addresses }: DoctorView,
  now: number,
): Finding[] {
  // Of the secrets the other look knows more.
  const checks = readiness.checks.filter((check) => check.name !== 'secrets' && !follows(check))
  return [
    ...checks.map((check) => ofCheck(check, check.name)),
    ...secretFindings(secrets),
    ...backupFindings(nightlyBackup, now),
    ...mailFindings(mail, addresses.api),
    ...webhookFindings(webhooks),
    ...oidcFindings(oidc),
  ]
}

/** Nothing but sign-in by it fails with the provider. */
function oidcFindings(oidc: DoctorView['oidc']): Finding[] {
  if (oidc === null) return []
  const name = `OpenID provider ${oidc.issuer}`
  if (oidc.fault === null) return [{ name, status: 'ok' }]
  const action =
    'Check OIDC_ISSUER, and whether this server reaches it; people sign in by password meanwhile.'
  return [{ name, status: 'failing', detail: oidc.fault, action }]
}

function secretFindings(secrets: DoctorView['secrets']): Finding[] {
  const name = 'secrets key'
  if (secrets === null) return [] // not known while the database is away, which is told
  const { checked, unreadable, older } = secrets
  if (unreadable > 0) {
    const action =
      'Set SECRETS_KEY to the key that sealed them, or add it to SECRETS_KEYS_OLD; else enter them anew with ./obb account set.'
    return [{ name, status: 'failing', detail: `does not open ${unreadable} of ${checked} values`, action }]
  }
  if (older > 0) {
    const detail = `${older} of ${checked} values are sealed with an older key`
    return [{ name, status: 'warning', detail, action: 'Run ./obb secrets reseal.' }]
  }
  return [{ name, status: 'ok', detail: `opens all ${checked} values` }]
}

/** Of nightly backups, where they are on. */
function backupFindings(backup: DoctorView['nightlyBackup'], now: number): Finding[] {
  if (backup === null) return []
  const name = 'nightly backup'
  const newest = backup.madeAt === null ? 'none is there' : `the newest one is of ${backup.madeAt}`
  switch (backupTrouble(backup, now)) {
    case 'failed': {
      const detail = `failed at ${backup.failedAt}: ${backup.failure}; ${newest}`
      const action = 'It is tried again every hour: see that BACKUP_DIR has room and may be written.'
      return [{ name, status: 'warning', detail, action }]
    }
    case 'old': {
      const action = 'See that what makes them runs: npm start, or the service backup of compose.'
      return [{ name, status: 'warning', detail: newest, action }]
    }
    case undefined:
      return [{ name, status: 'ok', detail: newest }]
  }
}

/** Of mails, where a mail server is set. */
function mailFindings(mail: DoctorView['mail'], address: string | null): Finding[] {
  if (mail === null) return []
  const name = 'mail'
  if (address === null) {
    const detail = 'none is sent: links in mails begin with PUBLIC_API_URL, which is not set'
    return [{ name, status: 'warning', detail, action: 'Set PUBLIC_API_URL and restart.' }]
  }
  const { waiting, waitingSince, error } = mail
  if (error !== null) {
    const detail = `${waiting} waiting since ${waitingSince}, not sent yet: ${error}`
    const action = 'Check SMTP_URL and the mail server; ./obb mail test --to E tries it now.'
    return [{ name, status: 'warning', detail, action }]
  }
  return [{ name, status: 'ok', detail: `from ${mail.from}` }]
}

/** Of users' webhooks, those that fail. */
function webhookFindings(webhooks: DoctorView['webhooks']): Finding[] {
  return (webhooks ?? []).map(({ email, since, error }) => ({
    name: `webhook of ${email}`,
    status: 'warning',
    detail: `fails since ${since}: ${error ?? 'unknown'}`,
    action: `Tell its user, or try it: ./obb notifications test --email ${email} --channel webhook.`,
  }))
}

/** Of the operator's accounts: each that is not as it should be, or one finding for all. */
export function accountFindings(accounts: readonly HostAccountView[], now: number): Finding[] {
  if (accounts.length === 0) {
    const action = 'Add one with ./obb account add; hosts without accounts work all the same.'
    return [{ name: 'accounts', status: 'warning', detail: 'there is none', action }]
  }
  const troubles = accounts.flatMap((account) => {
    const trouble = accountTrouble(account, now)
    if (trouble === undefined) return []
    const name = `account ${account.platform} ${account.label}`
    return [{ name, status: 'warning' as const, ...troubleFinding(account, trouble) }]
  })
  return troubles.length > 0
    ? troubles
    : [{ name: 'accounts', status: 'ok', detail: `${accounts.length}, all of them usable` }]
}

function troubleFinding(
  { id, trafficLeft }: HostAccountView,
  trouble: AccountTrouble,
): Required<Pick<Finding, 'detail' | 'action'>> {
  const renew = 'Renew it at the host.'
  switch (trouble.kind) {
    case 'off':
      return {
        detail: `off: ${trouble.reason ?? 'switched off by hand'}`,
        action: `Once it is cured: ./obb account enable ${id}`,
      }
    case 'ended':
      return { detail: `ended on ${trouble.at}`, action: renew }
    case 'not_premium':
      return { detail: 'is not premium', action: renew }
    case 'ending':
      return { detail: `ends on ${trouble.at}`, action: renew }
    case 'no_traffic':
      return {
        detail: `${formatBytes(trafficLeft ?? 0)} of traffic left`,
        action: 'Wait for the host, or add an account.',
      }
    case 'resting':
      return {
        detail: `rests until ${trouble.until}`,
        action: `Nothing; ./obb account check ${id} asks the host now.`,
      }
  }
}

/** Of the platforms: each whose circuit is open, or whose canary is gone. */
export function hostFindings(hosts: readonly HostView[]): Finding[] {
  const enabled = hosts.filter((host) => host.enabled)
  const troubles = enabled.flatMap(({ platform, health }): Finding[] => {
    const { working, lastError, openUntil, canaryError } = health
    const action = `It is tried again by itself; ./obb host try ${platform} tries it now, ./obb host show ${platform} has the rest.`
    if (!working) {
      const until = openUntil === null ? '' : `, not asked before ${openUntil}`
      const detail = `does not work: ${lastError ?? 'most fetches fail'}${until}`
      return [{ name: `host ${platform}`, status: 'warning', detail, action }]
    }
    if (canaryError === null) return []
    return [{ name: `host ${platform}`, status: 'warning', detail: `canary: ${canaryError}`, action }]
  })
  return troubles.length > 0
    ? troubles
    : [{ name: 'hosts', status: 'ok', detail: `${enabled.length} enabled, all of them work` }]
}

/** What is about to run out: the room of the store, the traffic at hosts. */
export function forecastFindings(
  { store, hosts }: { store?: StoreView; hosts?: readonly HostView[] },
  now: number,
): Finding[] {
  return findingsOf({ store, hosts }, now).flatMap((finding): Finding[] => {
    if (finding.kind === 'store_filling') {
      const action = 'Remove files, give the store more room, or set STORAGE_QUOTA.'
      const detail = `full at about ${finding.at}, as it grew of late`
      return [{ name: 'room of the store', status: 'warning', detail, action }]
    }
    if (finding.kind !== 'traffic') return []
    const detail = `used up at about ${finding.at}, as it was used of late`
    const action = 'Add an account, or buy traffic at the host.'
    return [{ name: `traffic at ${finding.platform}`, status: 'warning', detail, action }]
  })
}

/** The line of a finding, for people. */
export function findingLine({ name, status, detail, action }: Finding): string {
  const what = detail === undefined ? name : `${name}: ${detail}`
  return `${status.padEnd(7)}  ${what}${action === undefined ? '' : `. ${action}`}`
}
