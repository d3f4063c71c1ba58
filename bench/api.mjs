/*
 * npm run bench:api: how many requests of `POST /unrestrict` the gateway answers per second, beside what
 * PostgreSQL itself can do in the same run.
 *
 *   floor        key lookup and a conditional update with its ledger row in one transaction, straight to PostgreSQL,
 *                by as many processes as there are gateways
 *   reuse        a file whose live link exists: nothing is charged
 *   new link     a stored file without a link of this account: link and charge
 *
 * All on this machine: PostgreSQL (durable: fsync and synchronous commit on), the gateways, the load. Numbers only
 * compare within one run, and machines are shared: each phase is measured between two looks at the floor, and its
 * ratio is to the mean of those.
 */
import { fork } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '@obb/core/database'
import { startPostgres } from '@obb/embedded-postgres'
import pg from 'pg'
import { median, say } from './lib/figures.mjs'
import { Connection, startApi } from './lib/gateway.mjs'

const CLIENTS = 16
/**
 * WARM_SECONDS is per gateway: what runs often is compiled, the later the more processes share the cores; a gateway
 * runs for days.
 */
const WARM_SECONDS = 8
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
const ACCOUNTS = 32
const FILES = 200_000
/** Files that no reuse is asked for. */
const UNLINKED = FILES - CLIENTS
const SIZE = 1_000
const GOAL = 0.6
const UNRESTRICT = '/api/external/v1/unrestrict'

const home = mkdtempSync(join(tmpdir(), 'obb-bench-'))

const idOf = (file) => file.toString(16).padStart(32, '0')

async function prepare(url) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const keys = []
  for (let index = 0; index < ACCOUNTS; index++) {
    const key = `obb_${randomBytes(16).toString('hex')}`
    const id = randomUUID()
    keys.push({ key, id, hash: createHash('sha256').update(key).digest() })
    await client.query(
      `INSERT INTO account (id, email, traffic_left, traffic_max, created_at) VALUES ($1, $2, $3, $3, now())`,
      [id, `bench${index}@example.test`, 1e15],
    )
    await client.query(
      'INSERT INTO api_key (id, hash, account_id, created_at) VALUES (gen_random_uuid(), $1, $2, now())',
      [keys[index].hash, id],
    )
  }
  await client.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, size, checked_at, object_key,
                              sha256, md5, done_at, last_access_at, created_at, updated_at)
     SELECT gen_random_uuid(), 'RapidGator', lpad(to_hex(n), 32, '0'), 'https://rapidgator.net/file/' || lpad(to_hex(n), 32, '0'),
            'done', 'file-' || n, $1, now(), 'x', repeat('a', 64), repeat('b', 32), now(), now(), now(), now()
       FROM generate_series(1, $2::int) n`,
    [SIZE, FILES],
  )
  // An installation in use: the planner should not take the tables for empty.
  await client.query(
    `WITH made AS (
       INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
       SELECT replace(gen_random_uuid()::text, '-', ''), a.id, f.id, 'rapidgator.net', f.size, now(), now() + interval '7 days'
         FROM account a CROSS JOIN LATERAL (SELECT * FROM source_file TABLESAMPLE SYSTEM (1)) f
       RETURNING id, account_id, charged)
     INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
     SELECT account_id, 'charge', -charged, 'RapidGator', id, now() FROM made`,
  )
  await client.query('ANALYZE')
  await client.end()
  return keys
}

/** Work done by `CLIENTS` clients at once for so many seconds: per second, and the 99th percentile in ms. */
async function measure(work, duration = SECONDS) {
  const times = []
  const end = performance.now() + duration * 1000
  const started = performance.now()
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (let turn = 0; performance.now() < end; turn++) {
        const begun = performance.now()
        await work(client, turn)
        times.push(performance.now() - begun)
      }
    }),
  )
  return resultOf(times, (performance.now() - started) / 1000)
}

function resultOf(times, seconds) {
  times.sort((a, b) => a - b)
  return { rate: times.length / seconds, p99: times[Math.floor(times.length * 0.99)] ?? 0 }
}

/**
 * The floor: the same clients straight at PostgreSQL, in as many processes as there are gateways. One process that
 * serves all clients handles several answers with every turn of its loop, and four that share them do not, whatever
 * they do.
 */
async function openFloor(count, url, keys) {
  const clients = Array.from({ length: CLIENTS }, (_, client) => client)
  const children = await Promise.all(
    Array.from({ length: count }, async (_, process) => {
      const child = fork(fileURLToPath(new URL('lib/api-floor.mjs', import.meta.url)))
      const connections = clients.filter((client) => client % count === process)
      child.send({ url, size: SIZE, connections, keys: keys.map(({ hash }) => hash.toString('hex')) })
      await once(child, 'message')
      return child
    }),
  )
  const look = async (seconds) => {
    const started = performance.now()
    for (const child of children) child.send({ ms: seconds * 1000 })
    const answers = await Promise.all(children.map((child) => once(child, 'message')))
    const times = answers.flatMap(([each]) => each)
    return resultOf(times, (performance.now() - started) / 1000)
  }
  const close = async () => {
    await Promise.all(children.map((child) => (child.kill(), once(child, 'exit'))))
  }
  return { look: () => look(SECONDS / 2), close }
}

/** A phase and what the floor was around it. */
async function beside(floor, work) {
  const before = await floor.look()
  const { rate, p99 } = await measure(work)
  const after = await floor.look()
  return { rate, p99, floors: [before, after], ratio: (2 * rate) / (before.rate + after.rate) }
}

let nextLink = 0

/** So many gateways, their clients, and the floor beside them; warm. */
async function openGateways(count, postgres, keys) {
  const env = { OBB_HOME: home, SECRETS_KEY: '00'.repeat(32), RATE_LIMIT: '0' }
  const apis = await Promise.all(Array.from({ length: count }, () => startApi(postgres.url(), env)))
  const connections = Array.from({ length: CLIENTS }, (_, client) => new Connection(apis[client % count].url))
  const ask = (turn, file) => {
    const url = `https://rapidgator.net/file/${idOf(file)}`
    return connections[turn % CLIENTS].ask('POST', UNRESTRICT, keys[turn % keys.length].key, { url })
  }
  const reuse = (client) => ask(client, FILES - client)
  /** Files one after the other, and once they are used up again for the other accounts. */
  const newLink = (client) => {
    const turn = nextLink++
    return ask(client + CLIENTS * Math.floor(turn / UNLINKED), 1 + (turn % UNLINKED))
  }
  const floor = await openFloor(count, postgres.url(), keys)
  for (const work of [reuse, newLink]) await measure(work, count * WARM_SECONDS)
  await floor.look()
  const close = async () => {
    await floor.close()
    for (const connection of connections) connection.close()
    for (const { child } of apis) child.removeAllListeners('exit').kill('SIGTERM')
    await Promise.all(apis.map(({ child }) => once(child, 'exit')))
  }
  return {
    round: async () => ({ reuse: await beside(floor, reuse), made: await beside(floor, newLink) }),
    close,
  }
}

function row(name, results) {
  const [rate, p99, ratio] = ['rate', 'p99', 'ratio'].map((key) => median(results.map((each) => each[key])))
  const share = ratio === undefined ? '' : `${(ratio * 100).toFixed(0).padStart(6)} % of the floor`
  say(
    `  ${name.padEnd(24)} ${rate.toFixed(0).padStart(7)} /s   p99 ${p99.toFixed(1).padStart(6)} ms ${share}`,
  )
  return ratio
}

const postgres = await startPostgres({
  directory: join(home, 'postgres'),
  password: randomBytes(12).toString('hex'),
})
try {
  await migrate(postgres.url())
  say(`Preparing ${FILES} stored files and ${ACCOUNTS} accounts …`)
  const keys = await prepare(postgres.url())
  const results = { 1: [], 4: [] }
  for (const count of [1, 4]) {
    say(`${count === 1 ? 'One gateway' : `${count} gateways`}, ${ROUNDS} rounds …`)
    const gateways = await openGateways(count, postgres, keys)
    for (let round = 0; round < ROUNDS; round++) results[count].push(await gateways.round())
    await gateways.close()
  }
  say(`\n${CLIENTS} clients, ${SECONDS} s each, medians of ${ROUNDS} rounds; Node ${process.version}\n`)
  for (const count of [1, 4]) {
    const phases = results[count].flatMap(({ reuse, made }) => [reuse, made])
    const name = count === 1 ? '1 gateway' : `${count} gateways`
    row(
      `floor for ${name}`,
      phases.flatMap(({ floors }) => floors),
    )
    row(
      `${name}, reuse`,
      results[count].map(({ reuse }) => reuse),
    )
    row(
      `${name}, new link`,
      results[count].map(({ made }) => made),
    )
  }
  say(`\nThe goal is ${GOAL * 100} % of the floor.`)
} finally {
  await postgres.stop()
  rmSync(home, { recursive: true, force: true })
}
