import type { Finding } from '@obb/contracts'
import { formatTime } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { troubleNext, troubleText } from '../accounts/account-state.js'
import { checkName } from '../checks.js'
import { storeNext, storeTitle } from '../files/store-state.js'

/** A finding in the language of the page: what it is called, and what to do about it. */
export interface FindingText {
  title: string
  next?: string | undefined
}

export function findingText(finding: Finding): FindingText {
  switch (finding.kind) {
    case 'check':
      return finding.check === 'fetchers'
        ? { title: m.admin_finding_no_fetcher(), next: m.admin_finding_no_fetcher_next() }
        : { title: m.admin_finding_check({ check: checkName(finding.check) }) }
    case 'store':
      return { title: storeTitle(finding.state), next: storeNext(finding.state) }
    case 'store_filling':
      return {
        title: m.admin_finding_store_filling({ time: formatTime(finding.at) }),
        next: m.admin_finding_store_filling_next(),
      }
    case 'secrets_unreadable':
      return {
        title: m.admin_finding_secrets({ count: finding.count }),
        next: m.admin_secrets_unreadable_next(),
      }
    case 'secrets_older':
      return { title: m.admin_finding_secrets_older({ count: finding.count }), next: m.admin_reseal_text() }
    case 'backup':
      return backupText(finding)
    case 'mail':
      return { title: m.admin_finding_mail(), next: m.admin_finding_mail_next() }
    case 'webhook':
      return {
        title: m.admin_finding_webhook({ email: finding.email }),
        next: m.admin_finding_webhook_next(),
      }
    case 'account': {
      const { account, trouble } = finding
      const title = m.admin_finding_account({ account, trouble: troubleText(trouble) })
      return { title, next: troubleNext(trouble) }
    }
    case 'no_account':
      return { title: m.admin_accounts_none(), next: m.admin_accounts_none_hint() }
    case 'no_usable_account':
      return { title: m.admin_finding_no_usable_account(), next: m.admin_finding_no_usable_account_next() }
    case 'host':
      return {
        title: m.admin_finding_host({ platform: finding.platform }),
        next: hostNext(finding.openUntil),
      }
    case 'canary':
      return {
        title: m.admin_finding_canary({ platform: finding.platform }),
        next: m.admin_finding_canary_next(),
      }
    case 'traffic': {
      const { platform, at } = finding
      const title = m.admin_finding_traffic({ platform, time: formatTime(at) })
      return { title, next: m.admin_finding_traffic_next() }
    }
    case 'attempts': {
      const { count, addresses } = finding
      return { title: m.admin_finding_attempts({ count, addresses }), next: m.admin_finding_attempts_next() }
    }
  }
}

function backupText({ trouble, madeAt }: Extract<Finding, { kind: 'backup' }>): FindingText {
  const newest =
    madeAt === null
      ? m.admin_finding_backup_none()
      : m.admin_finding_backup_newest({ time: formatTime(madeAt) })
  return trouble === 'failed'
    ? { title: m.admin_finding_backup_failed(), next: m.admin_finding_backup_failed_next({ newest }) }
    : { title: m.admin_finding_backup_old(), next: m.admin_finding_backup_old_next({ newest }) }
}

const hostNext = (openUntil: string | null): string =>
  openUntil === null
    ? m.admin_finding_host_next()
    : m.admin_finding_host_until({ time: formatTime(openUntil) })
