import { describe, expect, it } from '@jest/globals'
import { SWITCHED_OFF, accountTrouble } from './account-trouble.js'
import type { HostAccountView } from './host-accounts.js'

const NOW = Date.parse('2026-05-01T00:00:00Z')
const DAY = 86_400e3
const at = (ms: number) => new Date(NOW + ms).toISOString()

const account = (more: Partial<HostAccountView> = {}): HostAccountView => ({
  id: 'a',
  platform: 'Host',
  label: 'op',
  enabled: true,
  offReason: null,
  coolUntil: null,
  premium: true,
  validUntil: at(30 * DAY),
  trafficLeft: 1,
  trafficTotal: null,
  checkedAt: null,
  downloads: 0,
  maxDownloads: null,
  connections: 0,
  maxConnections: null,
  bandwidth: null,
  proxy: null,
  ...more,
})

describe('the trouble of an account', () => {
  it('is none while it can be used, also where its host tells nothing', () => {
    expect(accountTrouble(account(), NOW)).toBeUndefined()
    const silent = account({ premium: null, validUntil: null, trafficLeft: null })
    expect(accountTrouble(silent, NOW)).toBeUndefined()
    expect(accountTrouble(account({ coolUntil: at(-1) }), NOW)).toBeUndefined()
  })

  it('is the worst that there is', () => {
    const rests = { coolUntil: at(1) }
    const spent = { ...rests, trafficLeft: 0 }
    const ends = { ...spent, validUntil: at(DAY) }
    const free = { ...ends, premium: false }
    const ended = { ...free, validUntil: at(0) }
    const off = { ...ended, enabled: false, offReason: 'wrong password' }
    const kinds = [rests, spent, ends, free, ended, off].map(
      (more) => accountTrouble(account(more), NOW)?.kind,
    )
    expect(kinds).toEqual(['resting', 'no_traffic', 'ending', 'not_premium', 'ended', 'off'])
  })

  it('tells an account that ends within a week, so that there is time to renew it', () => {
    const validUntil = at(7 * DAY - 1)
    expect(accountTrouble(account({ validUntil }), NOW)).toEqual({ kind: 'ending', at: validUntil })
    expect(accountTrouble(account({ validUntil: at(7 * DAY) }), NOW)).toBeUndefined()
  })

  it('tells an account that a person switched off from one that its host refused', () => {
    const byHand = account({ enabled: false, offReason: SWITCHED_OFF })
    expect(accountTrouble(byHand, NOW)).toEqual({ kind: 'off', reason: null })
    const refused = account({ enabled: false, offReason: 'wrong password' })
    expect(accountTrouble(refused, NOW)).toEqual({ kind: 'off', reason: 'wrong password' })
  })
})
