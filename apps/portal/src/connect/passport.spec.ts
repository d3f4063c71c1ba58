import { describe, expect, it } from '@jest/globals'
import type { KeyView } from '../api/portal-types.js'
import { freeName, isAwaited, keysOf, passportOf } from './passport.js'

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

  it('are awaited once they are made here, until the first request, also one that is refused', () => {
    const keys = [key('curl'), key('obb', used('2027-01-02T00:00:00.000Z')), key('aria2')]
    const error = { at: '2027-01-03T00:00:00.000Z', status: 101, msg: 'no' }
    expect(isAwaited(keys, new Set())).toBe(false)
    expect(isAwaited(keys, new Set(['obb', 'aria2']))).toBe(true)
    expect(isAwaited(keys, new Set(['obb']))).toBe(false)
    expect(isAwaited([key('curl', { lastError: error })], new Set(['curl']))).toBe(false)
    expect(isAwaited(undefined, new Set(['curl']))).toBe(false)
  })
})
