import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { isDatabaseAway } from '@obb/core/database'
import { TestDatabase } from '@obb/core/testing'
import type { DataSource } from 'typeorm'
import { openGatewayDatabase } from './database.js'

/** Milliseconds; long enough for a machine that is busy with other tests. */
const SILENCE_MS = 3_000

describe("the gateway's database", () => {
  let db: TestDatabase
  let gateway: DataSource

  beforeAll(async () => {
    db = await TestDatabase.open()
    gateway = await openGatewayDatabase(db.url, { pool: 1 }, SILENCE_MS)
  })
  afterAll(async () => {
    await gateway.destroy()
    await db.close()
  })

  const backend = async () => {
    const [row] = await gateway.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid')
    return row?.pid
  }

  it('ends a query that waits for a lock before its client gives up, and the connection is good for the next', async () => {
    const { accountId } = await db.anAccount()
    const block = (runner: Pick<DataSource, 'query'>) =>
      runner.query('SELECT FROM account WHERE id = $1 FOR UPDATE', [accountId])
    const before = await backend()
    await db.source.transaction(async (holder) => {
      await block(holder)
      const failure: unknown = await block(gateway).catch((error: unknown) => error)
      expect(failure).toMatchObject({ driverError: { code: '57014' } }) // query_canceled, by PostgreSQL
      expect(isDatabaseAway(failure)).toBe(true)
      const waiting = await holder.query<unknown[]>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      expect(waiting).toEqual([])
      expect(await backend()).toBe(before)
    })
    await block(gateway)
  })
})
