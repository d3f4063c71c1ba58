/*
 * npm run bench:api: how many requests of `POST /unrestrict` the gateway answers per second, beside what
 * PostgreSQL itself can do in the same run.
 *
 *   floor        key lookup and a conditional update with its ledger row in one transaction, straight to PostgreSQL
 *   reuse        a file whose live link exists: nothing is charged
 *   new link     a stored file without a link of this account: link and charge
 *
 * All on this machine: PostgreSQL (durable: fsync and synchronous commit on), the gateways, the load. Numbers only
 * compare within one run, and machines are shared: each phase is measured between two looks at the floor, and its
 * ratio is to the mean of those.
 */
import { fork } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '@obb/core/database'
import { startPostgres } from '@obb/embedded-postgres'
import pg from 'pg'

const CLIENTS = 16
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3)
const ACCOUNTS = 32
const FILES = 200_000
const SIZE = 1_000
const GOAL = 0.6

const root = fileURLToPath(new URL('..', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'obb-bench-'))
const say = (line) => process.stdout.write(`${line}\n`)

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
    await client.query('INSERT INTO api_key (hash, account_id, created_at) VALUES ($1, $2, now())', [
      keys[index].hash,
      id,
    ])
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
  const seconds = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  return { rate: times.length / seconds, p99: times[Math.floor(times.length * 0.99)] ?? 0 }
}

/**
 * A process that was just started still compiles, the more of them the longer: until two looks in a row bring no more
 * than the best before, or half a minute has passed.
 */
async function warm(work) {
  let best = 0
  for (let looks = 0, vain = 0; looks < 15 && vain < 2; looks++) {
    const { rate } = await measure(work, 2)
    vain = rate > best * 1.03 ? 0 : vain + 1
    best = Math.max(best, rate)
  }
}

/** What PostgreSQL has to do for one charge, as work of a client. */
function floor(pool, keys) {
  return async (client, turn) => {
    const { hash } = keys[(client + turn) % keys.length]
    const connection = await pool.connect()
    try {
      const { rows } = await connection.query({
        name: 'key',
        text: 'SELECT a.id FROM api_key k JOIN account a ON a.id = k.account_id WHERE k.hash = $1 AND k.revoked_at IS NULL',
        values: [hash],
      })
      await connection.query('BEGIN')
      await connection.query({
        name: 'charge',
        text: `WITH paid AS (
                 UPDATE account SET traffic_left = traffic_left - $2 WHERE id = $1 AND traffic_left >= $2 RETURNING id)
               INSERT INTO traffic_entry (account_id, kind, bytes, platform, created_at)
               SELECT id, 'charge', -$2::bigint, 'RapidGator', now() FROM paid`,
        values: [rows[0].id, SIZE],
      })
      await connection.query('COMMIT')
    } finally {
      connection.release()
    }
  }
}

/** A phase and what the floor was around it. */
async function beside(floorNow, work) {
  const before = await floorNow()
  const { rate, p99 } = await measure(work)
  const after = await floorNow()
  return { rate, p99, floors: [before, after], ratio: (2 * rate) / (before.rate + after.rate) }
}

function startApi(url, env) {
  const child = fork(join(root, 'apps', 'api', 'dist', 'main.js'), {
    env: { ...process.env, ...env, DATABASE_URL: url, API_PORT: '0', LOG_LEVEL: 'warn' },
  })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ child, url: message.url }))
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)))
  })
}

/**
 * One keep-alive connection of a client. Node's own HTTP client costs as much as the gateway does, on the cores that
 * both share, and a download manager is not what is measured.
 */
class Connection {
  constructor(api) {
    const { hostname, port } = new URL(api)
    this.host = `${hostname}:${port}`
    this.socket = connect(Number(port), hostname)
    this.socket.setNoDelay().setEncoding('latin1')
    this.text = ''
    this.socket.on('data', (text) => this.take(text))
    this.socket.on('close', () => this.fail?.(new Error('the gateway closed the connection')))
  }

  unrestrict(key, file) {
    const body = JSON.stringify({ url: `https://rapidgator.net/file/${idOf(file)}` })
    return new Promise((resolve, reject) => {
      this.done = resolve
      this.fail = reject
      this.socket.write(
        `POST /api/external/v1/unrestrict HTTP/1.1\r\nhost: ${this.host}\r\nauthorization: Bearer ${key}\r\n` +
          `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
    })
  }

  take(text) {
    this.text += text
    const head = this.text.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.text)?.[1])
    if (this.text.length < head + 4 + length) return
    const answer = this.text
    this.text = ''
    if (answer.startsWith('HTTP/1.1 200')) this.done()
    else this.fail(new Error(answer))
  }

  close() {
    this.fail = undefined
    this.socket.destroy()
  }
}

let nextFile = 1

async function gateways(count, postgres, keys, floorNow) {
  const env = { OBB_HOME: home, SECRETS_KEY: '00'.repeat(32), DATABASE_POOL: '8', RATE_LIMIT: '0' }
  const apis = await Promise.all(Array.from({ length: count }, () => startApi(postgres.url(), env)))
  const connections = Array.from({ length: CLIENTS }, (_, client) => new Connection(apis[client % count].url))
  const ask = (client, file) => connections[client].unrestrict(keys[client % keys.length].key, file)
  try {
    for (let client = 0; client < CLIENTS; client++) await ask(client, FILES - client)
    await warm((client, turn) => ask(client, turn % 2 === 0 ? FILES - client : nextFile++))
    const reuse = await beside(floorNow, (client) => ask(client, FILES - client))
    const made = await beside(floorNow, (client) => ask(client, nextFile++))
    return { reuse, made }
  } finally {
    for (const connection of connections) connection.close()
    for (const { child } of apis) child.removeAllListeners('exit').kill('SIGTERM')
    await Promise.all(apis.map(({ child }) => new Promise((resolve) => child.once('exit', resolve))))
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

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
  const pool = new pg.Pool({ connectionString: postgres.url(), max: CLIENTS })
  const results = { 1: [], 4: [] }
  pool.on('error', () => undefined) // PostgreSQL ends before the pool has quite ended
  const charge = floor(pool, keys)
  await warm(charge)
  for (let round = 1; round <= ROUNDS; round++) {
    say(`Round ${round} of ${ROUNDS} …`)
    for (const count of [1, 4]) {
      results[count].push(await gateways(count, postgres, keys, () => measure(charge, SECONDS / 2)))
    }
  }
  await pool.end()
  say(`\n${CLIENTS} clients, ${SECONDS} s each, medians of ${ROUNDS} rounds; Node ${process.version}\n`)
  const phases = (of) => [1, 4].flatMap((count) => results[count].map(of))
  row(
    'floor: lookup and charge',
    [...phases(({ reuse }) => reuse), ...phases(({ made }) => made)].flatMap((each) => each.floors),
  )
  for (const count of [1, 4]) {
    const name = count === 1 ? '1 gateway' : `${count} gateways`
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
