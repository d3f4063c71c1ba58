import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { MAX_KEYS } from '@obb/contracts'
import { TestClock } from '@obb/testing/clock'
import { type TestAccount, TestDatabase, roundTrips } from '../testing/index.js'
import { Accounts, ApiKeys, KeyUses } from './index.js'

const MINUTE = 60_000
const NOBODYS = '00000000-0000-4000-8000-000000000000'
const clock = new TestClock()

let db: TestDatabase
let accounts: Accounts
let keys: ApiKeys
let user: TestAccount

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  accounts = new Accounts(db.source, clock)
  keys = new ApiKeys(db.source, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  user = await db.anAccount()
})

const termsOf = async (apiKey: string) => (await accounts.byKey(apiKey))?.key
const names = async () => (await keys.list(user.accountId)).map(({ name }) => name)

describe('the keys of an account', () => {
  it('are several, each with its own terms, and all of them work', async () => {
    const expiresAt = new Date(clock.now() + MINUTE)
    const networks = ['192.0.2.0/24']
    const tv = await keys.add(user.accountId, { name: 'tv', scopes: ['read'], networks, expiresAt })
    expect(await names()).toEqual(['default', 'tv'])
    expect(await termsOf(tv.apiKey)).toEqual({
      ...{ id: tv.key.id, revision: 0, scopes: ['read'], networks, expiresAt },
    })
    expect(await termsOf(user.apiKey)).toMatchObject({
      ...{ scopes: ['read', 'submit', 'download'], networks: [], expiresAt: null },
    })
  })

  it('keep their id and terms over a rotation, after which only the new one works', async () => {
    const { key, apiKey } = await keys.add(user.accountId, {
      name: 'tv',
      scopes: ['read'],
      errorsAs200: true,
    })
    const rotated = await keys.rotate({ id: key.id })
    expect(await accounts.byKey(apiKey)).toBeUndefined()
    expect(await accounts.byKey(rotated.apiKey)).toMatchObject({
      ...{ errorsAs200: true, key: { id: key.id, scopes: ['read'] } },
    })
    expect(await names()).toEqual(['default', 'tv'])
  })

  it('are revoked one by one', async () => {
    const { key, apiKey } = await keys.add(user.accountId, { name: 'tv' })
    await keys.remove({ id: key.id })
    expect(await accounts.byKey(apiKey)).toBeUndefined()
    expect(await accounts.byKey(user.apiKey)).toBeDefined()
    await expect(keys.remove({ id: key.id })).rejects.toMatchObject({ refusal: 'resource_unknown' })
  })

  it('have names of their own, which are free again when they are removed', async () => {
    const { key } = await keys.add(user.accountId, { name: 'tv' })
    await expect(keys.add(user.accountId, { name: 'tv' })).rejects.toMatchObject({ refusal: 'conflict' })
    await expect(keys.set({ id: key.id }, { name: 'default' })).rejects.toMatchObject({ refusal: 'conflict' })
    await keys.set({ id: key.id }, { name: 'film' })
    await keys.add(user.accountId, { name: 'tv' })
    expect(await names()).toEqual(['default', 'film', 'tv'])
  })

  it('are no more than the limit, also when many are asked for at once', async () => {
    const asked = Array.from({ length: MAX_KEYS + 5 }, (_, n) => keys.add(user.accountId, { name: `k${n}` }))
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(6)
    expect(await names()).toHaveLength(MAX_KEYS)
  })

  it('are nobody else’s to change', async () => {
    const { key } = await keys.add(user.accountId, { name: 'tv' })
    const ref = { id: key.id, accountId: (await db.anAccount()).accountId }
    for (const act of [keys.set(ref, { name: 'x' }), keys.rotate(ref), keys.remove(ref)])
      await expect(act).rejects.toMatchObject({ refusal: 'resource_unknown' })
    await expect(keys.rotate({ id: NOBODYS })).rejects.toMatchObject({ refusal: 'resource_unknown' })
    expect(await names()).toEqual(['default', 'tv'])
  })

  it('count the changes of their terms', async () => {
    const { key, apiKey } = await keys.add(user.accountId, { name: 'tv' })
    await keys.set({ id: key.id }, { scopes: ['read'] })
    await keys.set({ id: key.id }, { networks: ['192.0.2.0/24'] })
    expect(await termsOf(apiKey)).toMatchObject({ revision: 2, scopes: ['read'], networks: ['192.0.2.0/24'] })
  })
})

describe('the key that an account is made with', () => {
  it('is the one that a rotation by e-mail means, and the others stay', async () => {
    const tv = await keys.add(user.accountId, { name: 'tv' })
    const rotated = await accounts.rotateKey(user.email)
    expect(await accounts.byKey(user.apiKey)).toBeUndefined()
    expect(await accounts.byKey(rotated)).toBeDefined()
    expect(await accounts.byKey(tv.apiKey)).toBeDefined()
  })

  it('is made anew where it was removed', async () => {
    const [key] = await keys.list(user.accountId)
    await keys.remove({ id: key?.id ?? '' })
    expect(await accounts.byKey(await accounts.rotateKey(user.email))).toBeDefined()
    expect(await names()).toEqual(['default'])
  })
})

describe('the last use of a key', () => {
  const lastUse = async () => {
    const [key] = await keys.list(user.accountId)
    return [key?.lastUsedAt?.getTime(), key?.lastUsedClient, key?.lastUsedAddress]
  }

  const some = (count: number) => Array.from({ length: count }, () => randomUUID())

  it('is written every three seconds while few are in use, for all together', async () => {
    const uses = new KeyUses(db.source, clock)
    const id = user.key?.id ?? ''
    const first = clock.now()
    uses.note(id, 'curl/8', '192.0.2.7')
    expect(await roundTrips(() => uses.write())).toBe(1)
    expect(await lastUse()).toEqual([first, 'curl/8', '192.0.2.7'])
    clock.advance(2_999)
    uses.note(id, 'wget', '192.0.2.8')
    expect(await roundTrips(() => uses.write())).toBe(0)
    clock.advance(1)
    uses.note((await db.anAccount()).key?.id ?? '', 'other', '192.0.2.9')
    expect(await roundTrips(() => uses.write())).toBe(1)
    expect(await lastUse()).toEqual([first + 2_999, 'wget', '192.0.2.8'])
    expect(await roundTrips(() => uses.write())).toBe(0)
  })

  it('is written once a minute where many are', async () => {
    const uses = new KeyUses(db.source, clock)
    const ids = [user.key?.id ?? '', ...some(20)]
    const noteAll = (client: string) => ids.forEach((id) => uses.note(id, client, '192.0.2.7'))
    noteAll('first')
    expect(await roundTrips(() => uses.write())).toBe(1)
    clock.advance(MINUTE - 1)
    noteAll('second')
    expect(await roundTrips(() => uses.write())).toBe(0)
    clock.advance(1)
    expect(await roundTrips(() => uses.write())).toBe(1)
    expect(await lastUse()).toEqual([clock.now() - 1, 'second', '192.0.2.7'])
  })

  it('and the last refusal stand beside each other', async () => {
    const uses = new KeyUses(db.source, clock)
    const id = user.key?.id ?? ''
    uses.noteRefusal(id, 'key_scope_missing')
    await uses.write()
    const [refused] = await keys.list(user.accountId)
    expect([refused?.lastUsedAt, refused?.lastRefusal, refused?.lastRefusedAt?.getTime()]).toEqual([
      ...[null, 'key_scope_missing', clock.now()],
    ])
    clock.advance(MINUTE)
    uses.note(id, 'curl/8', '192.0.2.7')
    await uses.write()
    expect(await lastUse()).toEqual([clock.now(), 'curl/8', '192.0.2.7'])
    const [used] = await keys.list(user.accountId)
    expect([used?.lastRefusal, used?.lastRefusedAt?.getTime()]).toEqual([
      'key_scope_missing',
      clock.now() - MINUTE,
    ])
  })

  it('is written at an end, without what is no text in a client’s name, and never goes back in time', async () => {
    const [uses, late] = [new KeyUses(db.source, clock), new KeyUses(db.source, clock)]
    const id = user.key?.id ?? ''
    late.note(id, 'late', '192.0.2.1')
    clock.advance(10)
    uses.note(id, `a\0\x1b[31m${'b'.repeat(200)}`, '192.0.2.7')
    await uses.write(true)
    await late.write(true)
    expect(await lastUse()).toEqual([clock.now(), `a[31m${'b'.repeat(75)}`, '192.0.2.7'])
  })
})
