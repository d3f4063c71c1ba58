import { describe, expect, it } from '@jest/globals'
import { type KeyTerms, type KeyUse, keyRefusal } from './index.js'

const NOW = Date.UTC(2027, 0, 1)
const TERMS: KeyTerms = { id: 'k', revision: 0, scopes: ['read'], networks: [], expiresAt: null }

const refusal = (terms: Partial<KeyTerms>, use: Partial<KeyUse> = {}) =>
  keyRefusal({ ...TERMS, ...terms }, { scope: 'read', address: '192.0.2.7', ...use }, NOW)

describe('a key', () => {
  it('does for what is in its scopes, and nothing else', () => {
    expect(refusal({ scopes: ['read', 'submit'] }, { scope: 'submit' })).toBeUndefined()
    expect(refusal({ scopes: ['read', 'download'] }, { scope: 'submit' })).toBe('key_scope_missing')
    expect(refusal({ scopes: [] })).toBe('key_scope_missing')
  })

  it('does until it ends', () => {
    expect(refusal({ expiresAt: new Date(NOW + 1) })).toBeUndefined()
    expect(refusal({ expiresAt: new Date(NOW) })).toBe('key_expired')
  })

  it.each([
    ['192.0.2.0/24', '192.0.2.255'],
    ['192.0.2.0/24', '::ffff:192.0.2.1'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['2001:db8::/32', '2001:DB8:1::5'],
    ['fe80::/10', 'fe80::1%eth0'],
    ['0.0.0.0/0', '203.0.113.9'],
  ])('of the network %s works from %s', (network, address) => {
    expect(refusal({ networks: ['198.51.100.0/24', network] }, { address })).toBeUndefined()
  })

  it.each([
    ['192.0.2.0/24', '192.0.3.0'],
    ['192.0.2.0/24', '2001:db8::1'],
    ['0.0.0.0/0', '2001:db8::1'],
    ['::/0', '192.0.2.1'],
    ['2001:db8::/32', '2001:db9::1'],
    ['192.0.2.0/24', ''],
    ['192.0.2.0/24', 'unix'],
  ])('of the network %s does not work from %j', (network, address) => {
    expect(refusal({ networks: [network] }, { address })).toBe('key_network_refused')
  })
})
