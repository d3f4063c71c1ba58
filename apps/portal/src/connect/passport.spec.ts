import { describe, expect, it } from '@jest/globals'
import type { KeyView } from '../api/portal-types.js'
import { freeName, keysOf, passportOf } from './passport.js'

const key = (name: string, more: Partial<KeyView> = {}): KeyView => ({
  ...{ id: name, name, scopes: ['read'], networks: [], errorsAs200: false, expiresAt: null },
  ...{ createdAt: '2027-01-01T00:00:00.000Z', lastUsed: null, lastError: null },
  ...more,
})
const used = (at: string) => ({ lastUsed: { at, client: 'curl/8', address: '192.0.2.7' } })

describe('the keys of a client', () => {
  it('are those that were made for it, and not those that somebody called alike', () => {
    const names = ['curl', 'curl 2', 'curl 10', 'curl at home', 'curly', 'wget']
    expect(
      keysOf(
        'curl',
        names.map((name) => key(name)),
      ).map(({ name }) => name),
    ).toEqual(names.slice(0, 3))
    expect(freeName('curl', new Set(names))).toBe('curl 3')
  })

  it('tell its last use and its last failure, of whichever key', () => {
    const error = { at: '2027-01-03T00:00:00.000Z', status: 101, msg: 'no' }
    const passport = passportOf([
      key('curl', used('2027-01-02T00:00:00.000Z')),
      key('curl 2', { ...used('2027-01-05T00:00:00.000Z'), lastError: error }),
      key('curl 3'),
    ])
    expect([passport.lastUsed?.at, passport.lastError]).toEqual(['2027-01-05T00:00:00.000Z', error])
    expect(passportOf([])).toEqual({ lastUsed: null, lastError: null })
  })
})
