import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { HostError } from '@obb/host-adapters'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { SEALED, Vault } from '../secrets/index.js'
import { TestDatabase } from '../testing/index.js'
import { AccountPool, AccountTrials, HostAccount, identityOf, labelOf } from './index.js'

const FIELDS = [
  { name: 'email', secret: false, required: true },
  { name: 'password', secret: true, required: true },
  { name: 'token', secret: true, required: false },
]
const KEY = [
  { name: 'apiKey', secret: true, required: true },
  { name: 'cdn', secret: false, required: false },
]
const GOOD = { premium: true, trafficLeft: 5_000 }

const clock = new TestClock()
let db: TestDatabase
let database: DataSource
let vault: Vault
let pool: AccountPool
let trials: AccountTrials
let platform: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  vault = new Vault(randomBytes(32))
  pool = new AccountPool(database, clock, vault)
  trials = new AccountTrials(database, clock, vault, pool)
})
afterAll(() => db.close())
beforeEach(() => {
  clock.set()
  platform = `P${randomBytes(4).toString('hex')}`
})

const candidate = (email: string, password = 'secret') => ({ platform, credentials: { email, password } })
const begin = (email: string, password?: string) => trials.begin(candidate(email, password), FIELDS)
async function add(email: string): Promise<string> {
  const id = await begin(email)
  await trials.adopt(id, FIELDS)
  return id
}
const listed = async () => (await pool.list()).filter((account) => account.platform === platform)

describe('an account on trial', () => {
  it('is neither listed, leased, picked, counted, scheduled nor changed', async () => {
    const id = await begin('a@b.test')
    expect(await listed()).toEqual([])
    expect(await pool.pick(platform, [])).toBeUndefined()
    expect(await pool.capacity(platform)).toMatchObject({ configured: false, largest: null })
    expect((await pool.trafficByPlatform()).has(platform)).toBe(false)
    expect(await pool.claimChecks(platform, 0, 10)).toEqual([])
    expect(await pool.setEnabled(id, false)).toBe(false)
    expect(await pool.change(id, { maxDownloads: 1 })).toBe(false)
    expect(await pool.remove(id)).toBe(false)
    expect((await pool.byId(id))?.credentials).toEqual({ email: 'a@b.test', password: 'secret' })
  })

  it('becomes an account with what was found out about it', async () => {
    const id = await begin('a@b.test')
    expect(await trials.outcome(id)).toEqual({ state: 'open' })
    await pool.recordCheck(id, GOOD)
    expect(await trials.outcome(id)).toEqual({ state: 'passed' })
    expect(await trials.adopt(id, FIELDS)).toBe(true)
    expect(await listed()).toMatchObject([{ id, label: 'a@b.test', enabled: true, trafficLeft: 5_000 }])
    await trials.drop(id)
    expect(await listed()).toHaveLength(1)
    expect(await trials.adopt(id, FIELDS)).toBe(false)
  })

  it.each<[string, (id: string) => Promise<void>, object]>([
    [
      'that its host refuses for good',
      (id) => pool.setAside(id, new HostError('ACCOUNT_INVALID', 'wrong password')),
      { state: 'failed', byHost: true, reason: 'ACCOUNT_INVALID: wrong password' },
    ],
    [
      'that its host refuses for now',
      (id) => pool.setAside(id, new HostError('ACCOUNT_RATE', 'too many logins')),
      { state: 'failed', byHost: true, reason: 'ACCOUNT_RATE: too many logins' },
    ],
    [
      'whose host is away',
      (id) => pool.noteCheck(id, 'HOST_DOWN: 503'),
      { state: 'failed', byHost: false, reason: 'HOST_DOWN: 503' },
    ],
    ['that was forgotten', (id) => trials.drop(id), { state: 'failed', byHost: false }],
  ])('%s fails', async (_, happen, outcome) => {
    const id = await begin('a@b.test')
    await happen(id)
    expect(await trials.outcome(id)).toMatchObject(outcome)
  })

  it('that is not premium is open until that is judged', async () => {
    const id = await begin('a@b.test')
    await pool.recordCheck(id, { premium: false })
    expect(await trials.outcome(id)).toEqual({ state: 'open' })
    await pool.setAside(id, new HostError('ACCOUNT_NOT_PREMIUM', 'free'))
    expect(await trials.outcome(id)).toMatchObject({ state: 'failed', byHost: true })
  })

  it('that nobody decided about is forgotten, an account is not', async () => {
    const [kept, left] = [await add('kept@b.test'), await begin('left@b.test')]
    await trials.forgetOld()
    expect((await trials.outcome(left)).state).toBe('open')
    clock.advance(10 * 60_000)
    await trials.forgetOld()
    expect((await trials.outcome(left)).state).toBe('failed')
    expect((await listed()).map(({ id }) => id)).toEqual([kept])
  })
})

describe('the same account', () => {
  const conflict = (id: string) => ({
    refusal: 'conflict',
    options: { details: [expect.stringContaining(id)] },
  })

  it.each(['a@b.test', ' A@B.test '])(
    'is refused a second time, written %j, with the id of the first',
    async (email) => {
      const id = await add('a@b.test')
      await expect(trials.assertNew(candidate(email, 'another'), FIELDS)).rejects.toMatchObject(conflict(id))
      const second = await begin(email, 'another')
      await expect(trials.adopt(second, FIELDS)).rejects.toMatchObject(conflict(id))
      await trials.assertNew(candidate(email), FIELDS, { except: id })
      await trials.assertNew({ ...candidate(email), platform: 'Another' }, FIELDS)
      await pool.remove(id)
      expect(await trials.adopt(second, FIELDS)).toBe(true)
    },
  )

  it('is made once by many at once', async () => {
    const candidates = await Promise.all(Array.from({ length: 8 }, () => begin('a@b.test')))
    const outcomes = await Promise.allSettled(candidates.map((id) => trials.adopt(id, FIELDS)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await listed()).toHaveLength(1)
  })

  it('is the same key where there is nothing else, whatever goes with it', () => {
    expect(identityOf(KEY, { apiKey: 'k1 ', cdn: 'yes' })).toBe(identityOf(KEY, { apiKey: 'k1' }))
    expect(identityOf(KEY, { apiKey: 'k1' })).not.toBe(identityOf(KEY, { apiKey: 'K1' }))
    expect(labelOf(KEY, { apiKey: '0123456789abcdef', cdn: 'yes' })).toBe('…cdef')
    expect(labelOf(KEY, { apiKey: 'short' })).toBe('…')
    expect(labelOf(FIELDS, { email: 'a@b.test', password: 'p' })).toBe('a@b.test')
    const cookies = [{ name: 'cookies', secret: true, required: true, kind: 'cookies' as const }]
    expect(labelOf(cookies, { cookies: 'sid=0123456789abcdef' })).toBe('browser session')
  })

  it('cannot be told from one whose key is gone', async () => {
    await add('a@b.test')
    const other = new Vault(randomBytes(32))
    const elsewhere = new AccountTrials(database, clock, other, new AccountPool(database, clock, other))
    await elsewhere.assertNew(candidate('a@b.test'), FIELDS)
  })
})

describe('new credentials', () => {
  const row = (id: string) => database.manager.findOneByOrFail(HostAccount, { id })

  it('replace the old ones; id, terms and history stay, logins of before are forgotten', async () => {
    const id = await add('a@b.test')
    await pool.change(id, { maxDownloads: 2 })
    await pool.setAside(id, new HostError('ACCOUNT_INVALID', 'wrong password'))
    await database.manager.update(HostAccount, { id }, { sealedSession: Buffer.from('old') })
    const { createdAt } = await row(id)
    const trial = await begin('a@b.test', 'new')
    await pool.recordCheck(trial, GOOD)
    const login = { token: 'new', expiresAt: 1 }
    const sealedSession = vault.seal(SEALED.session.purpose, trial, login)
    await database.manager.update(HostAccount, { id: trial }, { sealedSession })
    expect(await trials.adopt(trial, FIELDS, id)).toBe(true)
    expect((await pool.byId(id))?.credentials).toEqual({ email: 'a@b.test', password: 'new' })
    const { sealedSession: moved, ...rest } = await row(id)
    expect(rest).toMatchObject({
      ...{ createdAt, maxDownloads: 2, enabled: true, offReason: null, trafficLeft: 5_000 },
    })
    expect(vault.open(SEALED.session.purpose, id, moved ?? Buffer.of())).toEqual(login)
    expect(await listed()).toHaveLength(1)
    expect((await trials.outcome(trial)).state).toBe('failed')
  })

  it('of an account that an operator switched off leave it off; untested they say nothing of its traffic', async () => {
    const id = await add('a@b.test')
    await pool.recordCheck(id, GOOD)
    await pool.setEnabled(id, false)
    expect(await trials.adopt(await begin('a@b.test', 'new'), FIELDS, id)).toBe(true)
    expect(await row(id)).toMatchObject({
      ...{ enabled: false, offReason: 'switched off by an operator', trafficLeft: 5_000, premium: true },
      checkedAt: new Date(START),
    })
  })

  it('must not make it the same as another, nor a new account of one that is gone', async () => {
    const [first, second] = [await add('a@b.test'), await add('c@d.test')]
    const trial = await begin('a@b.test')
    await expect(trials.adopt(trial, FIELDS, second)).rejects.toMatchObject({ refusal: 'conflict' })
    expect((await pool.byId(second))?.credentials['email']).toBe('c@d.test')
    await pool.remove(first)
    expect(await trials.adopt(trial, FIELDS, randomUUID())).toBe(false)
    expect(await listed()).toHaveLength(1)
  })
})
