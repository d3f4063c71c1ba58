import { describe, expect, it } from '@jest/globals'
import { SWITCHED_OFF } from './account-trouble.js'
import { findingPlace, findingUrl } from './finding-place.js'
import { type Seen, findingsOf, needsSomebody } from './findings.js'
import type { HostAccountView } from './host-accounts.js'
import type { HostView } from './hosts.js'

const NOW = Date.parse('2026-05-01T00:00:00Z')
const HOUR = 3_600_000
const at = (ms: number) => new Date(NOW + ms).toISOString()

const account = (more: Partial<HostAccountView> = {}): HostAccountView => ({
  ...{ id: 'a', platform: 'Host', label: 'op', enabled: true, offReason: null, coolUntil: null },
  ...{ premium: true, validUntil: null, trafficLeft: null, trafficTotal: null, checkedAt: null },
  ...{ downloads: 0, maxDownloads: null, connections: 0, maxConnections: null, bandwidth: null, proxy: null },
  ...more,
})

type Health = HostView['health']
const host = (more: Partial<HostView> = {}, health: Partial<Health> = {}): HostView => ({
  ...{
    platform: 'Host',
    enabled: true,
    domains: [],
    maxChunks: 1,
    maxDownloads: 1,
    maxQueued: 1,
    solo: false,
  },
  ...{ bandwidth: null, canaryUrl: null, resumable: true, needsAccount: false, accounts: 0, traffic: null },
  ...{ credentials: [], switches: [], origins: {}, originOverrides: {} },
  health: {
    ...{ working: true, openUntil: null, failures: 0, successRate: null, speed: null },
    ...{ lastError: null, lastErrorAt: null, canaryAt: null, canaryError: null },
    ...health,
  },
  ...more,
})

const store = (more: Partial<NonNullable<Seen['store']>> = {}): NonNullable<Seen['store']> => ({
  ...{ state: 'ok', reason: null, stored: 100, quota: null, room: 100, growth: null },
  ...more,
})

type Doctor = NonNullable<Seen['doctor']>
const doctor = (more: Partial<Doctor> = {}): Doctor => ({
  ...{ readiness: { ready: true, checks: [{ name: 'database', status: 'ok' }] }, mail: { error: null } },
  ...{ secrets: { checked: 1, unreadable: 0, older: 0 }, webhooks: [], nightlyBackup: null },
  ...more,
})

const found = (seen: Seen) => findingsOf(seen, NOW)
const keys = (seen: Seen) => found(seen).map(({ key }) => key)

describe('what needs a human', () => {
  it('is nothing where all is well, and nothing of what is not known', () => {
    const well = {
      ...{ doctor: doctor(), accounts: [account()], hosts: [host({ needsAccount: true, accounts: 1 })] },
      ...{ store: store(), refused: [{ address: '10.0.0.1', count: 49 }] },
    }
    expect(found(well)).toEqual([])
    expect(found({})).toEqual([])
    expect(found({ doctor: doctor({ secrets: null, mail: null, webhooks: null }) })).toEqual([])
  })

  it('has first what keeps files from everybody', () => {
    const seen = {
      ...{ accounts: [account({ premium: false })], store: store({ state: 'full', reason: 'ENOSPC' }) },
      doctor: doctor({ mail: { error: 'refused' } }),
    }
    expect(keys(seen)).toEqual(['store full', 'mail', 'account a not_premium'])
    expect(found(seen)[0]).toMatchObject({ status: 'failing', state: 'full', words: 'ENOSPC' })
  })

  it('is a check that fails, but not one that only follows from another trouble, nor what others know better', () => {
    const failing = (name: 'clock' | 'migrations' | 'store' | 'secrets', action?: string) => ({
      ...{ name, status: 'failing' as const, detail: 'why' },
      ...(action !== undefined && { action }),
    })
    const checks = [
      failing('clock', 'do'),
      failing('migrations'),
      failing('store', 'do'),
      failing('secrets', 'do'),
    ]
    expect(found({ doctor: doctor({ readiness: { ready: false, checks } }) })).toEqual([
      { key: 'check clock', status: 'failing', kind: 'check', check: 'clock', words: 'why · do' },
    ])
  })

  it('is each account with a trouble by its kind, but not one that a person switched off', () => {
    const seen = {
      accounts: [
        account({ id: 'byHand', enabled: false, offReason: SWITCHED_OFF }),
        account({ id: 'refused', enabled: false, offReason: 'wrong password' }),
        account({ id: 'ends', validUntil: at(HOUR) }),
        account({ id: 'ended', validUntil: at(-HOUR) }),
        account({ id: 'rests', coolUntil: at(HOUR) }),
      ],
    }
    expect(keys(seen)).toEqual([
      ...['account refused off', 'account ends ending', 'account ended ended', 'account rests resting'],
    ])
    expect(found(seen).filter(needsSomebody)).toHaveLength(3) // what rests goes on by itself
  })

  it('is that there is no account, or none that can be used, where a host is on that wants one', () => {
    const hosts = [host({ needsAccount: true }), host()]
    const off = account({ id: 'off', enabled: false, offReason: SWITCHED_OFF })
    expect(keys({ hosts, accounts: [] })).toEqual(['no account'])
    expect(keys({ hosts, accounts: [off] })).toEqual(['no usable account'])
    expect(keys({ hosts, accounts: [account({ premium: false }), off] })).toEqual([
      ...['account a not_premium', 'no usable account'],
    ])
    for (const usable of [account(), account({ coolUntil: at(HOUR) }), account({ validUntil: at(HOUR) })])
      expect(keys({ hosts, accounts: [off, usable] })).not.toContain('no usable account')
    expect(keys({ hosts })).toEqual([]) // nothing is known of accounts
    expect(keys({ hosts: [host({ needsAccount: true, enabled: false })], accounts: [] })).toEqual([])
  })

  it('is a host that does not work, or whose canary is gone, while it is on', () => {
    const down = { working: false, openUntil: at(HOUR), lastError: 'HTTP 500', canaryError: 'GONE' }
    expect(found({ hosts: [host({}, down), host({ enabled: false }, down)] })).toEqual([
      {
        ...{ key: 'host Host', status: 'warning', kind: 'host', platform: 'Host' },
        ...{ openUntil: at(HOUR), words: 'HTTP 500' },
      },
    ])
    expect(keys({ hosts: [host({}, { canaryError: 'GONE' })] })).toEqual(['canary Host'])
  })

  it('is secrets by what is worst, failing webhooks, and attempts beyond slips', () => {
    const webhooks = [{ email: 'a@b.test', error: 'it answered 500' }]
    const refused = [1, 2, 1].map((n) => ({ address: `10.0.0.${n}`, count: 20 }))
    const secrets = { checked: 3, unreadable: 1, older: 2 }
    expect(keys({ doctor: doctor({ secrets, webhooks }), refused })).toEqual([
      ...['secrets', 'webhook a@b.test', 'attempts'],
    ])
    expect(keys({ doctor: doctor({ secrets: { ...secrets, unreadable: 0 } }) })).toEqual(['older secrets'])
    expect(found({ refused })).toMatchObject([{ kind: 'attempts', count: 60, addresses: 2 }])
  })
})

describe('forecasts', () => {
  it('are told three days before: of a disk that fills, not of a quota; of traffic, while its host is on', () => {
    expect(keys({ store: store({ growth: 33 }) })).toEqual([]) // in 3.03 days
    expect(found({ store: store({ growth: 50 }) })).toEqual([
      { key: 'store filling', status: 'warning', kind: 'store_filling', at: at(48 * HOUR) },
    ])
    expect(keys({ store: store({ growth: 50, quota: 150 }) })).toEqual([])
    const traffic = { left: 100, perDay: 50, renewsAt: null }
    expect(found({ hosts: [host({ traffic }), host({ traffic, enabled: false })] })).toEqual([
      { key: 'traffic Host', status: 'warning', kind: 'traffic', platform: 'Host', at: at(48 * HOUR) },
    ])
    expect(keys({ hosts: [host({ traffic: { ...traffic, perDay: 33 } })] })).toEqual([])
  })
})

describe('nightly backups', () => {
  const nightly = (more: Partial<NonNullable<Doctor['nightlyBackup']>> = {}) => {
    const well = { since: at(-99 * HOUR), madeAt: at(-HOUR), failedAt: null, failure: null }
    return found({ doctor: doctor({ nightlyBackup: { ...well, ...more } }) })
  }

  it('are told once the last one failed, or is old and nobody has just begun to make them', () => {
    expect(nightly()).toEqual([])
    expect(nightly({ madeAt: at(-29 * HOUR) })).toEqual([])
    expect(nightly({ madeAt: at(-30 * HOUR) })).toMatchObject([{ key: 'backup old', madeAt: at(-30 * HOUR) }])
    expect(nightly({ madeAt: null })).toMatchObject([{ key: 'backup old', madeAt: null }])
    expect(nightly({ madeAt: at(-99 * HOUR), since: at(-HOUR) })).toEqual([])
    expect(nightly({ failedAt: at(0), failure: 'ENOSPC' })).toMatchObject([
      { key: 'backup failed', status: 'warning', words: 'ENOSPC' },
    ])
  })
})

describe('where a finding is looked at', () => {
  const urls = (seen: Seen) => found(seen).map((finding) => findingUrl(finding, 'https://obb.test'))

  it('is a page of the portal, else the overview', () => {
    const seen = {
      ...{ accounts: [account({ premium: false })], hosts: [host({ platform: 'A&B' }, { working: false })] },
      ...{ store: store({ state: 'away' }), refused: [{ address: '10.0.0.1', count: 50 }] },
      doctor: doctor({ webhooks: [{ email: 'a@b.test', error: null }] }),
    }
    expect(urls(seen)).toEqual(
      [
        ...['/admin/files', '/admin', '/admin/accounts?account=a', '/admin/hosts?host=A%26B'],
        '/admin/audit?since=24',
      ].map((path) => `https://obb.test${path}`),
    )
    expect(found(seen).map(findingPlace)[2]).toEqual({ to: '/admin/accounts', search: { account: 'a' } })
    expect(urls({ hosts: [host({ needsAccount: true })], accounts: [] })).toEqual([
      'https://obb.test/admin/accounts',
    ])
  })
})
