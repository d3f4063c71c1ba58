import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomBytes, randomUUID } from 'node:crypto'
import type { DataSource, EntityManager } from 'typeorm'
import { type TestDatabase, createTestDatabase } from '@obb/testing/postgres'
import { Accounts, type Caller } from '../accounts/index.js'
import { openDatabase } from '../database/index.js'
import { StoredFiles } from '../fetches/index.js'
import { Files, SourceFile } from '../files/index.js'
import { Link, Links } from '../links/index.js'
import { lockAccounts, lockFile } from '../locks/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { Admission } from './index.js'

const START = Date.parse('2026-03-01T12:00:00Z')
const TTL_MS = 86_400_000
const SIZE = 100
const clock = { now: () => START }

let postgres: TestDatabase
let database: DataSource
let caller: Caller
let file: SourceFile

beforeAll(async () => {
  postgres = await createTestDatabase()
  database = await openDatabase(postgres.url)
})
afterAll(async () => {
  await database.destroy()
  await postgres.drop()
})
beforeEach(async () => {
  caller = await newCaller()
  file = await newFile()
})

/** As one process has it. */
function newAdmission(): Admission {
  const vault = new Vault(randomBytes(32))
  const files = new Files(database, clock, vault)
  return new Admission(database, clock, files, new AccountPool(database, clock, vault), TTL_MS)
}

async function newCaller(traffic = 4 * SIZE): Promise<Caller> {
  const account = { email: `${randomUUID()}@a.test`, traffic, dailyPerHost: null, expiresAt: null }
  const { apiKey } = await new Accounts(database, clock).create(account)
  return (await new Accounts(database, clock).byKey(apiKey)) as Caller
}

async function newFile(more: Partial<SourceFile> = {}): Promise<SourceFile> {
  const id = randomUUID()
  const at = new Date(START)
  await database.manager.insert(SourceFile, {
    ...{ id, platform: 'Sample', hostFileId: id, canonicalUrl: `https://sample.test/${id}`, state: 'done' },
    ...{ name: 'a.bin', size: SIZE, objectKey: id, sha256: 'ab'.repeat(32), md5: 'cd'.repeat(16) },
    ...{ doneAt: at, lastAccessAt: new Date(0), checkedAt: at, createdAt: at, updatedAt: at, ...more },
  })
  return database.manager.findOneByOrFail(SourceFile, { id })
}

const make = (of = caller, which = file, admission = newAdmission()) =>
  admission.admitStored(of, which, 'sample.test')
const kinds = async () =>
  (await TrafficLedger.entries(database, caller.accountId)).map(({ kind, bytes }) => [kind, bytes])
const links = () => database.manager.countBy(Link, { accountId: caller.accountId })
const setAccount = (set: string, value: unknown) =>
  database.query(`UPDATE account SET ${set} = $2 WHERE id = $1`, [caller.accountId, value])

describe('a link to a stored file', () => {
  it('is made and charged at once, and is shown as any other link', async () => {
    const made = await make()
    expect(made).toEqual(await new Links(database, clock).view(caller.accountId, made?.id ?? ''))
    expect(made).toMatchObject({ state: 'done', size: SIZE, expiresAt: new Date(START + TTL_MS) })
    expect(await kinds()).toEqual([
      ['grant', 4 * SIZE],
      ['charge', -SIZE],
    ])
  })

  it.each<[string, () => Promise<unknown>]>([
    ['the account is suspended', () => setAccount('state', 'suspended')],
    ['the account has expired', () => setAccount('expires_at', new Date(START))],
    ['its traffic does not last', () => setAccount('traffic_left', SIZE - 1)],
    ['it has a live link', () => newAdmission().admitStored(caller, file, 'sample.test')],
    ['the file is no longer stored', () => setFile({ state: 'pending' })],
    ['the file is of another generation', () => setFile({ generation: file.generation + 1 })],
    ['the file is settled to another size', () => setFile({ size: SIZE + 1 })],
    [
      'the account has a cap, which is for the gates',
      () => Promise.resolve((caller = { ...caller, hostCaps: { Sample: 10 * SIZE } })),
    ],
  ])('is not made, and nothing is written, where %s', async (_, arrange) => {
    await arrange()
    const before = [await kinds(), await links()]
    expect(await make()).toBeUndefined()
    expect([await kinds(), await links()]).toEqual(before)
  })

  it('is not made of a file that is not stored', async () => {
    file = await newFile({ state: 'pending' })
    expect(await make()).toBeUndefined()
  })

  it('is one with one charge, though several gateways make it at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => make()))
    expect(made.filter((each) => each !== undefined)).toHaveLength(1)
    expect(await kinds()).toHaveLength(2)
  })

  it('is made no more often than the balance lasts, by several gateways at once, and once each by one', async () => {
    const files = await Promise.all(Array.from({ length: 10 }, () => newFile()))
    const made = await Promise.all(files.map((each) => make(caller, each)))
    const count = made.filter((each) => each !== undefined).length
    expect(count).toBeGreaterThan(0)
    const admission = newAdmission()
    const later = await Promise.all(files.map((each) => make(caller, each, admission)))
    expect(count + later.filter((each) => each !== undefined).length).toBe(4)
    const entries = await TrafficLedger.entries(database, caller.accountId)
    expect(entries.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(0)
  })

  it.each<[string, (tx: EntityManager) => Promise<unknown>]>([
    ['the file', (tx) => lockFile(tx, file.id)],
    ['the account', (tx) => lockAccounts(tx, [caller.accountId])],
  ])('waits for nobody who has locked %s: it is left to the gates', async (_, lock) => {
    await database.transaction(async (tx) => {
      await lock(tx)
      expect(await make()).toBeUndefined()
    })
    expect(await make()).toBeDefined()
  })

  it('is made for each of many who ask at once in one statement, but for those whose conditions fail', async () => {
    const admission = newAdmission()
    const callers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => newCaller(at % 3 === 0 ? SIZE - 1 : SIZE)),
    )
    const files = await Promise.all(callers.map((_, at) => newFile(at % 4 === 1 ? { state: 'idle' } : {})))
    const asked = callers.map((each, at) => make(each, { ...files[at]!, state: 'done' }, admission))
    const made = await Promise.all(asked)
    expect(made.map((each) => each !== undefined)).toEqual(
      callers.map((_, at) => at % 3 !== 0 && at % 4 !== 1),
    )
    for (const [at, { accountId }] of callers.entries()) {
      const shown = await database.query<{ left: number; links: number; entries: number }[]>(
        `SELECT traffic_left AS left, (SELECT count(*) FROM link WHERE account_id = a.id) AS links,
                (SELECT sum(bytes)::bigint FROM traffic_entry WHERE account_id = a.id) AS entries
           FROM account a WHERE id = $1`,
        [accountId],
      )
      const traffic = at % 3 === 0 ? SIZE - 1 : SIZE
      const left = made[at] ? traffic - SIZE : traffic
      expect(shown).toEqual([{ left, links: made[at] ? 1 : 0, entries: left }])
    }
  })

  it('keeps the file from being forgotten', async () => {
    await make()
    await new StoredFiles(database, clock).forgetUnused(1, 100)
    expect((await database.manager.findOneByOrFail(SourceFile, { id: file.id })).state).toBe('done')
  })
})

const setFile = (more: Partial<SourceFile>) => database.manager.update(SourceFile, { id: file.id }, more)
