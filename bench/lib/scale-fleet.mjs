/* A fleet against one PostgreSQL: schedulers without the fetches they would begin, and gateways that are polled. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { systemClock } from '@obb/core/clock'
import { openDatabase } from '@obb/core/database'
import { Fetches } from '@obb/core/fetches'
import { HostBreaker } from '@obb/core/health'
import { AccountPool } from '@obb/core/pool'
import { FetchSchedule } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { say } from './figures.mjs'
import { Connection, startApi } from './gateway.mjs'
import { waitingLinks } from './scale-waiting.mjs'

const SCHEDULERS = [1, 5, 20]
const GATEWAYS = 4
/** Files that a fetcher has at once. */
const SLOTS = 8
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)

/** `platforms` have files that wait; `openMeter` counts from now on. */
export async function measureFleet({ env, openMeter, platforms, url }) {
  say(
    'schedulers  gateways   claims/s   PostgreSQL ms each   polls/s   p99 ms   connections   PostgreSQL cores',
  )
  for (const count of SCHEDULERS) await run(count, 0)
  await run(SCHEDULERS.at(-1), GATEWAYS)

  async function run(schedulers, gateways) {
    const fleet = await Promise.all(
      Array.from({ length: schedulers }, (_, at) => openScheduler(url, at, platforms)),
    )
    const polled = await openGateways(gateways, { env, url, platforms })
    const meter = await openMeter()
    const until = performance.now() + SECONDS * 1000
    const before = await meter.read()
    const begun = performance.now()
    const [claims, times] = await Promise.all([
      Promise.all(fleet.map(({ claimUntil }) => claimUntil(until))),
      Promise.all(polled.map(({ pollUntil }) => pollUntil(until))),
    ])
    const seconds = (performance.now() - begun) / 1000
    const after = await meter.read()
    const connections = await meter.connections()
    await meter.close()
    await Promise.all([...fleet, ...polled].map(({ close }) => close()))
    const claimed = claims.reduce((total, each) => total + each, 0)
    const polls = times.flat().sort((a, b) => a - b)
    const cpu = after.postgres - before.postgres
    const cells = [
      [schedulers, 10],
      [gateways, 10],
      [(claimed / seconds).toFixed(0), 11],
      [gateways === 0 ? (cpu / claimed).toFixed(2) : '', 21],
      [gateways === 0 ? '' : (polls.length / seconds).toFixed(0), 10],
      [gateways === 0 ? '' : polls[Math.floor(polls.length * 0.99)].toFixed(0), 9],
      [connections, 14],
      [(cpu / 1000 / seconds).toFixed(2), 19],
    ]
    say(cells.map(([text, width]) => String(text).padStart(width)).join(''))
  }
}

/** One fetcher's part in the schedule: it claims, and ends what it claimed once it has its fill. */
async function openScheduler(url, number, platforms) {
  const database = await openDatabase(url, { pool: 2 })
  const pool = new AccountPool(database, systemClock, new Vault(randomBytes(32)))
  const fetches = new Fetches(database, systemClock)
  const schedule = new FetchSchedule(
    database,
    systemClock,
    fetches,
    pool,
    new HostBreaker(database, systemClock),
  )
  const worker = `worker-${number}`
  const terms = {
    worker,
    leaseMs: 3_600_000,
    maxDownloads: 1_000,
    solo: false,
    guarded: true,
    account: undefined,
  }
  const slots = { all: 1_000, least: 1 }
  const held = []
  const claim = async () => {
    const [platform] = await schedule.platforms(platforms, slots.all)
    const taken = await schedule.next({ ...terms, platform, slots })
    if (taken) held.push(taken.file.id)
    if (held.length > SLOTS)
      await database.query(`UPDATE source_file SET state = 'idle' WHERE id = $1`, [held.shift()])
    return taken !== undefined
  }
  return {
    claimUntil: async (until) => {
      let claims = 0
      while (performance.now() < until) if (await claim()) claims++
      return claims
    },
    close: async () => {
      await database.query(
        `UPDATE source_file SET state = 'idle' WHERE worker = $1 AND state = 'downloading'`,
        [worker],
      )
      await database.destroy()
    },
  }
}

/** Gateways with a client each, which polls links that wait as fast as it is answered. */
async function openGateways(count, { env, platforms, url }) {
  const database = await openDatabase(url, { pool: 1 })
  const links = await waitingLinks(database, platforms[0])
  await database.destroy()
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const { child, url: gateway } = await startApi(url, env)
      const connection = new Connection(gateway)
      const poll = (turn) => {
        const { id, key } = links[(turn * count + at) % links.length]
        return connection.ask('GET', `/api/external/v1/link/${id}`, key)
      }
      for (let turn = 0; turn < 200; turn++) await poll(turn)
      return {
        pollUntil: async (until) => {
          const times = []
          for (let turn = 0; performance.now() < until; turn++) {
            const begun = performance.now()
            await poll(turn)
            times.push(performance.now() - begun)
          }
          return times
        },
        close: async () => {
          connection.close()
          child.removeAllListeners('exit').kill('SIGTERM')
          await once(child, 'exit')
        },
      }
    }),
  )
}
