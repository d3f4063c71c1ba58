/*
 * npm run bench:fetch [-- ROW …]: the fetch engine beside aria2 and rclone, from the same host.
 *
 *   host       nginx serving files that lie in memory (page cache), one process; where the host is limited, or the
 *              file too large for memory, a process of Node that paces every connection at its socket
 *   obb        `transferFile` of apps/fetcher in one process, as an attempt runs it: 16 connections, part by part
 *              into the store, made durable, hashed on the way as it runs by default (SHA-256 and CRC-32C); SHA-256
 *              alone and all four hashes are sides of their own. The database is not part of it.
 *   aria2c     -x16 -s16, no hash, nothing made durable
 *   rclone     copyurl, no hash, nothing made durable
 *
 *   clients    what both receive with, the client of hosts and the reader of an S3, without anything behind: ranges of
 *              one file, thrown away
 *
 * Rows: local, s3, clients, limited, files, memory, growth; all unless named. The sides are measured in turn in every round, and
 * numbers only compare within one run, so every goal is a median of the rounds' ratios. BENCH_ROUNDS (5);
 * BENCH_MIB (1024), the file; BENCH_LARGE_MIB (16384), whose cost is compared with that of as many bytes in
 * files of 64 MiB: twice as much room is needed where temporary files lie.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { median, say } from './lib/figures.mjs'
import {
  MIB,
  endAll,
  engine,
  goal,
  inTurn,
  owned,
  ratio,
  rounds,
  run,
  start,
  table,
  versionOf,
  writeFile,
} from './lib/fetch-measure.mjs'
import { freePort, startNginx } from './lib/nginx.mjs'

const SIZE = Number(process.env.BENCH_MIB ?? 1024) * MIB
const LARGE = Number(process.env.BENCH_LARGE_MIB ?? 16 * 1024) * MIB
const SMALL = 64 * MIB
const MIDDLE = 256 * MIB
const FILES = 200
const CONNECTIONS = 16
const RANGES = 8
/** Bytes per second and connection of the limited host; and of one that is not, but for what a machine can do. */
const LIMIT = 20e6
const UNLIMITED = 1e9
/** FETCH_DIGESTS of the sides that differ from its default. */
const SHA256 = ['sha256']
const ALL = ['sha256', 'md5', 'crc32c', 'pieces']

const home = mkdtempSync(join(tmpdir(), 'obb-bench-'))
const www = join(home, 'www')
const out = join(home, 'out')
const local = { kind: 'local', directory: join(home, 'store') }
const versions = {
  nginx: versionOf('nginx', '-v'),
  aria2c: versionOf('aria2c', '--version'),
  rclone: versionOf('rclone', 'version'),
}

let files = 0
const aFile = (url, size, names = undefined) => ({
  ...{ url, size, names },
  ...{ key: `bench/${++files}`, connections: CONNECTIONS },
})

async function startHost() {
  mkdirSync(www)
  writeFile(join(www, 'big'), SIZE)
  writeFile(join(www, 'middle'), MIDDLE)
  writeFile(join(www, 'small'), SMALL)
  symlinkSync('.', join(www, 'bucket'))
  for (let index = 0; index < FILES; index++) writeFile(join(www, `f${index}`), MIB)
  const port = await freePort()
  const http = `sendfile on; keepalive_requests 1000000; default_type application/octet-stream;
    server { listen 127.0.0.1:${port} backlog=4096; root ${www}; }`
  owned(await startNginx('host', home, port, 1, http))
  return `http://127.0.0.1:${port}`
}

/** A side of OBB, warmed up with a small file, or as it is told: a fetcher runs for weeks. */
const obb = (host, store, list, atOnce = 1, warm = () => [aFile(`${host}/small`, SMALL)]) => {
  return () => engine({ store, atOnce, files: list() }, { store, atOnce, files: warm() })
}

const fresh = (side) => () => {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out)
  return side()
}

const ARIA2 = ['--no-conf', '--file-allocation=none', '--allow-overwrite=true', '-d', out]
const aria2c = (...args) => versions.aria2c && fresh(() => run('aria2c', [...ARIA2, ...args], home))
const rclone = (from, to) => versions.rclone && fresh(() => run('rclone', ['copyurl', from, to], home))

const seconds = (result) => result.seconds
const cpu = (result) => result.cpu

async function toLocal(host) {
  say(`\n${SIZE / MIB} MiB to the local store`)
  const url = `${host}/big`
  const results = await inTurn({
    obb: obb(host, local, () => [aFile(url, SIZE)]),
    'obb, SHA-256': obb(host, local, () => [aFile(url, SIZE, SHA256)]),
    'obb, 4 hashes': obb(host, local, () => [aFile(url, SIZE, ALL)]),
    aria2c: aria2c('-x16', '-s16', url),
    rclone: rclone(url, join(out, 'big')),
  })
  table(results, SIZE)
  for (const [tool, wanted] of [
    ['aria2c', 1.6],
    ['rclone', 1],
  ]) {
    const theirs = results[tool]
    if (!theirs) continue
    goal(
      `speed as it runs by default, times ${tool} without hashes`,
      ratio(seconds, theirs, results.obb),
      '≥',
      wanted,
    )
    for (const side of ['obb, SHA-256', 'obb, 4 hashes']) {
      say(`    ${side}: ${ratio(seconds, theirs, results[side]).toFixed(2)} times ${tool}`)
    }
  }
  const more = ratio(cpu, results.obb, results['obb, SHA-256'])
  goal('CPU as it runs by default, times that with SHA-256 alone', more, '≤', 1.25)
}

/** The tests' own, in a process of its own. */
async function startS3() {
  const { first } = await start('./fetch-s3.mjs', join(home, `s3-${++files}`))
  return { kind: 's3', bucket: 'files', ...first }
}

async function toS3(host) {
  say(`\n${SIZE / MIB} MiB to an S3`)
  const store = await startS3()
  const remote =
    `:s3,provider=Other,env_auth=false,force_path_style=true,endpoint='${store.endpoint}',` +
    `access_key_id=${store.accessKeyId},secret_access_key=${store.secretAccessKey}:files/rclone`
  const url = `${host}/big`
  const results = await inTurn({
    obb: obb(host, store, () => [aFile(url, SIZE)]),
    rclone: rclone(url, remote),
  })
  table(results, SIZE)
  if (results.rclone) {
    goal('CPU, times rclone without hashes', ratio(cpu, results.obb, results.rclone), '≤', 0.5)
  }
  goal('highest resident set, MiB', Math.max(...results.obb.map((result) => result.rss)), '≤', 120)
}

/** Both stand on packages/http-engine, and nginx is the S3 as well: a presigned URL is a path to it. */
async function ofClients(host) {
  say(`\n${SIZE / MIB} MiB in ${RANGES} ranges at once, thrown away`)
  const side = (client) => () => {
    const order = { client, ranges: RANGES, origin: host, bucket: 'bucket', key: 'big', size: SIZE }
    return engine(order, { ...order, key: 'small', size: SMALL }, './fetch-client.mjs')
  }
  const results = await inTurn({ hosts: side('hosts'), S3: side('S3') })
  table(results, SIZE)
  goal("CPU of the hosts' client, times the S3's", ratio(cpu, results.hosts, results.S3), '≤', 1.15)
}

async function fromLimited(host) {
  say(
    `\n${SIZE / MIB} MiB from a host limited to ${LIMIT / 1e6} MB/s per connection, ${CONNECTIONS} connections`,
  )
  const { first } = await start('./fetch-origin.mjs', String(SIZE), String(LIMIT))
  const url = `http://127.0.0.1:${first}/file`
  const results = await inTurn({
    obb: obb(host, local, () => [aFile(url, SIZE)]),
    aria2c: aria2c('-x16', '-s16', '-o', 'file', url),
  })
  table(results, SIZE)
  const limit = LIMIT * CONNECTIONS
  const reached = median(results.obb.map((result) => SIZE / result.seconds)) / limit
  goal(`of the ${limit / 1e6} MB/s that are the limit`, reached, '≥', 0.95)
}

async function ofManyFiles(host) {
  say(`\n${FILES} files of 1 MiB, 16 at once`)
  const urls = Array.from({ length: FILES }, (_, index) => `${host}/f${index}`)
  const list = () => urls.map((url) => aFile(url, MIB))
  const results = await inTurn({
    obb: obb(host, local, list, 16, list),
    aria2c: aria2c('-j16', '-Z', ...urls),
  })
  table(results, FILES * MIB)
  if (results.aria2c) goal('speed, times aria2c -j16', ratio(seconds, results.aria2c, results.obb), '≥', 1)
}

/** In a process that has imported all that a fetcher is. */
async function ofMemory(host) {
  const atOnce = 8
  say(`\n${atOnce} files of ${MIDDLE / MIB} MiB at once, ${CONNECTIONS} connections each`)
  const side = (store) => () => {
    const list = Array.from({ length: atOnce }, () => aFile(`${host}/middle`, MIDDLE))
    const warm = { store, atOnce: 1, files: [aFile(`${host}/small`, SMALL)], imports: ['@obb/fetcher'] }
    return engine({ store, atOnce, files: list }, warm)
  }
  const results = await inTurn({ 'obb, local': side(local), 'obb, S3': side(await startS3()) })
  table(results, atOnce * MIDDLE)
  for (const [name, rows] of Object.entries(results)) {
    goal(`${name}: highest resident set, MiB`, Math.max(...rows.map((row) => row.rss)), '≤', 170)
  }
}

async function asItGrows(host) {
  say(`\n${LARGE / MIB} MiB as one file, and as files of ${SMALL / MIB} MiB that stay as long`)
  const origin = async (size) => {
    const { first } = await start('./fetch-origin.mjs', String(size), String(UNLIMITED))
    return `http://127.0.0.1:${first}/file`
  }
  const [small, large] = [await origin(SMALL), await origin(LARGE)]
  const times = Math.ceil(LARGE / SMALL)
  const results = await inTurn({
    small: obb(host, local, () => Array.from({ length: times }, () => aFile(small, SMALL))),
    large: obb(host, local, () => [aFile(large, LARGE)]),
  })
  table(results, LARGE)
  const grown = ratio(cpu, results.large, results.small)
  goal('CPU per byte of the large file, times the small', grown, '≤', 1.1)
}

const ROWS = {
  local: toLocal,
  s3: toS3,
  clients: ofClients,
  limited: fromLimited,
  files: ofManyFiles,
  memory: ofMemory,
  growth: asItGrows,
}

async function main() {
  const named = process.argv.slice(2)
  const unknown = named.filter((name) => !(name in ROWS))
  if (unknown.length > 0) throw new Error(`rows are ${Object.keys(ROWS).join(', ')}`)
  const missing = Object.keys(versions).filter((name) => versions[name] === undefined)
  for (const name of missing) say(`bench:fetch compares with ${name}, which is not installed here.`)
  if (versions.nginx === undefined) {
    say('nginx is the host that everything is fetched from. Nothing was measured.')
    process.exitCode = 2
    return
  }
  const programs = Object.entries(versions).filter(([, version]) => version !== undefined)
  const told = programs.map((pair) => pair.join(' ')).join(', ')
  say(`${rounds} rounds, ${cpus().length} × ${cpus()[0].model}; Node ${process.version}, ${told}`)
  const host = await startHost()
  for (const [name, measure] of Object.entries(ROWS)) {
    if (named.length === 0 || named.includes(name)) await measure(host)
  }
}

try {
  await main()
} finally {
  endAll()
  rmSync(home, { recursive: true, force: true })
}
process.exit()
