/*
 * npm run bench:proxy: the download proxy beside nginx's proxy_pass, in front of the same store.
 *
 *   store      nginx serving a file of 1 GiB that lies in memory (page cache), in the place of an S3: presigned
 *              requests are answered by their path, the signature is not checked. The same process for every side.
 *   packaged   nginx, `proxy_pass` and nothing else
 *   tuned      nginx with kept connections, no disk buffering, large buffers
 *   obb        apps/proxy as it is built, with its database
 *
 * All sides have the same number of worker processes (BENCH_WORKERS, 1) and are measured in turn, one after the
 * other, in every round; numbers only compare within one run, so every goal is a ratio. BENCH_ROUNDS (5) rounds,
 * medians of the rounds' ratios; on a loopback of its own, see lib/loopback.mjs. The clients are one more process,
 * whose own share of a core is printed.
 */
import { execFileSync, fork } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '@obb/core/database'
import { startPostgres } from '@obb/embedded-postgres'
import pg from 'pg'
import { median, say } from './lib/figures.mjs'
import { hasOwnLoopback, runWithOwnLoopback } from './lib/loopback.mjs'
import { freePort, packagedConfig, startNginx, tunedConfig, upstreamConfig } from './lib/nginx.mjs'

const GIB = 1024 ** 3
const SIZE = Number(process.env.BENCH_MIB ?? 1024) * 1024 ** 2
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3)
/** Seconds; Node compiles what runs often, which takes some thousands of requests. */
const WARM_UP = 3 * SECONDS
const WORKERS = Number(process.env.BENCH_WORKERS ?? 1)
const STALLED = Number(process.env.BENCH_STALLED ?? 1000)
/** Bytes that a stalled client asks for: more than sockets hold, less than exhausts the memory of all of them. */
const STALLED_RANGE = 8 * 1024 * 1024
const RANGES = 16
const SMALL = 64 * 1024
const SMALL_CONNECTIONS = 64
/** 16 connections of one link at most, as clients do. */
const LINKS = 4
const STALL_LINKS = 64
const BUCKET = 'files'

const root = fileURLToPath(new URL('..', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'obb-bench-'))
const children = []

function nginxVersion() {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return execFileSync('sh', ['-c', 'nginx -v 2>&1'], { encoding: 'utf8' })
      .trim()
      .replace('nginx version: ', '')
  } catch {
    return undefined
  }
}

/** Random bytes, 1 MiB of them again and again with its number in front. */
function writeFile(path) {
  const hash = createHash('sha256')
  const file = openSync(path, 'w')
  const block = randomBytes(1024 * 1024)
  for (let index = 0; index < SIZE / block.length; index += 1) {
    block.writeUInt32LE(index)
    hash.update(block)
    writeSync(file, block)
  }
  closeSync(file)
  return hash.digest('hex')
}

/** Links to the one file, a user each as one user has one link per file. */
async function prepareDatabase(url, sha256) {
  await migrate(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const file = randomUUID()
  await client.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, size, checked_at, object_key,
                              sha256, md5, done_at, last_access_at, created_at, updated_at)
     VALUES ($1, 'RapidGator', '1', 'https://rapidgator.net/file/1', 'done', 'file.bin', $2, now(), 'object',
             $3, repeat('b', 32), now(), now(), now(), now())`,
    [file, SIZE, sha256],
  )
  const links = []
  for (let index = 0; index < STALL_LINKS; index += 1) {
    const account = randomUUID()
    const link = randomBytes(12).toString('hex')
    await client.query(
      'INSERT INTO account (id, email, traffic_left, traffic_max, created_at) VALUES ($1, $2, 1, 1, now())',
      [account, `bench${index}@example.test`],
    )
    await client.query(
      `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
       VALUES ($1, $2, $3, 'rapidgator.net', 0, now(), now() + interval '1 day')`,
      [link, account, file],
    )
    links.push(`/download/${link}/file.bin`)
  }
  await client.end()
  return links
}

function startProxy(databaseUrl, storePort) {
  const child = fork(join(root, 'apps', 'proxy', 'dist', 'main.js'), {
    env: {
      ...process.env,
      OBB_HOME: home,
      DATABASE_URL: databaseUrl,
      SECRETS_KEY: '00'.repeat(32),
      S3_ENDPOINT: `http://127.0.0.1:${storePort}`,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: 'bench',
      S3_SECRET_ACCESS_KEY: 'bench',
      PROXY_PORT: '0',
      PROXY_WORKERS: String(WORKERS),
      LOG_LEVEL: 'warn',
    },
  })
  children.push(child)
  return new Promise((resolve, reject) => {
    child.once('message', ({ url }) => resolve({ pid: child.pid, port: Number(new URL(url).port) }))
    child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}`)))
  })
}

/** The process and what it started. */
function family(pid) {
  const parents = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = statOf(name)
    if (stat !== undefined) parents.set(Number(name), Number(stat[1]))
  }
  const members = [pid]
  for (const member of members)
    for (const [child, parent] of parents) if (parent === member) members.push(child)
  return members
}

/** proc_pid_stat(5) after the name of the program: state, parent, … */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

const TICK = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
const cpuOf = (pid) =>
  family(pid).reduce((sum, each) => {
    const stat = statOf(each)
    return stat === undefined ? sum : sum + (Number(stat[11]) + Number(stat[12])) / TICK
  }, 0)

/** Bytes of memory, shared pages divided among who shares them. */
const memoryOf = (pid) =>
  family(pid).reduce((sum, each) => {
    const text = readFileSync(`/proc/${each}/smaps_rollup`, 'utf8')
    return sum + Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024
  }, 0)

let load
function tell(task, options) {
  return new Promise((resolve, reject) => {
    load.once('message', ({ result, error }) =>
      error === undefined ? resolve(result) : reject(new Error(error)),
    )
    load.send({ task, ...options })
  })
}

async function measure(task, side, options) {
  const before = cpuOf(side.pid)
  const result = await tell(task, {
    port: side.port,
    paths: side.paths.slice(0, LINKS),
    size: SIZE,
    ...options,
  })
  return {
    throughput: result.bytes / GIB / result.seconds,
    rate: result.requests / result.seconds,
    cpuPerGiB: (cpuOf(side.pid) - before) / (result.bytes / GIB),
    clients: result.cpu / result.seconds,
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Bytes per client that reads nothing, once nothing moves any more. */
async function stalledMemory(side) {
  const before = memoryOf(side.pid)
  await tell('stall', { port: side.port, paths: side.paths, count: STALLED, length: STALLED_RANGE })
  for (let last = -1, now = cpuOf(side.pid); now !== last;) {
    await sleep(1500)
    last = now
    now = cpuOf(side.pid)
    if (now - last < 0.05) break
  }
  const each = (memoryOf(side.pid) - before) / STALLED
  await tell('release', {})
  await sleep(1000)
  return each
}

function table(sides, results, stalled) {
  say(
    `  ${''.padEnd(10)} ${'16 ranges'.padStart(12)} ${'CPU'.padStart(11)} ${'64 KiB'.padStart(12)} ${'clients'.padStart(9)} ${'stalled'.padStart(11)}`,
  )
  for (const { name } of sides) {
    const of = (key) => median(results[name].map(key))
    const each = stalled[name]
    say(
      `  ${name.padEnd(10)} ${of((r) => r.whole.throughput)
        .toFixed(2)
        .padStart(6)} GiB/s ${of((r) => r.whole.cpuPerGiB)
        .toFixed(2)
        .padStart(5)} s/GiB ` +
        `${of((r) => r.small.rate)
          .toFixed(0)
          .padStart(8)} /s  ${(of((r) => r.small.clients) * 100).toFixed(0).padStart(6)} %` +
        (each === undefined ? '' : ` ${(each / 1024).toFixed(0).padStart(7)} KiB`),
    )
  }
}

function goal(name, value, direction, wanted, gate) {
  const reached = direction === '≥' ? value >= wanted : value <= wanted
  const held =
    gate === undefined
      ? ''
      : `, gate ${gate} ${(direction === '≥' ? value >= gate : value <= gate) ? 'held' : 'MISSED'}`
  say(
    `  ${name.padEnd(58)} ${value.toFixed(2).padStart(6)}   goal ${direction} ${wanted} ${reached ? 'reached' : 'MISSED'}${held}`,
  )
}

async function main() {
  const version = nginxVersion()
  if (version === undefined) {
    say('bench:proxy compares with nginx, which is not installed here (package nginx). Nothing was measured.')
    process.exitCode = 2
    return
  }
  if (!hasOwnLoopback) {
    if (await runWithOwnLoopback(fileURLToPath(import.meta.url))) return
    say(
      'Without a network namespace (root, unshare and ip): delayed ACKs may bound the small ranges on every side.',
    )
  }
  load = fork(fileURLToPath(new URL('lib/proxy-load.mjs', import.meta.url)))
  children.push(load)
  const folder = join(home, 'www', BUCKET)
  mkdirSync(folder, { recursive: true })
  say(`Preparing a file of ${SIZE / 1024 ** 2} MiB …`)
  const sha256 = writeFile(join(folder, 'object'))
  const postgres = await startPostgres({
    directory: join(home, 'postgres'),
    password: randomBytes(12).toString('hex'),
  })
  try {
    const links = await prepareDatabase(postgres.url(), sha256)
    const [store, packaged, tuned] = [await freePort(), await freePort(), await freePort()]
    const start = async (name, port, http) => {
      const child = await startNginx(name, home, port, WORKERS, http)
      children.push(child)
      return { name, pid: child.pid, port, paths: [`/${BUCKET}/object`] }
    }
    const sides = [
      await start('store', store, upstreamConfig({ port: store, root: join(home, 'www'), bucket: BUCKET })),
      await start('packaged', packaged, packagedConfig({ port: packaged, upstream: store })),
      await start('tuned', tuned, tunedConfig({ port: tuned, upstream: store })),
      { name: 'obb', ...(await startProxy(postgres.url(), store)), paths: links },
    ]
    const results = Object.fromEntries(sides.map(({ name }) => [name, []]))
    const stalled = {}
    if (STALLED > 0) {
      // Before the rounds, whose memory would be used again and hide what a stalled client costs.
      say(`${STALLED} clients that read nothing …`)
      for (const side of sides.slice(2)) {
        await measure('small', side, { length: SMALL, connections: SMALL_CONNECTIONS, seconds: SECONDS })
        stalled[side.name] = await stalledMemory(side)
      }
    }
    for (let round = 0; round <= ROUNDS; round += 1) {
      say(round === 0 ? 'Warming up …' : `Round ${round} of ${ROUNDS} …`)
      for (const side of sides) {
        const whole = await measure('whole', side, { connections: RANGES })
        const seconds = round === 0 ? WARM_UP : SECONDS
        const small = await measure('small', side, { length: SMALL, connections: SMALL_CONNECTIONS, seconds })
        if (round > 0) results[side.name].push({ whole, small })
      }
    }
    report(version, sides, results, stalled)
  } finally {
    for (const child of children) child.removeAllListeners('exit').kill('SIGTERM')
    await sleep(300)
    await postgres.stop()
  }
}

function report(version, sides, results, stalled) {
  say(
    `\n${ROUNDS} rounds, ${WORKERS} worker process${WORKERS === 1 ? '' : 'es'} on each side, ${cpus().length} cores; Node ${process.version}, ${version}\n`,
  )
  table(sides, results, stalled)
  say(
    '  clients: share of a core that the load generator used in the 64 KiB run; the store alone bounds every row.\n',
  )
  const ratio = (key, other) =>
    median(results.obb.map((mine, round) => key(mine) / key(results[other][round])))
  goal(
    '1 GiB, 16 ranges, against nginx as packaged',
    ratio((r) => r.whole.throughput, 'packaged'),
    '≥',
    2.5,
  )
  goal(
    '1 GiB, 16 ranges, against nginx tuned',
    ratio((r) => r.whole.throughput, 'tuned'),
    '≥',
    0.95,
    0.85,
  )
  goal(
    '64 KiB ranges, 64 connections, against nginx tuned',
    ratio((r) => r.small.rate, 'tuned'),
    '≥',
    0.75,
    0.6,
  )
  goal(
    'CPU seconds per GiB, against nginx tuned',
    ratio((r) => r.whole.cpuPerGiB, 'tuned'),
    '≤',
    1.2,
  )
  const { obb: mine, tuned: theirs } = stalled
  if (mine === undefined) return
  goal(`memory per stalled client of ${STALLED}, MiB`, mine / 1024 ** 2, '≤', 1)
  goal('memory per stalled client, against nginx tuned', mine / theirs, '≤', 1)
}

await main()
rmSync(home, { recursive: true, force: true })
process.exit()
