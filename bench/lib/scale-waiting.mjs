/* Files that wait, with their places in the queues, for bench:scale. */
import { createHash, randomBytes } from 'node:crypto'
import { systemClock } from '@obb/core/clock'
import { Fetches } from '@obb/core/fetches'
import { HostBreaker } from '@obb/core/health'
import { AccountPool } from '@obb/core/pool'
import { FetchSchedule, QueuePositions } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { loadWaitingFiles } from '@obb/core/testing'

const FILES_PER_ACCOUNT = 5
/** Places that join the line in one go. */
const JOIN_AT_ONCE = 1_000
const SAMPLES = 500

const keyOf = (email) => `obb_${createHash('md5').update(`key${email}`).digest('hex')}`

/** So many on each platform, whose accounts have keys; positions are estimated, and statistics new. */
export async function loadWaiting(database, countOf) {
  const pool = new AccountPool(database, systemClock, new Vault(randomBytes(32)))
  const breaker = new HostBreaker(database, systemClock)
  const schedule = new FetchSchedule(database, systemClock, new Fetches(database, systemClock), pool, breaker)
  const platforms = Object.keys(countOf).filter((platform) => countOf[platform] > 0)
  for (const platform of platforms) {
    const count = countOf[platform]
    const accounts = Math.ceil(count / FILES_PER_ACCOUNT)
    await loadWaitingFiles(database, { platform, count, accounts, now: new Date() })
    await database.query(
      `INSERT INTO api_key (id, hash, account_id, created_at)
       SELECT gen_random_uuid(), sha256(convert_to('obb_' || md5('key' || email), 'UTF8')), id, now() FROM account
        WHERE email LIKE $1 || '%@a.test'`,
      [platform],
    )
    const turn = {
      platform,
      worker: 'x',
      leaseMs: 1_000,
      maxDownloads: 1_000_000,
      solo: false,
      guarded: true,
    }
    for (let joined = 0; joined <= count; joined += JOIN_AT_ONCE) {
      await schedule.wouldStart({ ...turn, slots: { all: 1_000_000, least: 1 } })
    }
  }
  await new QueuePositions(database, systemClock).tend(platforms)
  await database.query('VACUUM ANALYZE')
}

/** Some of the links that wait for a platform, all over its queue, with the keys of their accounts. */
export async function waitingLinks(database, platform) {
  const rows = await database.query(
    `SELECT l.id, a.email FROM waiting_fetch w JOIN account a ON a.id = w.account_id
       JOIN link l ON l.file_id = w.file_id AND l.account_id = w.account_id AND l.ended_at IS NULL
      WHERE w.platform = $1 ORDER BY md5(l.id) LIMIT ${SAMPLES}`,
    [platform],
  )
  return rows.map(({ email, id }) => ({ id, key: keyOf(email) }))
}
