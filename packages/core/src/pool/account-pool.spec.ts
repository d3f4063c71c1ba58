import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { HOST_ERROR_SCOPES, HostError, type HostErrorKind } from '@obb/host-adapters'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Vault } from '../secrets/index.js'
import { TestDatabase } from '../testing/index.js'
import { AccountPool, HostAccount, type LeaseAnswer } from './index.js'

const LEASE_MS = 30_000
const SIZE = 100

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let pool: AccountPool
let platform: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  pool = new AccountPool(database, clock, new Vault(randomBytes(32)))
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  platform = `P${randomBytes(4).toString('hex')}`
})

async function add(more: Partial<HostAccount> = {}): Promise<string> {
  const id = await pool.add({ platform, label: 'one', credentials: { apiKey: 'key' }, proxy: null })
  if (Object.keys(more).length > 0) await database.manager.update(HostAccount, { id }, more)
  return id
}
const row = (id: string) => database.manager.findOneByOrFail(HostAccount, { id })
const acquire = (more: Partial<Parameters<AccountPool['acquire']>[0]> = {}): Promise<LeaseAnswer> =>
  pool.acquire({
    platform,
    fileId: randomUUID(),
    worker: 'one',
    size: SIZE,
    maxPerAccount: 5,
    maxConnections: 5,
    leaseMs: LEASE_MS,
    exclude: [],
    ...more,
  })
const accountOf = (answer: LeaseAnswer) => answer.lease?.account.id
const leaseOf = (answer: LeaseAnswer): string => {
  if (!answer.lease) throw new Error(`no lease: ${answer.reason}`)
  return answer.lease.id
}
const inMs = (ms: number) => new Date(START + ms)

describe('a lease', () => {
  it('is given for no more downloads per account than allowed, however many ask at once', async () => {
    const ids = [await add(), await add(), await add()]
    let answers: LeaseAnswer[] = []
    // A worker that is told "busy" comes back; a row that another holds right now is skipped.
    for (let round = 0; round < 20; round++) {
      answers = [...answers, ...(await Promise.all(Array.from({ length: 60 }, () => acquire())))]
      const given = answers.filter(({ lease }) => lease)
      const held = await pool.list()
      for (const id of ids) {
        const { downloads } = held.find((account) => account.id === id) ?? { downloads: -1 }
        expect(downloads).toBeLessThanOrEqual(5)
        expect(downloads).toBe(given.filter((answer) => accountOf(answer) === id).length)
      }
      if (given.length === 15) break
    }
    expect(answers.filter(({ lease }) => lease)).toHaveLength(15)
    expect(await acquire()).toEqual({ reason: 'busy' })
  })

  it('carries the account’s credentials', async () => {
    const id = await add()
    const { lease } = await acquire()
    expect(lease?.account).toEqual({ id, credentials: { apiKey: 'key' } })
  })

  it('frees its place when it is released, or runs out, but not while it is renewed', async () => {
    await add()
    const first = leaseOf(await acquire({ maxPerAccount: 1 }))
    clock.advance(LEASE_MS - 1)
    expect(await acquire({ maxPerAccount: 1 })).toEqual({ reason: 'busy' })
    await pool.renew(first, LEASE_MS)
    clock.advance(LEASE_MS - 1)
    expect(await acquire({ maxPerAccount: 1 })).toEqual({ reason: 'busy' })
    clock.advance(1)
    const second = leaseOf(await acquire({ maxPerAccount: 1 }))
    expect(await acquire({ maxPerAccount: 1 })).toEqual({ reason: 'busy' })
    await pool.release(second)
    expect(accountOf(await acquire({ maxPerAccount: 1 }))).toBeDefined()
  })

  it('goes with its account', async () => {
    const id = await add()
    await acquire()
    await database.manager.delete(HostAccount, { id })
    expect(await database.query('SELECT 1 FROM pool_lease WHERE host_account_id = $1', [id])).toEqual([])
  })

  it('takes the account with fewest downloads, then with most traffic, unknown traffic first of all', async () => {
    const little = await add({ trafficLeft: 1_000 })
    const unknown = await add({ trafficLeft: null })
    const much = await add({ trafficLeft: 9_000 })
    const order = []
    for (let index = 0; index < 6; index++) order.push(accountOf(await acquire()))
    expect(order).toEqual([unknown, much, little, unknown, much, little])
  })

  it('passes over accounts that have refused this file', async () => {
    const first = await add({ trafficLeft: null })
    const second = await add({ trafficLeft: 500 })
    expect(accountOf(await acquire({ exclude: [first] }))).toBe(second)
    expect(await acquire({ exclude: [first, second] })).toEqual({ reason: 'none' })
  })

  it.each<[string, Partial<HostAccount>, boolean]>([
    ['is off', { enabled: false }, false],
    ['is cooling', { coolUntil: inMs(1) }, false],
    ['has cooled this very moment', { coolUntil: inMs(0) }, true],
    ['expired this very moment', { validUntil: inMs(0) }, false],
    ['expires a moment later', { validUntil: inMs(1) }, true],
    ['has a byte too little traffic', { trafficLeft: SIZE - 1 }, false],
    ['has just enough traffic', { trafficLeft: SIZE }, true],
    ['has unknown traffic', { trafficLeft: null }, true],
  ])('of an account that %s: %o → %s', async (_, more, usable) => {
    const id = await add(more)
    expect(accountOf(await acquire())).toBe(usable ? id : undefined)
    expect(((await pool.capacity(platform)).largest ?? -1) >= SIZE).toBe(usable)
  })

  it('says when the first exhausted account is back', async () => {
    await add({ coolUntil: inMs(90_000) })
    await add({ coolUntil: inMs(40_000) })
    await add({ coolUntil: inMs(10_000), enabled: false })
    expect(await acquire()).toEqual({ reason: 'exhausted', retryAt: START + 40_000 })
  })

  it('says "none" where no time heals it', async () => {
    expect(await acquire()).toEqual({ reason: 'none' })
    await add({ enabled: false })
    expect(await acquire()).toEqual({ reason: 'none' })
  })

  it('is of its own platform', async () => {
    await add()
    expect(await acquire({ platform: 'Another' })).toEqual({ reason: 'none' })
  })
})

it('a lease of an account that is removed is gone, and is not renewed', async () => {
  const id = await add()
  const lease = leaseOf(await acquire())
  expect(await pool.renew(lease, LEASE_MS)).toBe(true)
  expect(await pool.remove(id)).toBe(true)
  expect(await pool.renew(lease, LEASE_MS)).toBe(false)
  expect(await pool.remove(id)).toBe(false)
  expect(await acquire()).toEqual({ reason: 'none' })
})

describe('the capacity of a platform', () => {
  it('is there though all accounts are busy, since a busy account comes back', async () => {
    await add()
    await acquire({ maxPerAccount: 1 })
    expect(await pool.capacity(platform)).toEqual({ configured: true, largest: Infinity, retryAt: null })
  })

  it('has the time of the first account that cools', async () => {
    await add({ coolUntil: inMs(90_000) })
    await add({ coolUntil: inMs(40_000) })
    const retryAt = new Date(START + 40_000)
    expect(await pool.capacity(platform)).toEqual({ configured: true, largest: null, retryAt })
    clock.set(START + 40_000)
    expect(await pool.capacity(platform)).toMatchObject({ largest: Infinity })
  })

  it('has no time where there is none', async () => {
    await add({ enabled: false })
    expect(await pool.capacity(platform)).toEqual({ configured: true, largest: null, retryAt: null })
  })

  it('tells a platform that nobody added an account of', async () => {
    expect(await pool.capacity(platform)).toEqual({ configured: false, largest: null, retryAt: null })
  })

  it('is the largest that any account has left', async () => {
    await add({ trafficLeft: 5 })
    await add({ trafficLeft: 7 })
    await add({ trafficLeft: 9, enabled: false })
    expect(await pool.capacity(platform)).toMatchObject({ largest: 7 })
  })
})

describe('a light call', () => {
  it('uses a usable account without a lease', async () => {
    const id = await add({ trafficLeft: 0 })
    await add({ enabled: false })
    expect(await pool.pick(platform, [])).toEqual({ id, credentials: { apiKey: 'key' } })
    expect(await pool.pick(platform, [id])).toBeUndefined()
    expect((await pool.list()).find((account) => account.id === id)?.downloads).toBe(0)
  })
})

describe('an account that a host refused', () => {
  const lasting: HostErrorKind[] = [
    'ACCOUNT_INVALID',
    'ACCOUNT_NOT_PREMIUM',
    'ACCOUNT_NEEDS_HUMAN',
    'CAPABILITY_OFF',
    'CONFIG',
    'SESSION_EXPIRED',
  ]
  const passing = (Object.keys(HOST_ERROR_SCOPES) as HostErrorKind[]).filter(
    (kind) => !lasting.includes(kind),
  )

  it.each(lasting)('with %s is off until an operator acts', async (kind) => {
    const id = await add({ coolUntil: inMs(5), sealedSession: Buffer.from('old') })
    await pool.setAside(id, new HostError(kind, 'text', { retryAt: START + 1 }))
    expect(await row(id)).toMatchObject({ enabled: false, offReason: `${kind}: text`, coolUntil: null })
    clock.advance(10 * 365 * 86_400_000)
    expect(await acquire()).toEqual({ reason: 'none' })
    expect(await pool.setEnabled(id, true)).toBe(true)
    expect(await row(id)).toMatchObject({ enabled: true, offReason: null, sealedSession: null })
    expect(accountOf(await acquire())).toBe(id)
  })

  it.each(passing)('with %s rests until its time, ten minutes if it named none', async (kind) => {
    const [timed, untimed] = [await add(), await add()]
    await pool.setAside(timed, new HostError(kind, 'text', { retryAt: START + 7_000 }))
    await pool.setAside(untimed, new HostError(kind, 'text'))
    expect(await row(timed)).toMatchObject({
      enabled: true,
      coolUntil: inMs(7_000),
      offReason: `${kind}: text`,
    })
    expect(await row(untimed)).toMatchObject({ enabled: true, coolUntil: inMs(600_000) })
    clock.set(START + 7_000)
    expect(accountOf(await acquire())).toBe(timed)
  })

  it.each(lasting)('with a status that alone means %s rests, and longer each time', async (kind) => {
    const id = await add()
    const rested = async () => {
      await pool.setAside(id, new HostError(kind, 'text', { presumed: true }))
      const { coolUntil, enabled, offReason } = await row(id)
      expect([enabled, offReason]).toEqual([true, `${kind}: text`])
      return ((coolUntil?.getTime() ?? 0) - clock.now()) / 60_000
    }
    const pauses: number[] = []
    for (let refusal = 0; refusal < 6; refusal++) {
      pauses.push(await rested())
      clock.advance((pauses.at(-1) ?? 0) * 60_000)
    }
    expect(pauses).toEqual([10, 20, 40, 80, 120, 120])
    expect(accountOf(await acquire())).toBe(id)
  })

  it('rests longer each time that it is refused soon after, and no longer once it worked for an hour', async () => {
    const id = await add()
    const rested = async () => {
      await pool.setAside(id, new HostError('ACCOUNT_BUSY', 'full', { retryAt: clock.now() + 60_000 }))
      return ((await row(id)).coolUntil?.getTime() ?? 0) - clock.now()
    }
    const pauses: number[] = []
    for (let refusal = 0; refusal < 9; refusal++) {
      pauses.push(await rested())
      // Calls that were under way are refused as well.
      expect(await rested()).toBe(pauses.at(-1))
      clock.advance(pauses.at(-1) ?? 0)
    }
    expect(pauses.map((ms) => ms / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120])
    clock.advance(3_600_000)
    expect(await rested()).toBe(60_000)
  })

  it('keeps a reason of bounded length', async () => {
    const id = await add()
    await pool.setAside(id, new HostError('UNEXPECTED', 'x'.repeat(10_000)))
    expect((await row(id)).offReason).toHaveLength(500)
    await pool.noteCheck(id, 'y'.repeat(10_000))
    expect((await row(id)).offReason).toHaveLength(500)
  })

  it('of an id that nobody has is not switched', async () => {
    expect(await pool.setEnabled(randomUUID(), true)).toBe(false)
    expect(await pool.byId(randomUUID())).toBeUndefined()
  })

  it('is switched off by an operator', async () => {
    const id = await add()
    await pool.setEnabled(id, false)
    expect(await acquire()).toEqual({ reason: 'none' })
    expect((await row(id)).offReason).toMatch(/operator/)
  })
})

describe('a check of an account', () => {
  it('that works keeps what the platform told and takes the account back into use', async () => {
    const id = await add({ coolUntil: inMs(600_000), offReason: 'ACCOUNT_QUOTA: text' })
    const info = { premium: true, validUntil: START + 9_000, trafficLeft: 5e12, trafficTotal: 6e12 }
    await pool.recordCheck(id, info)
    expect(await row(id)).toMatchObject({
      premium: true,
      validUntil: inMs(9_000),
      trafficLeft: 5e12,
      trafficTotal: 6e12,
      checkedAt: inMs(0),
      offReason: null,
      coolUntil: null,
    })
    expect(accountOf(await acquire())).toBe(id)
  })

  it('ends the pause that it knew, and none that came while it was made', async () => {
    const id = await add({ coolUntil: inMs(60_000) })
    const { coolUntil: known = null } = (await pool.byId(id)) ?? {}
    await pool.setAside(id, new HostError('ACCOUNT_QUOTA', 'no traffic', { retryAt: START + 600_000 }))
    const { coolUntil, offReason } = await row(id)
    await pool.recordCheck(id, { premium: true }, known)
    await pool.recordCheck(id, { premium: true }, null)
    expect(await row(id)).toMatchObject({ coolUntil, offReason, checkedAt: inMs(0) })
    await pool.recordCheck(id, { premium: true }, coolUntil)
    expect(await row(id)).toMatchObject({ coolUntil: null, offReason: null })
  })

  it('does not switch an account on that an operator switched off', async () => {
    const id = await add({ enabled: false })
    await pool.setEnabled(id, false)
    await pool.recordCheck(id, { premium: true })
    expect(await row(id)).toMatchObject({ enabled: false, offReason: 'switched off by an operator' })
    await pool.noteCheck(id, 'HOST_DOWN: text')
    expect((await row(id)).offReason).toBe('switched off by an operator')
  })

  it.each([undefined, Number.POSITIVE_INFINITY, Number.NaN])(
    'takes traffic of %s for unknown',
    async (traffic) => {
      const id = await add({ trafficLeft: 0, trafficTotal: 0 })
      const info = traffic === undefined ? {} : { trafficLeft: traffic, trafficTotal: traffic }
      await pool.recordCheck(id, { premium: true, ...info })
      expect(await row(id)).toMatchObject({ trafficLeft: null, trafficTotal: null, validUntil: null })
    },
  )

  it('that failed for a reason of the platform’s leaves the account in use', async () => {
    const id = await add()
    await pool.noteCheck(id, 'HOST_DOWN: text')
    expect(await row(id)).toMatchObject({ enabled: true, offReason: 'HOST_DOWN: text', checkedAt: inMs(0) })
    expect(accountOf(await acquire())).toBe(id)
  })
})

describe('scheduled checks', () => {
  const HOUR = 3_600_000
  const claim = (limit = 10) => pool.claimChecks(platform, HOUR, limit)

  it('are due for accounts never checked, or not for as long as their platform asks', async () => {
    const never = await add()
    const old = await add({ checkedAt: inMs(-HOUR) })
    await add({ checkedAt: inMs(1 - HOUR) })
    expect(new Set(await claim())).toEqual(new Set([never, old]))
  })

  it('are one worker’s each, and come again after the interval and up to a tenth', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => add()))
    const claims = await Promise.all(Array.from({ length: 6 }, () => claim(5)))
    const claimed = claims.flat()
    expect(new Set(claimed).size).toBe(claimed.length)
    while (claimed.length < ids.length) claimed.push(...(await claim(5)))
    expect(new Set(claimed)).toEqual(new Set(ids))
    expect(await claim()).toEqual([])
    const times = (await Promise.all(ids.map(row))).map((account) => account.nextCheckAt?.getTime() ?? 0)
    for (const at of times) {
      expect(at).toBeGreaterThanOrEqual(START + HOUR)
      expect(at).toBeLessThanOrEqual(START + HOUR * 1.1)
    }
    expect(new Set(times).size).toBeGreaterThan(1)
    clock.advance(HOUR * 1.1)
    expect(await claim(20)).toHaveLength(ids.length)
  })

  it('leave alone what is switched off, and what rests until its time', async () => {
    await add({ enabled: false })
    const refused = await add()
    await pool.setAside(refused, new HostError('ACCOUNT_INVALID', 'text'))
    const resting = await add()
    await pool.setAside(resting, new HostError('ACCOUNT_QUOTA', 'text', { retryAt: START + 7_000 }))
    expect(await claim()).toEqual([])
    clock.advance(7_000)
    expect(await claim()).toEqual([resting])
    clock.advance(100 * HOUR)
    expect(await claim()).toEqual([resting])
  })
})

describe('the terms of an account', () => {
  it('are what it is added with, and what is changed; the rest stays', async () => {
    const terms = { maxDownloads: 2, maxConnections: 9, proxy: 'http://u:secret@127.0.0.1:3128' }
    const id = await pool.add({ platform, label: 'one', credentials: {}, ...terms })
    const listed = async () => (await pool.list()).find((account) => account.id === id)
    expect(await listed()).toMatchObject({
      maxDownloads: 2,
      maxConnections: 9,
      proxy: 'http://127.0.0.1:3128',
    })
    await database.manager.update(HostAccount, { id }, { sealedSession: Buffer.from('login') })
    expect(await pool.change(id, { maxDownloads: null })).toBe(true)
    expect(await row(id)).toMatchObject({
      maxDownloads: null,
      maxConnections: 9,
      sealedSession: Buffer.from('login'),
    })
    expect((await pool.byId(id))?.proxy).toBe(terms.proxy)
    // A login may be bound to the address it was made from.
    expect(await pool.change(id, { proxy: null })).toBe(true)
    expect(await row(id)).toMatchObject({ sealedProxy: null, sealedSession: null, maxConnections: 9 })
    expect(await pool.change(randomUUID(), { maxDownloads: 1 })).toBe(false)
    expect(await pool.change(id, {})).toBe(true)
  })

  it('are listed with what is in use, and without a secret', async () => {
    const id = await pool.add({
      platform,
      label: 'one',
      credentials: {},
      proxy: 'socks5://u:secret@[::1]:1080',
    })
    await acquire({ maxConnections: 3 })
    await acquire({ maxConnections: 4 })
    const listed = (await pool.list()).find((account) => account.id === id)
    expect(listed).toMatchObject({ downloads: 2, connections: 7, proxy: 'socks5://[::1]:1080' })
    const stranger = new AccountPool(database, clock, new Vault(randomBytes(32)))
    expect((await stranger.list()).find((account) => account.id === id)?.proxy).toBe('unreadable')
  })
})

describe('the traffic of a platform', () => {
  const traffic = async () => (await pool.trafficByPlatform()).get(platform)

  it('is the sum over the accounts that are on', async () => {
    await add({ trafficLeft: 3e12, trafficTotal: 5e12 })
    await add({ trafficLeft: 0, trafficTotal: 1e12, checkedAt: inMs(8) })
    await add({ trafficLeft: 9, trafficTotal: 9, enabled: false })
    expect(await traffic()).toMatchObject({ accounts: 2, left: 3e12, total: 6e12, changedAt: inMs(8) })
  })

  it('is unknown where that of any account is, and never 0 for unknown', async () => {
    await add({ trafficLeft: 5, trafficTotal: 7 })
    await add()
    expect(await traffic()).toMatchObject({ accounts: 2, left: null, total: 7 })
  })

  it('of a platform without accounts is not there', async () => {
    expect(await traffic()).toBeUndefined()
  })
})

describe('credentials', () => {
  it('cannot be read in the table, nor those of the proxy', async () => {
    const id = await pool.add({
      platform,
      label: 'u***',
      credentials: { username: 'visible-user', password: 'visible-password' },
      proxy: 'http://visible-proxy:visible-secret@127.0.0.1:1',
    })
    const [dump] = await database.query<[{ text: string; user: Buffer; proxy: Buffer }]>(
      `SELECT a::text AS text, sealed_credentials AS user, sealed_proxy AS proxy FROM host_account a WHERE id = $1`,
      [id],
    )
    const readings = [dump.text, dump.user.toString('latin1'), dump.proxy.toString('latin1')]
    for (const reading of readings) {
      expect(reading).not.toContain('visible')
      expect(reading).not.toContain(Buffer.from('visible').toString('hex'))
      expect(reading).not.toContain(Buffer.from('visible-').toString('base64').slice(0, 8))
    }
    expect((await pool.byId(id))?.credentials).toEqual({
      username: 'visible-user',
      password: 'visible-password',
    })
  })

  it('sealed with another key are not opened', async () => {
    const id = await add()
    const stranger = new AccountPool(database, clock, new Vault(randomBytes(32)))
    await expect(stranger.byId(id)).rejects.toThrow('sealed with another SECRETS_KEY')
  })
})
