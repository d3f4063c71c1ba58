import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { HostSession } from '@obb/host-adapters'
import { randomBytes } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { Vault } from '../secrets/index.js'
import { TestDatabase } from '../testing/index.js'
import { AccountPool, PgSessions, noSessions } from './index.js'

const clock = new TestClock()
const vault = new Vault(randomBytes(32))

let db: TestDatabase
/** `one` and `two` are connections to the database as two processes have them. */
let one: DataSource
let two: DataSource
let accountId: string
let processes: PgSessions[]
let logins: number

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  one = db.source
  two = await db.another()
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  logins = 0
  processes = [new PgSessions(one, clock, vault), new PgSessions(two, clock, vault)]
  const account = { platform: 'Sample', label: 'one', credentials: { apiKey: 'x' }, proxy: null }
  accountId = await new AccountPool(one, clock, vault).add(account)
})

const login = (): Promise<HostSession> =>
  Promise.resolve({ token: `token-${++logins}`, expiresAt: START + 60_000 })

/** obtainedBy gives what this many users, taking turns between the two processes, are given. */
const obtainedBy = (users: number, refused?: HostSession, how = login) =>
  Promise.allSettled(
    Array.from({ length: users }, (_, index) => processes[index % 2]?.of(accountId).obtain(how, refused)),
  )
const tokensOf = (outcomes: Awaited<ReturnType<typeof obtainedBy>>) =>
  new Set(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value?.token : outcome.reason)))

describe('a login', () => {
  it('is made once for all users in both processes', async () => {
    expect(tokensOf(await obtainedBy(20))).toEqual(new Set(['token-1']))
    expect(tokensOf(await obtainedBy(20))).toEqual(new Set(['token-1']))
    expect(logins).toBe(1)
  })

  it('is made again when it has expired', async () => {
    await obtainedBy(1)
    clock.set(START + 59_999)
    expect(tokensOf(await obtainedBy(4))).toEqual(new Set(['token-1']))
    clock.set(START + 60_000)
    const later = () => Promise.resolve({ token: `token-${++logins}`, expiresAt: START + 120_000 })
    expect(tokensOf(await obtainedBy(20, undefined, later))).toEqual(new Set(['token-2']))
  })

  it('that the host has refused is replaced once, and all who were refused share the new one', async () => {
    const refused = { token: 'token-1', expiresAt: START + 60_000 }
    await obtainedBy(1)
    expect(tokensOf(await obtainedBy(20, refused))).toEqual(new Set(['token-2']))
    expect(tokensOf(await obtainedBy(20, refused))).toEqual(new Set(['token-2']))
    expect(logins).toBe(2)
  })

  it('is not given to whom it was refused, though another user is being given it', async () => {
    // A first user waits for the login of another process, which makes token-1.
    const other = two.createQueryRunner()
    await other.startTransaction()
    await other.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [0x0bb, accountId])
    const sessions = new PgSessions(one, clock, vault).of(accountId)
    const first = sessions.obtain(login)
    await waitingForLogin()
    const refused = await login()
    await other.query('UPDATE host_account SET sealed_session = $2 WHERE id = $1', [
      accountId,
      vault.seal('host_account.session', accountId, refused),
    ])
    const second = sessions.obtain(login, refused)
    await other.commitTransaction()
    await other.release()
    expect((await first).token).toBe('token-1')
    expect((await second).token).toBe('token-2')
  })

  /** Resolves when a session of this database waits for an advisory lock. */
  async function waitingForLogin(): Promise<void> {
    const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    while ((await two.query<unknown[]>(waiting)).length === 0);
  }

  it('that fails is told to all who asked for it, and the next user tries again', async () => {
    const failing = () => Promise.reject(new Error('wrong password'))
    const waiting = obtainedBy(10, undefined, failing)
    for (const outcome of await waiting) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'wrong password' } })
    }
    expect(tokensOf(await obtainedBy(4))).toEqual(new Set(['token-1']))
  })

  it('of one account is not held up by that of another', async () => {
    const account = { platform: 'Sample', label: 'two', credentials: { apiKey: 'y' }, proxy: null }
    const otherId = await new AccountPool(one, clock, vault).add(account)
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const slow = processes[0]?.of(accountId).obtain(() => gate.then(login))
    await processes[0]?.of(otherId).obtain(login)
    release()
    expect((await slow)?.token).toBe('token-2')
  })

  it("that changes with every call is one user's at a time, in both processes", async () => {
    const next = (session: HostSession | undefined): HostSession => ({
      token: String(Number(session?.token ?? 0) + 1),
      expiresAt: START + 60_000,
    })
    let inside = 0
    const use = (at: number) =>
      processes[at % 2]?.of(accountId).exclusive(async (session) => {
        expect(++inside).toBe(1)
        await two.query('SELECT 1')
        inside--
        if (at === 7) throw new Error('the call failed')
        return { session: next(session), result: session?.token ?? 'none' }
      })
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, at) => use(at)))
    const seen = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    const byNumber = (a = '', b = '') => Number(a) - Number(b)
    expect(seen.filter((token) => token !== 'none').sort(byNumber)).toEqual(
      Array.from({ length: 18 }, (_, at) => String(at + 1)),
    )
    expect((await processes[0]?.of(accountId).obtain(login))?.token).toBe('19')
    clock.set(START + 60_000)
    const late = (session: HostSession | undefined) =>
      Promise.resolve({ session: undefined, result: session?.token })
    expect(await processes[1]?.of(accountId).exclusive(late)).toBeUndefined()
    expect(logins).toBe(0)
  })

  it('cannot be read in the table', async () => {
    await obtainedBy(1)
    const [row] = await one.query<[{ sealed: Buffer }]>(
      'SELECT sealed_session AS sealed FROM host_account WHERE id = $1',
      [accountId],
    )
    expect(row.sealed.length).toBeGreaterThan(20)
    expect(row.sealed.toString('latin1')).not.toContain('token')
  })

  it('is not to be had where there is no account', async () => {
    await expect(noSessions.obtain(login)).rejects.toThrow(/no accounts/)
    expect(logins).toBe(0)
  })
})
