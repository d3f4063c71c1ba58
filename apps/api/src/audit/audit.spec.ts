import { describe, expect, it } from '@jest/globals'
import { networkOf } from './client-address.js'
import { shownSecret } from './shown-secret.js'

describe('the address of a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:DB8:0:7::1', '2001:db8:0:7::/64'],
    ['::1', '::/64'],
    ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
  ])('is of IPv4 itself and of IPv6 its network: %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('what was shown to be let in', () => {
  const KEY = `obb_${'k'.repeat(32)}`

  it('is told by the beginning of its hash, never by itself', () => {
    expect(shownSecret('key', KEY)).toMatch(/^key [0-9a-f]{8}$/)
    expect(shownSecret('token', 'x'.repeat(32))).toMatch(/^token [0-9a-f]{8}$/)
  })

  it('is nothing at all of what may be a password: a hash of that is soon guessed', () => {
    expect(shownSecret('key', 'correct horse')).toBe('no key by its form')
    expect(shownSecret('token', '')).toBe('no token')
    expect(shownSecret('key', undefined)).toBe('no key')
  })
})
