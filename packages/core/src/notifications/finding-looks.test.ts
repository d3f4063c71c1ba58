import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Finding } from '@obb/contracts'
import { START, TestClock } from '@obb/testing/clock'
import type { DataSource } from 'typeorm'
import { TestDatabase } from '../testing/index.js'
import { FindingLooks } from './index.js'

const MINUTE_MS = 60_000
const clock = new TestClock(START)
const FULL: Finding = { key: 'store full', status: 'failing', kind: 'store', state: 'full', words: 'ENOSPC' }
const MAIL: Finding = { key: 'mail', status: 'warning', kind: 'mail', words: 'refused' }
const RESTING: Finding = {
  ...{ key: 'account a resting', status: 'warning', kind: 'account', id: 'a', account: 'Host · op' },
  ...{ trouble: { kind: 'resting', until: '2026-01-01T00:00:00Z' }, words: null },
}

let db: TestDatabase
let database: DataSource
let looks: FindingLooks
beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  looks = new FindingLooks(database, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.advance(MINUTE_MS)
  await database.query('TRUNCATE notification, notification_setting, finding')
  await database.query('UPDATE finding_look SET looked_at = to_timestamp(0)')
})

/** An operator, unless said otherwise, who wants to be told by webhook. */
async function whoWants(role: 'user' | 'operator' = 'operator'): Promise<string> {
  const { accountId } = await db.anAccount()
  await database.query('UPDATE account SET role = $2 WHERE id = $1', [accountId, role])
  await database.query(
    `INSERT INTO notification_setting (account_id, event, channel, since) VALUES ($1, 'attention_needed', 'webhook', $2)`,
    [accountId, new Date(clock.now())],
  )
  return accountId
}

const look = (...findings: Finding[]) => looks.record(findings, { at: clock.now(), channels: ['webhook'] })
/** A look a minute, for so long. */
async function looksFor(minutes: number, ...findings: Finding[]): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    clock.advance(MINUTE_MS)
    await look(...findings)
  }
}
/** Who was told of what, in all. */
const told = async () =>
  (
    await database.query<{ who: string; key: string }[]>(
      `SELECT account_id AS who, data ->> 'key' AS key FROM notification ORDER BY created_at, data ->> 'key'`,
    )
  ).map(({ who, key }) => [who, key])

describe('a finding', () => {
  it('is told once, after it has lasted: what fails sooner than what should be looked at', async () => {
    const who = await whoWants()
    await look(FULL, MAIL)
    await looksFor(1, FULL, MAIL)
    expect(await told()).toEqual([])
    await looksFor(1, FULL, MAIL)
    expect(await told()).toEqual([[who, 'store full']])
    await looksFor(3, FULL, MAIL)
    const all = [
      [who, 'store full'],
      [who, 'mail'],
    ]
    expect(await told()).toEqual(all)
    await looksFor(200, FULL, MAIL)
    expect(await told()).toEqual(all)
    const [row] = await database.query<[{ data: Finding }]>(
      'SELECT data FROM notification ORDER BY created_at',
    )
    expect(row.data).toEqual(FULL)
  })

  it('is told again when it was away for half an hour and comes back, and not before', async () => {
    const who = await whoWants()
    await looksFor(4, FULL)
    await looksFor(20)
    await looksFor(10, FULL)
    expect(await told()).toEqual([[who, 'store full']])
    await looksFor(31)
    await looksFor(2, FULL)
    expect(await told()).toHaveLength(1)
    await looksFor(1, FULL)
    expect(await told()).toEqual([
      [who, 'store full'],
      [who, 'store full'],
    ])
  })

  it('that comes and goes from look to look is told to nobody, and each restart is over before it is told', async () => {
    await whoWants()
    for (let n = 0; n < 40; n++) await looksFor(1, ...(n % 2 === 0 ? [FULL] : []))
    expect(await told()).toEqual([])
  })

  it('that stays while nobody looks is the same one afterwards', async () => {
    const who = await whoWants()
    await looksFor(4, FULL)
    clock.advance(24 * 60 * MINUTE_MS)
    await looksFor(5, FULL)
    expect(await told()).toEqual([[who, 'store full']])
  })

  it('that passes by itself is not told', async () => {
    await whoWants()
    await looksFor(30, RESTING)
    expect(await told()).toEqual([])
  })

  it('is told once where several processes look at once', async () => {
    const who = await whoWants()
    const others = [1, 2, 3].map(() => new FindingLooks(database, clock))
    for (let n = 0; n < 5; n++) {
      clock.advance(MINUTE_MS)
      const at = clock.now()
      const all = [looks, ...others].map((each) => each.record([FULL], { at, channels: ['webhook'] }))
      expect((await Promise.all(all)).filter(Boolean)).toEqual([true])
    }
    expect(await told()).toEqual([[who, 'store full']])
  })

  it('is not lost where a process dies over telling it', async () => {
    const who = await whoWants()
    await look(FULL)
    await looksFor(1, FULL)
    clock.advance(MINUTE_MS)
    await database.query(`ALTER TABLE notification ADD CONSTRAINT dies CHECK (event <> 'attention_needed')`)
    await expect(look(FULL)).rejects.toThrow('dies')
    await database.query('ALTER TABLE notification DROP CONSTRAINT dies')
    await look(FULL)
    expect(await told()).toEqual([[who, 'store full']])
  })
})

describe('who is told', () => {
  it('is each operator who wants it, and nobody else', async () => {
    const operators = [await whoWants(), await whoWants()]
    await whoWants('user')
    await looksFor(4, FULL)
    expect((await told()).map(([who]) => who).sort()).toEqual(operators.sort())
  })

  it('is no longer who was an operator', async () => {
    const [stays, goes] = [await whoWants(), await whoWants()]
    await database.query(`UPDATE account SET role = 'user' WHERE id = $1`, [goes])
    await looksFor(4, FULL)
    expect(await told()).toEqual([[stays, 'store full']])
  })

  it('hears of what is there when it is switched on, once', async () => {
    const first = await whoWants()
    await looksFor(4, FULL)
    const second = await whoWants()
    await looksFor(20, FULL)
    expect(await told()).toEqual([
      [first, 'store full'],
      [second, 'store full'],
    ])
  })

  it('has a look made once a minute, and none while there is nobody', async () => {
    await whoWants('user')
    expect(await looks.isDue()).toBe(false)
    await whoWants()
    expect(await looks.isDue()).toBe(true)
    await look()
    expect(await looks.isDue()).toBe(false)
    clock.advance(MINUTE_MS)
    expect(await looks.isDue()).toBe(true)
  })
})
