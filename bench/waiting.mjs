/*
 * npm run bench:waiting: what a poll of a waiting link, a claim, a wake-up and an estimate of positions cost with so
 * many files waiting, on the platform itself and on another one. A cost that does not grow has the same figures in each
 * row. Claims are those of eight workers at once, operator account included.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@obb/core/clock'
import { migrate, openDatabase } from '@obb/core/database'
import { Fetches } from '@obb/core/fetches'
import { HostBreaker } from '@obb/core/health'
import { AccountPool } from '@obb/core/pool'
import { FetchSchedule, QueuePositions } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { loadWaitingFiles } from '@obb/core/testing'
import { startPostgres } from '@obb/embedded-postgres'
import { say } from './lib/figures.mjs'

const STEPS = (process.env.BENCH_WAITING ?? '1000,10000,50000').split(',').map(Number)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)
const WORKERS = 8
const POLLS = 500
const FILES_PER_ACCOUNT = 5

const home = mkdtempSync(join(tmpdir(), 'obb-bench-'))
const server = await startPostgres({
  directory: join(home, 'postgres'),
  password: randomBytes(12).toString('hex'),
})
try {
  await migrate(server.url())
  const database = await openDatabase(server.url(), { pool: WORKERS + 2 })
  try {
    await run(database)
  } finally {
    await database.destroy()
  }
} finally {
  await server.stop()
  rmSync(home, { recursive: true, force: true })
}

async function run(database) {
  const pool = new AccountPool(database, systemClock, new Vault(randomBytes(32)))
  const breaker = new HostBreaker(database, systemClock)
  const schedule = new FetchSchedule(database, systemClock, new Fetches(database, systemClock), pool, breaker)
  const positions = new QueuePositions(database, systemClock)
  await pool.add({ platform: 'Here', label: 'one', credentials: {}, proxy: null })
  const turn = {
    ...{ platform: 'Here', leaseMs: 3_600_000, maxDownloads: 1_000_000, solo: false, guarded: true },
    slots: { all: 1_000_000, least: 1 },
    account: { maxPerAccount: 1_000_000, maxConnections: 16, leaseMs: 3_600_000 },
  }
  say('waiting                 poll ms   claims/s   wake-up ms   estimate ms')
  for (const platform of ['Here', 'Elsewhere']) {
    for (const count of STEPS) {
      await database.query('TRUNCATE source_file, fetch_share, platform_queue, pool_lease CASCADE')
      const load = (name, files) =>
        loadWaitingFiles(database, {
          ...{
            platform: name,
            count: files,
            accounts: Math.ceil(files / FILES_PER_ACCOUNT),
            now: new Date(),
          },
        })
      await load(platform, count)
      if (platform !== 'Here') await load('Here', STEPS[0])
      await database.query('VACUUM ANALYZE')
      for (let joined = 0; joined <= count; joined += 1_000)
        await schedule.wouldStart({ ...turn, worker: 'x' })
      const estimate = await msOf(1, () => positions.tend(['Here', 'Elsewhere']))
      const waiting = await database.query(
        `SELECT file_id, account_id FROM waiting_fetch WHERE platform = 'Here' LIMIT $1`,
        [POLLS],
      )
      let at = 0
      const poll = await msOf(POLLS, () => {
        const { file_id: file, account_id: account } = waiting[at++ % waiting.length]
        return positions.of(file, account)
      })
      const wakeUp = await msOf(100, () => schedule.platforms(['Here', 'Elsewhere'], WORKERS))
      const claims = await claimsPerSecond(schedule, turn)
      const where = `${String(count).padStart(6)} ${platform === 'Here' ? 'here' : 'elsewhere'}`
      say(
        `${where.padEnd(22)} ${poll.toFixed(2).padStart(8)} ${claims.toFixed(0).padStart(10)} ` +
          `${wakeUp.toFixed(2).padStart(12)} ${estimate.toFixed(0).padStart(13)}`,
      )
    }
  }
}

async function msOf(times, work) {
  const begun = performance.now()
  for (let time = 0; time < times; time++) await work()
  return (performance.now() - begun) / times
}

async function claimsPerSecond(schedule, turn) {
  const end = performance.now() + SECONDS * 1000
  let claims = 0
  const claim = async (worker) => {
    while (performance.now() < end) if (await schedule.next({ ...turn, worker })) claims++
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, index) => claim(`worker-${index}`)))
  return claims / SECONDS
}
