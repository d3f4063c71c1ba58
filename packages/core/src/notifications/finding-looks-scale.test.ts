import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Finding } from '@obb/contracts'
import { START, TestClock } from '@obb/testing/clock'
import type { DataSource } from 'typeorm'
import { AuditLog } from '../audit/index.js'
import { openLog } from '../log/index.js'
import { Mails } from '../mail/index.js'
import { Vault } from '../secrets/index.js'
import { TestDatabase, settledBlocks } from '../testing/index.js'
import { FindingLooks, Notifications } from './index.js'

/*
 * What a look for findings costs PostgreSQL, in blocks that it reads, must not grow with users, with what they want to be
 * told, or with what was told, mailed and written down.
 */

/** An index of a hundred times the entries is a level or two deeper, for each row that is looked up in it. */
const MOST_GROWTH = 2
const MINUTE_MS = 60_000
const clock = new TestClock(START)
const FULL: Finding = { key: 'store full', status: 'failing', kind: 'store', state: 'full', words: null }

let db: TestDatabase
let database: DataSource

beforeAll(async () => {
  db = await TestDatabase.open(clock, { pool: 1 })
  database = db.source
})
afterAll(() => db.close())

/** So many of all that there is much of, beside one operator who wants to be told. */
async function have(count: number): Promise<void> {
  const now = new Date(clock.now())
  await database.query(
    'TRUNCATE account, notification_setting, notification, mail, audit_entry, finding CASCADE',
  )
  await database.query(
    `INSERT INTO account (id, email, role, created_at)
     SELECT md5('a' || n)::uuid, 'a' || n || '@b.test', CASE WHEN n = 1 THEN 'operator' ELSE 'user' END, $2
       FROM generate_series(1, $1::int) n`,
    [count, now],
  )
  await database.query(
    `INSERT INTO notification_setting (account_id, event, channel, since)
     SELECT id, CASE role WHEN 'operator' THEN 'attention_needed' ELSE 'link_finished' END, 'webhook', $1 FROM account`,
    [now],
  )
  await database.query(
    `INSERT INTO notification (id, account_id, event, channel, subject, data, happened_at, created_at, due_at)
     SELECT gen_random_uuid(), id, 'link_finished', 'webhook', 's', '{}', $1, $1, $1 FROM account`,
    [now],
  )
  await database.query(
    `INSERT INTO mail (id, kind, recipient, language, created_at, outcome, finished_at)
     SELECT gen_random_uuid(), 'reset', 'a@b.test', 'en', $2, 'sent', $2 FROM generate_series(1, $1::int) n`,
    [count, now],
  )
  await database.query(
    `INSERT INTO audit_entry (at, kind, who, address, action)
     SELECT $2::timestamptz + n * interval '1 s', CASE WHEN n <= 5 THEN 'auth_failure' ELSE 'change' END, 'w', 'a' || n, 'x'
       FROM generate_series(1, $1::int) n`,
    [count, now],
  )
  await database.query('VACUUM ANALYZE')
}

/** Blocks of a look. */
async function look(): Promise<number> {
  const looks = new FindingLooks(database, clock)
  const audit = new AuditLog(database, clock, openLog('test', 'silent'))
  const mails = new Mails(database, new Vault(Buffer.alloc(32)), clock)
  const notifications = new Notifications(database, clock)
  return settledBlocks(database, async () => {
    clock.advance(MINUTE_MS)
    expect(await looks.isDue()).toBe(true)
    await Promise.all([
      audit.attempts(new Date(START), 1_000),
      mails.fault(),
      notifications.failingWebhooks(),
    ])
    expect(await looks.record([FULL], { at: clock.now(), channels: ['webhook'] })).toBe(true)
  })
}

describe('a look for findings', () => {
  const told = () => database.query<unknown[]>(`SELECT 1 FROM notification WHERE event = 'attention_needed'`)

  it('costs the same with 500 users, mails and entries and with 10 000', async () => {
    await have(500)
    const few = await look()
    expect(await told()).toHaveLength(1)
    await have(10_000)
    expect(await look()).toBeLessThanOrEqual(MOST_GROWTH * few)
    expect(await told()).toHaveLength(1)
  }, 120_000)
})
