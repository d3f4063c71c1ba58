import type { Finding } from './findings.js'

/** A page of the portal, as its router and URLs name it. */
export type FindingPlace =
  | { to: '/admin/accounts'; search: { account?: string } }
  | { to: '/admin/hosts'; search: { host?: string } }
  | { to: '/admin/audit'; search: { since?: string } }
  | { to: '/admin/files' | '/admin/queue' | '/admin/settings' }

/** findingPlace is where a finding is looked at; undefined where the portal has no page for it. */
export function findingPlace(finding: Finding): FindingPlace | undefined {
  switch (finding.kind) {
    case 'check':
      return finding.check === 'fetchers' ? { to: '/admin/queue' } : undefined
    case 'store':
    case 'store_filling':
      return { to: '/admin/files' }
    case 'secrets_unreadable':
    case 'secrets_older':
    case 'mail':
      return { to: '/admin/settings' }
    case 'webhook':
    case 'backup':
      return undefined
    case 'account':
      return { to: '/admin/accounts', search: { account: finding.id } }
    case 'no_account':
    case 'no_usable_account':
      return { to: '/admin/accounts', search: {} }
    case 'host':
    case 'canary':
    case 'traffic':
      return { to: '/admin/hosts', search: { host: finding.platform } }
    case 'attempts':
      return { to: '/admin/audit', search: { since: '24' } }
  }
}

/** findingUrl is the same as a URL: of the overview where there is no page for it. `base`: of the portal. */
export function findingUrl(finding: Finding, base: string): string {
  const place = findingPlace(finding)
  if (place === undefined) return `${base}/admin`
  const query = new URLSearchParams('search' in place ? place.search : {}).toString()
  return `${base}${place.to}${query === '' ? '' : `?${query}`}`
}
