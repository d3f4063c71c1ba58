import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { BlockList } from '@obb/core/blocks'
import { systemClock } from '@obb/core/clock'
import { openLog } from '@obb/core/log'
import { Fetchers } from '@obb/core/queue'
import { TestDatabase } from '@obb/core/testing'
import type { DataSource } from 'typeorm'
import { Presence } from './presence.js'

describe('a fetcher', () => {
  let db: TestDatabase
  /** Sees what gateways see. */
  let other: DataSource
  let presence: Presence

  beforeEach(async () => {
    db = await TestDatabase.open(systemClock, { pool: 1 })
    other = await db.another({ pool: 2 })
    const fetchers = new Fetchers(db.source, systemClock)
    presence = new Presence(
      fetchers,
      db.source,
      'one',
      { FETCHER_CONCURRENCY: 8 },
      openLog('fetcher', 'silent'),
      5,
    )
  })
  afterEach(() => db.close())

  async function seenAt(): Promise<number | undefined> {
    const [row] = await other.query<{ seenAt: Date }[]>('SELECT seen_at AS "seenAt" FROM fetcher')
    return row?.seenAt.getTime()
  }

  /** Resolves when it was seen three more times. */
  async function seenAgain(): Promise<void> {
    for (let times = 0, last = await seenAt(); times < 3;) {
      const now = await seenAt()
      if (now !== last) times++
      last = now
    }
  }

  it('is alive while a step of its sweep hangs on the last connection of its pool', async () => {
    const lock = other.createQueryRunner()
    await lock.startTransaction()
    await lock.query('LOCK TABLE block IN ACCESS EXCLUSIVE MODE')
    let hangs = true
    const step = new BlockList(db.source, systemClock).enforcePending().finally(() => (hangs = false))
    await presence.onApplicationBootstrap()
    await seenAgain()
    expect(hangs).toBe(true)
    await lock.rollbackTransaction()
    await lock.release()
    await step
    await presence.beforeApplicationShutdown()
    expect(await seenAt()).toBeUndefined()
  })

  it('is seen again when its connection was lost', async () => {
    await presence.onApplicationBootstrap()
    await seenAgain()
    await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'INSERT INTO fetcher%'`,
    )
    await seenAgain()
    await presence.beforeApplicationShutdown()
  })
})
