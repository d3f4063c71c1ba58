import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { Refusal } from '@obb/contracts'
import type { DataSource, EntityManager } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Account, Accounts, type Caller, type CachedCaller } from '../accounts/index.js'
import { BlockList } from '../blocks/index.js'
import { Files, SourceFile, StoredFiles } from '../files/index.js'
import { Link, Links, PgDownloads } from '../links/index.js'
import { lockAccounts, lockFile } from '../locks/index.js'
import { AccountPool } from '../pool/index.js'
import { Vault } from '../secrets/index.js'
import { Statement } from '../statements/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { TestDatabase, queriesOf, roundTrips } from '../testing/index.js'
import { Admission } from './index.js'

const TTL_MS = 86_400_000
const SIZE = 100
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let caller: Caller
let file: SourceFile

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
})
afterAll(() => db.close())
beforeEach(async () => {
  caller = await newCaller()
  file = await newFile()
})

/** newAdmission makes an Admission as one process has it. */
function newAdmission(): Admission {
  const vault = new Vault(randomBytes(32))
  const files = new Files(database, clock, vault)
  return new Admission(database, clock, files, new AccountPool(database, clock, vault), TTL_MS)
}

const newCaller = (traffic = 4 * SIZE): Promise<Caller> => db.anAccount({ traffic })
const newFile = (more: Partial<SourceFile> = {}): Promise<SourceFile> =>
  db.aFile({ state: 'done', size: SIZE, lastAccessAt: new Date(0), ...more })

function ask(of = caller, which = file, admission = newAdmission(), ownName?: string) {
  const { platform, hostFileId, canonicalUrl, passwordDigest } = which
  const facts = { platform, hostFileId, canonicalUrl, ownName }
  return admission.linkIfStored(of, { platform, hostFileId, passwordDigest }, facts, {
    hostDomain: 'sample.test',
  })
}

const TOO_MUCH = ['traffic_insufficient', 'host_usage_exceeded']

/**
 * The link that is made for the asking; undefined where the gates have to be asked, where it is there already, or
 * where it is too dear or more than may be used of the platform.
 */
async function make(...question: Parameters<typeof ask>) {
  const { made, live } = await ask(...question).catch((error: unknown) => {
    if (error instanceof Refusal && TOO_MUCH.includes(error.refusal)) return { made: false, live: undefined }
    throw error
  })
  return made ? live : undefined
}
const kinds = async () =>
  (await TrafficLedger.entries(database, caller.accountId)).map(({ kind, bytes }) => [kind, bytes])
const links = () => database.manager.countBy(Link, { accountId: caller.accountId })
const setAccount = (set: string, value: unknown) =>
  database.query(`UPDATE account SET ${set} = $2 WHERE id = $1`, [caller.accountId, value])

/** As a block is until the stored files were all compared with it. */
const blockUnenforced = (value: string) =>
  database.query(
    `INSERT INTO block (id, kind, value, reason, created_at) VALUES (gen_random_uuid(), 'name', $1, 'r', now())`,
    [value],
  )

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

  it('is of the key that it is asked for with, as its charge is', async () => {
    const { key } = caller
    const { live } = await ask(caller, file)
    const { live: signedIn } = await ask({ ...(await db.anAccount()), key: undefined }, file)
    expect(key?.id).toBeDefined()
    expect([live?.keyId, signedIn?.keyId]).toEqual([key?.id, null])
    const charges = await database.query<{ of: string }[]>(
      `SELECT e.key_id AS of FROM traffic_entry e JOIN link l ON l.id = e.link_id AND l.key_id IS NOT DISTINCT FROM e.key_id
        WHERE l.id = ANY($1) ORDER BY e.id`,
      [[live?.id, signedIn?.id]],
    )
    expect(charges.map(({ of }) => of)).toEqual([key?.id, null])
  })

  it('has the name of its package from the statement that charges for it', async () => {
    const admission = newAdmission()
    const { platform, hostFileId, canonicalUrl, passwordDigest } = file
    const identity = { platform, hostFileId, passwordDigest }
    const asked = { hostDomain: 'sample.test', package: 'First season' }
    const queries = await queriesOf(async () => {
      const { made, live } = await admission.linkIfStored(
        caller,
        identity,
        { ...identity, canonicalUrl },
        asked,
      )
      expect([made, live?.package]).toEqual([true, 'First season'])
    })
    expect(queries).toHaveLength(1)
    expect(await database.manager.findOneBy(Link, { accountId: caller.accountId })).toMatchObject({
      package: 'First season',
    })
  })

  it('has the name that the document of its user gives the file, and is not made where that is blocked', async () => {
    const named = (ownName: string) => ask(caller, file, newAdmission(), ownName)
    await new BlockList(database, clock).add({ kind: 'name', value: '*.exe', reason: 'test' })
    await expect(named('a.exe')).rejects.toMatchObject({ refusal: 'file_blocked' })
    const { made, live } = await named('holiday.mkv')
    expect([made, live?.name]).toEqual([true, 'holiday.mkv'])
    expect((await new Links(database, clock).view(caller.accountId, live?.id ?? ''))?.name).toBe(
      'holiday.mkv',
    )
    const download = await new PgDownloads(database, clock).find(live?.id ?? '')
    expect(download?.name).toBe('holiday.mkv')
    await database.query('DELETE FROM block')
  })

  it.each<[string, () => Promise<unknown>]>([
    ['the account is suspended', () => setAccount('state', 'suspended')],
    ['the account has expired', () => setAccount('expires_at', new Date(START))],
    ['its traffic does not last', () => setAccount('traffic_left', SIZE - 1)],
    ['it has a live link', () => make()],
    ['the file is no longer stored', () => setFile({ state: 'pending' })],
  ])('is not made, and nothing is written, where %s', async (_, arrange) => {
    await arrange()
    const before = [await kinds(), await links()]
    expect(await make()).toBeUndefined()
    expect([await kinds(), await links()]).toEqual(before)
  })

  describe('for a caller whose key was seen before', () => {
    const presume = async () => {
      const accounts = new Accounts(database, clock)
      const apiKey = await accounts.rotateKey(await email())
      await accounts.byKey(apiKey)
      return { accounts, presumed: accounts.cachedCaller(apiKey) as CachedCaller }
    }
    const email = async () =>
      (await database.manager.findOneByOrFail(Account, { id: caller.accountId })).email

    it('is made with the key looked up in the same statement', async () => {
      const { presumed } = await presume()
      expect(await make(presumed)).toMatchObject({ state: 'done' })
      expect(await kinds()).toHaveLength(2)
    })

    it.each<[string, (accounts: Accounts) => Promise<unknown>]>([
      ['the key was rotated', async (accounts) => accounts.rotateKey(await email())],
      ['the account was suspended', () => setAccount('state', 'suspended')],
      ['the account has expired', () => setAccount('expires_at', new Date(START))],
    ])('is neither made nor found, and nothing is written, where %s meanwhile', async (_, arrange) => {
      const { accounts, presumed } = await presume()
      const other = await newFile()
      await make(caller, other)
      await arrange(accounts)
      const before = [await kinds(), await links()]
      const nothing = { file: undefined, live: undefined, made: false }
      expect(await ask(presumed)).toMatchObject(nothing)
      expect(await ask(presumed, other)).toMatchObject(nothing)
      expect([await kinds(), await links()]).toEqual(before)
    })

    it.each<[string, string, unknown]>([
      ['a cap', 'daily_per_host', 2 * SIZE - 1],
      ['a cap for the platform', 'host_caps', { Sample: 2 * SIZE - 1 }],
    ])('is held to %s that the account got meanwhile', async (_, set, cap) => {
      const { presumed } = await presume()
      await setAccount(set, cap)
      expect(await make(presumed)).toBeDefined()
      await expect(ask(presumed, await newFile())).rejects.toMatchObject({ refusal: 'host_usage_exceeded' })
      expect(await links()).toBe(1)
    })

    it('is not presumed of who is suspended, nor of a key that was not seen or is revoked', async () => {
      const accounts = new Accounts(database, clock)
      const apiKey = await accounts.rotateKey(await email())
      expect(accounts.cachedCaller(apiKey)).toBeUndefined()
      for (const [set, value, back] of [
        ['state', 'suspended', 'active'],
        ['expires_at', new Date(START), null],
      ] as const) {
        await accounts.byKey(apiKey)
        expect(accounts.cachedCaller(apiKey)).toBeDefined()
        await setAccount(set, value)
        await accounts.byKey(apiKey)
        expect(accounts.cachedCaller(apiKey)).toBeUndefined()
        await setAccount(set, back)
      }
      await accounts.byKey(apiKey)
      await accounts.rotateKey(await email())
      await accounts.byKey(apiKey)
      expect(accounts.cachedCaller(apiKey)).toBeUndefined()
    })
  })

  it('is refused by the statement itself where the traffic does not last for it alone', async () => {
    await setAccount('traffic_left', SIZE - 1)
    await expect(ask()).rejects.toMatchObject({ refusal: 'traffic_insufficient' })
    expect([await kinds(), await links()]).toEqual([[['grant', 4 * SIZE]], 0])
    await setAccount('state', 'suspended')
    expect(await ask()).toMatchObject({ made: false, tooDear: false })
  })

  describe('with a cap for the platform', () => {
    const CAP = 4 * SIZE
    beforeEach(async () => {
      caller = await db.anAccount({ traffic: 100 * SIZE, dailyPerHost: 10 * CAP, hostCaps: { Sample: CAP } })
    })
    const isAnyWaiting = async () => {
      const waiting = await database.query<unknown[]>(
        `SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
          WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted`,
      )
      return waiting.length > 0
    }
    const newFiles = (count: number) => Promise.all(Array.from({ length: count }, () => newFile()))

    it('is made in one round trip, and refused in three once it would be more, with the time when it fits', async () => {
      clock.set()
      const files = await newFiles(5)
      const admission = newAdmission()
      for (const each of files.slice(0, 4)) {
        expect(await roundTrips(() => make(caller, each, admission))).toBe(1)
        clock.advance(1_000)
      }
      const refused = ask(caller, files[4], admission)
      await expect(refused).rejects.toMatchObject({
        refusal: 'host_usage_exceeded',
        options: { retryInSeconds: 86_400 - 4 },
      })
      expect(await roundTrips(() => make(caller, files[4], admission))).toBe(3)
      expect(await links()).toBe(4)
      clock.set(START + 86_400_000)
      expect(await make(caller, files[4], admission)).toBeDefined()
      clock.set()
    })

    it('is refused for the cap before it is for the traffic, as by the gates', async () => {
      await setAccount('traffic_left', SIZE - 1)
      await setAccount('host_caps', { Sample: SIZE - 1 })
      await expect(ask()).rejects.toMatchObject({ refusal: 'host_usage_exceeded' })
      await setAccount('host_caps', { Other: SIZE - 1 })
      await expect(ask()).rejects.toMatchObject({ refusal: 'traffic_insufficient' })
    })

    it('is made no more often than the cap allows, by several gateways at once', async () => {
      const files = await newFiles(24)
      const made = await Promise.all(files.map((each) => make(caller, each)))
      const count = made.filter((each) => each !== undefined).length
      expect(count).toBeGreaterThan(0)
      expect(count).toBeLessThanOrEqual(4)
      expect(await links()).toBe(count)
    })

    it('is left to the gates where the account is charged while the statement reads its use', async () => {
      await setAccount('host_caps', { Sample: 2 * SIZE })
      await make(caller, await newFile())
      // Whoever reads the use waits at a lock that the test has; the statement began before that.
      await database.query(`ALTER TABLE host_usage RENAME TO host_usage_kept`)
      await database.query(
        `CREATE FUNCTION may_read() RETURNS boolean LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN true; END $$`,
      )
      await database.query('CREATE VIEW host_usage AS SELECT * FROM host_usage_kept WHERE may_read()')
      try {
        const asked = await database.transaction(async (holder) => {
          await holder.query('SELECT pg_advisory_xact_lock(77)')
          const asked = make(caller, await newFile())
          while (!(await isAnyWaiting()));
          await setAccount('traffic_left', 90 * SIZE)
          await database.query('UPDATE host_usage_kept SET bytes = 2 * $2::bigint WHERE account_id = $1', [
            ...[caller.accountId, SIZE],
          ])
          return { asked }
        })
        expect(await asked.asked).toBeUndefined()
        expect(await links()).toBe(1)
      } finally {
        await database.query('DROP VIEW host_usage')
        await database.query('ALTER TABLE host_usage_kept RENAME TO host_usage')
        await database.query('DROP FUNCTION may_read()')
      }
    })
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

  it('is one with one charge, though one gateway is asked for it twice at once', async () => {
    const admission = newAdmission()
    const made = await Promise.all([make(caller, file, admission), make(caller, file, admission)])
    expect(made.filter((each) => each !== undefined)).toHaveLength(1)
    expect(await kinds()).toHaveLength(2)
  })

  it('is made no more often than the balance lasts, by several gateways at once', async () => {
    const files = await Promise.all(Array.from({ length: 10 }, () => newFile()))
    const made = await Promise.all(files.map((each) => make(caller, each)))
    const count = made.filter((each) => each !== undefined).length
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThanOrEqual(4)
    expect(await links()).toBe(count)
    expect(await kinds()).toHaveLength(1 + count)
  })

  it('is made for all that an account asks for at once, or, if its balance does not last, for none', async () => {
    const admission = newAdmission()
    const files = await Promise.all(Array.from({ length: 5 }, () => newFile()))
    const all = await Promise.all(files.map((each) => make(caller, each, admission)))
    expect(all.filter((each) => each !== undefined)).toHaveLength(0)
    expect(await kinds()).toHaveLength(1)
    const four = await Promise.all(files.slice(1).map((each) => make(caller, each, admission)))
    expect(new Set(four.map((each) => each?.id)).size).toBe(4)
    const entries = await TrafficLedger.entries(database, caller.accountId)
    expect(entries.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(0)
  })

  it('is made of a file whose name was compared with the patterns that are not enforced yet, and of no other', async () => {
    const [film, image] = [await newFile({ name: 'a film.mkv' }), await newFile({ name: 'an image.iso' })]
    await blockUnenforced('*.iso')
    expect(await make(caller, film)).toMatchObject({ name: 'a film.mkv' })
    await expect(make(caller, image)).rejects.toMatchObject({ refusal: 'file_blocked' })
    expect(await links()).toBe(1)
    await database.query('DELETE FROM block')
  })

  it('is not made where a pattern comes between the look at the name and the link', async () => {
    await blockUnenforced('*.iso')
    const admission = newAdmission()
    const names = jest.spyOn(BlockList.prototype, 'findByName')
    names.mockImplementationOnce(async () => {
      await blockUnenforced('*.mkv')
      return undefined
    })
    await expect(make(caller, await newFile({ name: 'a film.mkv' }), admission)).rejects.toMatchObject({
      refusal: 'file_blocked',
    })
    expect(names).toHaveBeenCalledTimes(2)
    expect(await links()).toBe(0)
    names.mockRestore()
    await database.query('DELETE FROM block')
  })

  it('with a name of its own is left to the gates while a block is being added, and then refused', async () => {
    const named = () => make(caller, file, newAdmission(), 'a.exe')
    const adding = database.createQueryRunner()
    await adding.startTransaction()
    await adding.query(
      `INSERT INTO block (id, kind, value, reason, created_at) VALUES (gen_random_uuid(), 'name', '*.exe', 'r', now())`,
    )
    expect(await named()).toBeUndefined()
    expect(await make(caller, await newFile())).toBeDefined()
    await adding.commitTransaction()
    await adding.release()
    await expect(named()).rejects.toMatchObject({ refusal: 'file_blocked' })
    await database.query('DELETE FROM block')
  })

  it('with a name of its own is compared with the patterns that are enforced too, in a second statement', async () => {
    await database.query(
      `INSERT INTO block (id, kind, value, reason, created_at, enforced_at)
       VALUES (gen_random_uuid(), 'name', '*.exe', 'r', now(), now())`,
    )
    const statements = jest.spyOn(Statement.prototype, 'run')
    expect(await make(caller, file, newAdmission(), 'a.mkv')).toMatchObject({ name: 'a.mkv' })
    expect(statements).toHaveBeenCalledTimes(2)
    jest.restoreAllMocks()
    await expect(make(caller, await newFile(), newAdmission(), 'a.exe')).rejects.toMatchObject({
      refusal: 'file_blocked',
    })
    await database.query('DELETE FROM block')
  })

  it('takes one statement with ten thousand patterns, as with none', async () => {
    await database.query(
      `INSERT INTO block (id, kind, value, reason, created_at, enforced_at)
       SELECT gen_random_uuid(), 'name', '*a title ' || n || '*', 'r', now(), now() FROM generate_series(1, 10000) n`,
    )
    const names = jest.spyOn(BlockList.prototype, 'findByName')
    const statements = jest.spyOn(Statement.prototype, 'run')
    expect(await make(caller, await newFile({ name: 'a film.mkv' }))).toBeDefined()
    expect([names.mock.calls.length, statements.mock.calls.length]).toEqual([0, 1])
    jest.restoreAllMocks()
    await database.query('DELETE FROM block')
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
    const asked = callers.map((each, at) => make(each, files[at], admission))
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
