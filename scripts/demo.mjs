/*
 * npm run demo: proof that the whole thing works, on a temporary data directory and without any account. The
 * stack, a stand-in for RapidGator that serves a 256 MiB file, and a client that has it fetched, polls, downloads
 * it over 16 ranges and compares its SHA-256 with that of the bytes the stand-in was given. Exit code 0 only if
 * they are the same.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, say, setUp, StepFailed } from './setup.mjs'

const SIZE = 256 * 2 ** 20
const RANGES = 16
const START_LIMIT_MS = 60_000
const FETCH_LIMIT_MS = 300_000

const home = mkdtempSync(join(tmpdir(), 'obb-demo-'))
const children = []
const timings = []

/** A process of the demo; `failed` rejects if it ends before it should. */
function start(name, args, env = {}) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, OBB_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const failed = ended.then((code) => {
    throw new Error(`${name} ended with ${code}\n${output}`)
  })
  failed.catch(() => undefined)
  const running = { child, ended, failed, output: () => output }
  children.push(running)
  return running
}

/** Waits for what a process brings about. */
async function until(what, process, limitMs, test) {
  const deadline = Date.now() + limitMs
  for (;;) {
    const result = await test()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`${what} took longer than ${limitMs / 1000} s`)
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 100)), process.failed])
  }
}

/** A built module of a package. */
const built = (folder, name) => import(pathToFileURL(join(root, folder, 'dist', name)).href)

async function timed(step, bytes, work) {
  const started = performance.now()
  const result = await work()
  timings.push({ step, bytes, seconds: (performance.now() - started) / 1000 })
  return result
}

/** One command of ./obb; its JSON document. */
async function obb(...args) {
  const command = start(`./obb ${args[0]} ${args[1]}`, [join(root, 'obb'), ...args, '--json'])
  const code = await command.ended
  if (code !== 0) throw new Error(`./obb ${args.join(' ')} ended with ${code}`)
  return JSON.parse(command.output())
}

/** Has the file fetched by the client of the command line, until it lies on our storage. */
async function fetchFile(ready, url, stack) {
  const { Cli, Portal, processIo, screenProgress } = await built('apps/cli', 'index.js')
  const io = processIo(root)
  const { clock, stderr } = io
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(FETCH_LIMIT_MS)])
  const cli = new Cli(io, () => ({}))
  const progress = screenProgress(stderr, clock)
  const portal = new Portal({ url: ready.api, secret: ready.apiKey }, cli.http, clock, signal, progress)
  try {
    const link = portal.unrestrict(url).then((asked) => portal.ready(asked))
    return await Promise.race([link, stack.failed])
  } finally {
    progress.end()
    await cli.close()
  }
}

async function sha256Of(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk)
  return hash.digest('hex')
}

async function makeFile(path) {
  const { patternContent } = await built('packages/host-adapters', 'testing.js')
  writeFileSync(path, '')
  for await (const chunk of patternContent(SIZE, 256).read(0, SIZE)) writeFileSync(path, chunk, { flag: 'a' })
  return sha256Of(path)
}

async function demo() {
  const original = join(home, 'holiday.mkv')
  say(`Making a file of 256 MiB in ${home} …`)
  const expected = await makeFile(original)

  say('Starting OBB and a stand-in for RapidGator …')
  const stack = start('OBB', [join(root, 'apps', 'stack', 'dist', 'main.js')], {
    API_PORT: '0',
    PROXY_PORT: '0',
    ADMIN_PORT: '0',
    FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
  })
  const readyFile = join(home, 'ready.json')
  await timed('start of the stack', undefined, () =>
    until('The start', stack, START_LIMIT_MS, () => existsSync(readyFile)),
  )
  const ready = JSON.parse(readFileSync(readyFile, 'utf8'))
  const fake = start('The stand-in', [
    join(root, 'obb'),
    'fakehost',
    'RapidGator',
    '--port',
    '0',
    '--file',
    original,
    '--json',
  ])
  const host = await until(
    'The stand-in',
    fake,
    START_LIMIT_MS,
    () => fake.output().trim() && JSON.parse(fake.output()),
  )

  say('Adding the operator’s account …')
  const origins = Object.entries(host.origins).flatMap(([name, url]) => ['--origin', `${name}=${url}`])
  await obb('host', 'set', host.platform, ...origins)
  const credentials = Object.entries(host.credentials).flatMap(([name, value]) => [
    '--set',
    `${name}=${value}`,
  ])
  await obb('account', 'add', '--platform', host.platform, ...credentials)

  const [first] = host.links
  const url = typeof first === 'string' ? first : first.url
  say(`Fetching ${url} …`)
  const link = await timed('fetch from the host, stored and verified', SIZE, () =>
    fetchFile(ready, url, stack),
  )

  const copy = join(home, 'copy.mkv')
  say(`Downloading over ${RANGES} ranges …`)
  await timed(`download over ${RANGES} ranges`, SIZE, () =>
    obb('get', url, '--key', ready.apiKey, '-x', String(RANGES), '-o', copy),
  )
  const actual = await timed('SHA-256 of the copy', SIZE, () => sha256Of(copy))
  report(expected, actual, link, statSync(copy).size)
  return expected === actual
}

function report(expected, actual, link, size) {
  say('')
  for (const { step, bytes, seconds } of timings) {
    const speed = bytes === undefined ? '' : `${(bytes / 1e6 / seconds).toFixed(0).padStart(6)} MB/s`
    say(`  ${step.padEnd(42)} ${seconds.toFixed(2).padStart(7)} s ${speed}`)
  }
  say('')
  say(`  host        ${expected}`)
  say(`  OBB says    ${link.hashes?.sha256}`)
  say(`  downloaded  ${actual}  (${size} bytes)`)
  say(expected === actual ? '\nThe bytes are right.' : '\nThe bytes are WRONG.')
}

async function cleanUp() {
  for (const { child } of children) child.kill('SIGTERM')
  await Promise.all(children.map(({ ended }) => ended))
  rmSync(home, { recursive: true, force: true })
}

export async function main() {
  const interrupted = () => void cleanUp().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    await setUp()
    return (await demo()) ? 0 : 1
  } catch (error) {
    if (error instanceof StepFailed) throw error
    process.stderr.write(`${error.stack ?? error}\n`)
    return 1
  } finally {
    await cleanUp()
  }
}
