import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { Refusal } from '@obb/contracts'
import type { DataSource } from 'typeorm'
import { TestClock } from '@obb/testing/clock'
import { Statement } from '../statements/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { TestDatabase } from '../testing/index.js'
import { Accounts, hashApiKey, newApiKey, randomToken } from './index.js'

const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let accounts: Accounts

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  accounts = new Accounts(database, clock)
})
afterAll(() => db.close())

let number = 0
async function newAccount(traffic = 0): Promise<{ email: string; id: string; apiKey: string }> {
  const email = `user${number++}@a.test`
  return { email, ...(await accounts.create({ email, traffic, dailyPerHost: null, expiresAt: null })) }
}

/** Everything in every table, columns of bytes as text too. */
async function wholeDatabase(): Promise<string> {
  const tables = await database.query<{ name: string }[]>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const dumps = await Promise.all(
    tables.map(({ name }) => database.query<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`)),
  )
  const hashes = await database.query<{ text: string }[]>(
    `SELECT encode(hash, 'escape') AS text FROM api_key`,
  )
  return JSON.stringify([dumps, hashes])
}

describe('an API key', () => {
  it('is obb_ and 32 characters, 36 in all, and never the same', () => {
    const keys = new Set(Array.from({ length: 200 }, newApiKey))
    expect(keys.size).toBe(200)
    for (const key of keys) expect(key).toMatch(/^obb_[0-9A-Za-z]{32}$/)
  })

  it('draws from the whole alphabet', () => {
    expect(new Set(randomToken(5_000)).size).toBe(62)
  })

  it.each([
    '',
    'obb_',
    'obb_' + 'a'.repeat(31),
    'obb_' + 'a'.repeat(33),
    'OBB_' + 'a'.repeat(32),
    'obb_' + 'a'.repeat(31) + '\n',
  ])('is not %j, and the database is not asked for it', async (text) => {
    expect(hashApiKey(text)).toBeUndefined()
    const query = jest.spyOn(Statement.prototype, 'run')
    expect(await new Accounts(database, clock).byKey(text)).toBeUndefined()
    expect(query).not.toHaveBeenCalled()
    query.mockRestore()
  })

  it('is kept as a hash alone', async () => {
    const { apiKey, email } = await newAccount()
    const rotated = await accounts.rotateKey(email)
    const dump = await wholeDatabase()
    expect(dump).toContain(email)
    for (const key of [apiKey, rotated]) {
      expect(dump).not.toContain(key.slice(4))
      expect(dump).not.toContain(Buffer.from(key).toString('hex'))
      expect(dump).toContain(hashApiKey(key)?.toString('hex'))
    }
  })

  it('stops working with the next request after a rotation', async () => {
    const { apiKey, email, id } = await newAccount()
    expect((await accounts.byKey(apiKey))?.accountId).toBe(id)
    const rotated = await accounts.rotateKey(email)
    expect(await accounts.byKey(apiKey)).toBeUndefined()
    expect((await accounts.byKey(rotated))?.accountId).toBe(id)
  })

  it('carries "errors as 200" over a rotation', async () => {
    const { apiKey, email } = await newAccount()
    expect((await accounts.byKey(apiKey))?.errorsAs200).toBe(false)
    await accounts.setErrorsAs200(email, true)
    expect((await accounts.byKey(apiKey))?.errorsAs200).toBe(true)
    const rotated = await accounts.rotateKey(email)
    expect((await accounts.byKey(rotated))?.errorsAs200).toBe(true)
    expect((await accounts.list()).find((each) => each.email === email)?.errorsAs200).toBe(true)
  })

  it('is one per account, though rotated by many at once', async () => {
    const { email } = await newAccount()
    const keys = await Promise.all(Array.from({ length: 10 }, () => accounts.rotateKey(email)))
    const callers = await Promise.all(keys.map((key) => accounts.byKey(key)))
    expect(callers.filter(Boolean)).toHaveLength(1)
  })
})

describe('an account', () => {
  it('starts with its grant, and its caller tells all of it', async () => {
    const expiresAt = new Date('2027-01-01T00:00:00Z')
    const email = 'whole@a.test'
    const { id, apiKey } = await accounts.create({ email, traffic: 5_000, dailyPerHost: 700, expiresAt })
    expect(await accounts.byKey(apiKey)).toEqual({
      accountId: id,
      state: 'active',
      expiresAt,
      trafficLeft: 5_000,
      trafficMax: 5_000,
      dailyPerHost: 700,
      hostCaps: {},
      solo: false,
      errorsAs200: false,
      key: {
        ...{ id: expect.any(String), revision: 0, networks: [], expiresAt: null },
        scopes: ['read', 'submit', 'download'],
      },
    })
    const entries = await TrafficLedger.entries(database, id)
    expect(entries).toMatchObject([{ kind: 'grant', bytes: 5_000 }])
  })

  it('adds a grant to what is left and to what was bought', async () => {
    const { email, apiKey } = await newAccount(10)
    await accounts.grant(email, 90)
    expect(await accounts.byKey(apiKey)).toMatchObject({ trafficLeft: 100, trafficMax: 100 })
  })

  it('is suspended and taken back at once', async () => {
    const { email, apiKey } = await newAccount()
    await accounts.setState(email, 'suspended')
    expect((await accounts.byKey(apiKey))?.state).toBe('suspended')
    await accounts.setState(email, 'active')
    expect((await accounts.byKey(apiKey))?.state).toBe('active')
  })

  it('has an e-mail of its own, also when several ask for it at once', async () => {
    const account = { email: 'taken@a.test', traffic: 100, dailyPerHost: null, expiresAt: null }
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => accounts.create(account)))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(9)
    for (const { reason } of refused) {
      expect(reason).toBeInstanceOf(Refusal)
      expect(reason).toMatchObject({ refusal: 'conflict' })
    }
    expect((await accounts.byEmail('taken@a.test')).trafficLeft).toBe(100)
  })

  it.each<[string, (email: string) => Promise<unknown>]>([
    ['looked up', (email) => accounts.byEmail(email)],
    ['suspended', (email) => accounts.setState(email, 'suspended')],
    ['given traffic', (email) => accounts.grant(email, 1)],
    ['given a key', (email) => accounts.rotateKey(email)],
    ['set to errors as 200', (email) => accounts.setErrorsAs200(email, true)],
  ])('that does not exist is not %s', async (_, act) => {
    await expect(act('nobody@a.test')).rejects.toMatchObject({ refusal: 'resource_unknown' })
  })
})
