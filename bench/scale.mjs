/*
 * npm run bench:scale: what each call, claim and step of a sweep costs with how much is stored, and with how many files
 * that wait, as ratios to the smallest step. Data is written by SQL; lib/scale-data tells which.
 *
 * With `-- portal`: what the portal's pages cost a user with ten links and one with ten thousand, in an installation of
 * BENCH_FILES' first step (20 000 files unless given).
 *
 * With `-- fleet`: how many claims schedulers of 1, 5 and 20 fetchers make, and what remains of them while gateways are
 * polled, with the most files of each kind.
 *
 *   BENCH_FILES    files of each step, with `:users` where they are not a hundredth; 10000,50000,200000
 *   BENCH_WAITING  files that wait for RapidGator; 1000,50000. The first holds with each number of files; the others
 *                  come with the most of them, once on RapidGator and once on another platform
 *   BENCH_ROUNDS   rounds, of which the least counts; 3
 *   BENCH_CALLS    calls in a round; 20
 *
 * The verdict goes by blocks that PostgreSQL reads, from memory or disk, which are the same on every machine. CPU, of
 * the backends and of the gateway, is shown beside them: what others do on the machine is in it.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openDatabase } from '@obb/core/database'
import pg from 'pg'
import { Meter, costOf, familyOf, startCountingPostgres } from './lib/cost.mjs'
import { say } from './lib/figures.mjs'
import { Connection, startApi } from './lib/gateway.mjs'
import { freePort } from './lib/nginx.mjs'
import { loadInstallation } from './lib/scale-data.mjs'
import { measureFleet } from './lib/scale-fleet.mjs'
import { loadWaiting, waitingLinks } from './lib/scale-waiting.mjs'
import { BOUNDED as PORTAL_BOUNDED, USERS, loadPortalUsers, portalRequests } from './lib/scale-portal.mjs'
import { fetcherWork, requests } from './lib/scale-work.mjs'

const GOAL = 1.5
/** Blocks by which a cost may differ whatever the ratio: one level of an index, or a page that split. */
const SLACK = 3
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
const CALLS = Number(process.env.BENCH_CALLS ?? 20)
/** Calls in a round of what takes long with much. */
const SLOW_CALLS = 3
const HERE = 'RapidGator'
const ELSEWHERE = 'NitroFlare'
const TOKEN = randomBytes(24).toString('hex')

/** Work that grows on purpose, and what keeps it small. */
const BOUNDED = {
  'sweep: queues, estimate': 'all that waits, for a twentieth of the time at most',
  'sweep: total of stored bytes': 'a 256th of the files, each once a day',
}

const numbers = (text) => text.split(',').map((step) => step.split(':').map(Number))
const FILES = numbers(process.env.BENCH_FILES ?? '10000,50000,200000')
const WAITING = numbers(process.env.BENCH_WAITING ?? '1000,50000').map(([count]) => count)

const home = mkdtempSync(join(tmpdir(), 'obb-bench-'))
const server = await startCountingPostgres({
  directory: join(home, 'postgres'),
  password: randomBytes(12).toString('hex'),
})
const maintenance = new pg.Client({ connectionString: server.url() })
await maintenance.connect()
try {
  if (process.argv[2] === 'fleet') await fleet()
  else if (process.argv[2] === 'portal') await portal()
  else report(await measureAll())
} finally {
  await maintenance.end()
  await server.stop()
  rmSync(home, { recursive: true, force: true })
}

async function measureAll() {
  const [least, ...more] = WAITING
  const byFiles = []
  const byWaiting = []
  for (const [index, step] of FILES.entries()) {
    const size = await loadBase(step)
    byFiles.push(await measure({ ...size, here: least, elsewhere: 0 }))
    if (index === FILES.length - 1) {
      for (const count of more) byWaiting.push(await measure({ ...size, here: count, elsewhere: 0 }))
      for (const count of more) byWaiting.push(await measure({ ...size, here: least, elsewhere: count }))
    }
    await maintenance.query('DROP DATABASE base')
  }
  return { byFiles, byWaiting }
}

async function fleet() {
  const platforms = [HERE, ELSEWHERE, 'OneFichier', 'Keep2share']
  await loadBase(FILES.at(-1))
  const url = server.url('base')
  const database = await openDatabase(url, { pool: 1, statementMs: 0 })
  await loadWaiting(
    database,
    Object.fromEntries(platforms.map((each) => [each, WAITING.at(-1) / platforms.length])),
  )
  await database.destroy()
  const env = { OBB_HOME: home, SECRETS_KEY: '00'.repeat(32), RATE_LIMIT: '0' }
  await measureFleet({ env, openMeter: () => Meter.open(server.url(), 'base', []), platforms, url })
}

async function portal() {
  const [step] = process.env.BENCH_FILES === undefined ? [[20_000]] : FILES
  const { files, users } = await loadBase(step)
  await maintenance.query('CREATE DATABASE step TEMPLATE base STRATEGY FILE_COPY')
  const url = server.url('step')
  const database = await openDatabase(url, { pool: 1, statementMs: 0 })
  try {
    await loadPortalUsers(database)
    const results = []
    for (const user of USERS) {
      await database.query('VACUUM ANALYZE')
      const of = ({ api, admin }) => portalRequests({ api, admin, token: TOKEN, database, user })
      results.push({ user, costs: await byGatewayOf(url, of) })
    }
    reportPortal(results, `${short(files)} files, ${short(users)} users`)
  } finally {
    await database.destroy()
  }
}

function reportPortal([few, many], size) {
  say(
    `\nNode ${process.version}; least of ${ROUNDS} rounds; ${size}; blocks and CPU with ${few.user.links} links → ${many.user.links}\n`,
  )
  const grown = Object.entries(few.costs).filter(([name, before]) => {
    const now = many.costs[name]
    const ms = [before, now].map(({ gateway, postgres }) => (gateway + postgres).toFixed(2))
    const times = before.blocks > 0 ? now.blocks / before.blocks : 1
    say(
      `${name.padEnd(28)} ${before.blocks.toFixed(1).padStart(8)} → ${now.blocks.toFixed(1).padStart(8)} ${times.toFixed(2).padStart(6)} ×   ${ms[0].padStart(6)} → ${ms[1].padStart(6)} ms`,
    )
    const hasGrown = times > GOAL && now.blocks - before.blocks > SLACK
    if (hasGrown && PORTAL_BOUNDED[name]) say(`    ${PORTAL_BOUNDED[name]}`)
    return hasGrown && !PORTAL_BOUNDED[name]
  })
  say(
    grown.length === 0
      ? `\nAll else within ${GOAL} ×.`
      : `\nNot reached: ${grown.map(([name]) => name).join('; ')}`,
  )
  if (grown.length > 0) process.exitCode = 1
}

async function loadBase([files, users = Math.max(files / 100, 10)]) {
  await maintenance.query('CREATE DATABASE base')
  await migrate(server.url('base'))
  const took = await loadInstallation(server.url('base'), { files, users })
  say(`${short(files)} files, ${short(users)} users: loaded in ${(took / 1000).toFixed(0)} s`)
  return { files, users }
}

async function measure(step) {
  const begun = performance.now()
  await maintenance.query('CREATE DATABASE step TEMPLATE base STRATEGY FILE_COPY')
  const url = server.url('step')
  const database = await openDatabase(url, { pool: 1, statementMs: 0 })
  try {
    await loadWaiting(database, { [HERE]: step.here, [ELSEWHERE]: step.elsewhere })
    const costs = { ...(await byGateway(url, database, step)), ...(await byFetcher(database)) }
    say(`  ${nameOf(step)}: ${((performance.now() - begun) / 1000).toFixed(0)} s`)
    return { step, costs }
  } finally {
    await database.destroy()
    await maintenance.query('DROP DATABASE step WITH (FORCE)')
  }
}

async function byGateway(url, database, { files, users }) {
  const waiting = await waitingLinks(database, HERE)
  return byGatewayOf(url, ({ api, admin }) => requests({ api, admin, token: TOKEN, files, users, waiting }))
}

/** What calls cost that a gateway is asked. `workOf`: they, by name, given connections to it. */
async function byGatewayOf(url, workOf) {
  const adminPort = await freePort()
  const { child, url: gateway } = await startApi(url, {
    ...{ OBB_HOME: home, SECRETS_KEY: '00'.repeat(32), RATE_LIMIT: '0' },
    ...{ ADMIN_TOKEN: TOKEN, ADMIN_PORT: String(adminPort), API_DATABASE_POOL: '2' },
  })
  const api = new Connection(gateway)
  const admin = new Connection(`http://127.0.0.1:${adminPort}`)
  const meter = await Meter.open(server.url(), 'step', familyOf(child.pid))
  try {
    return await costs(meter, await workOf({ api, admin }))
  } finally {
    await meter.close()
    for (const connection of [api, admin]) connection.close()
    child.removeAllListeners('exit').kill('SIGTERM')
    await once(child, 'exit')
  }
}

async function byFetcher(database) {
  const meter = await Meter.open(server.url(), 'step', [])
  try {
    return await costs(meter, await fetcherWork(database, HERE))
  } finally {
    await meter.close()
  }
}

async function costs(meter, work) {
  const found = {}
  for (const [what, call] of Object.entries(work)) {
    try {
      const calls = what in BOUNDED ? SLOW_CALLS : CALLS
      found[what] = await costOf(meter, { calls, rounds: ROUNDS, warm: calls }, call)
    } catch (cause) {
      throw new Error(`${what} failed`, { cause })
    }
  }
  return found
}

function report({ byFiles, byWaiting }) {
  const results = [...byFiles, ...byWaiting]
  const [first] = byFiles
  const names = Object.keys(first.costs)
  say(
    `\nNode ${process.version}; least of ${ROUNDS} rounds; files and files that wait; × is to the first column\n`,
  )
  const table = (title, key, digits) => {
    say(`${title.padEnd(32)} ${results.map(({ step }) => nameOf(step).padStart(18)).join('')}`)
    for (const name of names) {
      const before = first.costs[name][key]
      const row = results.map(
        ({
          costs: {
            [name]: { [key]: now },
          },
        }) => {
          return `${now.toFixed(digits)} ${(before > 0 ? `${(now / before).toFixed(2)} ×` : '').padStart(8)}`.padStart(
            18,
          )
        },
      )
      if (before > 0) say(`${name.padEnd(32)} ${row.join('')}`)
    }
    say('')
  }
  table('Blocks', 'blocks', 1)
  table('CPU of PostgreSQL, ms', 'postgres', 2)
  table('CPU of the gateway, ms', 'gateway', 2)
  const grown = names.filter((name) => tell(name, byFiles, byWaiting))
  say(grown.length === 0 ? `All else stays within ${GOAL} ×.` : `Not reached: ${grown.join('; ')}`)
  if (grown.length > 0) process.exitCode = 1
}

/**
 * Says how a cost grew that did, and whether it goes on growing: with so little stored that a table is a few pages,
 * PostgreSQL reads those, and as much as an index takes only with more.
 */
function tell(name, byFiles, byWaiting) {
  const cost = ({ costs }) => costs[name].blocks
  const [first] = byFiles
  const most = byFiles.at(-1)
  const before = byFiles.at(-2) ?? first
  const exceeds = (now, then) => cost(now) > GOAL * cost(then) && cost(now) - cost(then) > SLACK
  const times = (now, then) =>
    `${(cost(now) / cost(then)).toFixed(2)} × (${nameOf(then.step)} → ${nameOf(now.step)})`
  const waiting = byWaiting.filter((each) => exceeds(each, most)).map((each) => times(each, most))
  const stored = exceeds(most, first) ? [times(most, first)] : []
  if (stored.length > 0 && before !== first) stored.push(times(most, before))
  if (stored.length + waiting.length === 0) return false
  const isSettled = waiting.length === 0 && before !== first && !exceeds(most, before)
  const why = BOUNDED[name] ?? (isSettled ? 'no longer grows' : '')
  say(`${name}: ${[...stored, ...waiting].join(', ')}${why === '' ? '' : `; ${why}`}`)
  return why === ''
}

function nameOf({ elsewhere, files, here }) {
  return `${short(files)}, ${short(here)}${elsewhere > 0 ? `+${short(elsewhere)}` : ''}`
}

function short(count) {
  if (count >= 1e6) return `${count / 1e6} M`
  return count >= 1e3 ? `${count / 1e3} k` : String(count)
}
