/*
 * npm run adapter <Name>: the cases of one platform, its own and those of the conformance suite, from the sources and
 * on one screen. With --watch again at each change, and its stand-in beside them.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, watch } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SHOWN_LINES, summary } from './adapter-summary.mjs'
import { install, root, say, StepFailed } from './setup.mjs'

const HELP = `npm run adapter <Name> [-- --watch] [--port <n>]

Runs the cases of one platform: those of its folder and those of the conformance suite. Nothing is built.

  --watch      again at each change of the sources, until Ctrl-C, with the platform's stand-in beside them
  --port <n>   port of the stand-in, 1-65535 (with --watch: a free one); without --watch it stays after the cases
  --help       this text

FUZZ_SEED=<seed> repeats a failed fuzz run. "npm run new-adapter <Name>" makes a platform; docs/adapters.md leads on.`

const SOURCES = join(root, 'packages', 'host-adapters', 'src')
const PLATFORMS = join(SOURCES, 'platforms')
/** An editor saves several files at once, ms. */
const SETTLE_MS = 150

/** The folder of a platform, however its name is written. Throws with a sentence where there is none. */
export function findFolder(name, folders) {
  const bare = (text) => text.toLowerCase().replaceAll('-', '')
  const folder = folders.find((one) => bare(one) === bare(name))
  if (folder !== undefined) return folder
  throw new Error(`There is no platform ${JSON.stringify(name)}; there are ${folders.join(', ')}.`)
}

/** One run of the cases. Resolves with its summary; undefined when `signal` ended it. */
async function runCases(folder, signal) {
  const directory = mkdtempSync(join(tmpdir(), 'obb-adapter-'))
  const output = join(directory, 'report.json')
  const own = readdirSync(join(PLATFORMS, folder)).filter((file) => /\.(spec|test)\.ts$/.test(file))
  const child = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--maxWorkers=2', '--json', `--outputFile=${output}`, '--silent', '--runTestsByPath'],
      ...['conformance.test.ts', 'conformance.linear.ts'].map((file) => join(SOURCES, file)),
      ...own.map((file) => join(PLATFORMS, folder, file)),
    ],
    { cwd: root, env: { ...process.env, ADAPTER: folder, RUNS: '10' }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const stop = () => child.kill()
  signal.addEventListener('abort', stop)
  let told = ''
  child.stderr.on('data', (chunk) => (told += chunk))
  try {
    await new Promise((resolve) => child.once('close', resolve))
    return signal.aborted ? undefined : summary(JSON.parse(readFileSync(output, 'utf8')))
  } catch {
    return {
      text: told.split('\n').slice(0, SHOWN_LINES).join('\n'),
      passed: false,
    }
  } finally {
    signal.removeEventListener('abort', stop)
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The stand-in as `obb fakehost` of the sources; what it says is its address and how to point OBB at it. */
function startStandIn(folder, port) {
  const child = spawn(
    process.execPath,
    [
      ...['--conditions=@obb/source', '--enable-source-maps', join(root, 'scripts', 'obb-from-sources.mjs')],
      ...['fakehost', folder.replaceAll('-', ''), '--port', String(port), '--size', '16MiB'],
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = new Promise((resolve) => child.once('close', resolve))
  const said = new Promise((resolve) => {
    let text = ''
    child.stderr.on('data', (chunk) => (text += chunk))
    child.stdout.once('data', (chunk) => resolve(String(chunk).trimEnd()))
    void ended.then(() => resolve(`The stand-in does not start:\n${text.trimEnd()}`))
  })
  return { said, ended, stop: () => (child.kill(), ended) }
}

/** A port that is free now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Cases and stand-in anew at each change of the sources, until `signal`. */
async function watchCases(folder, port, signal) {
  let changed
  const watcher = watch(SOURCES, { recursive: true }, () => changed?.())
  try {
    while (!signal.aborted) {
      const turn = new AbortController()
      const change = new Promise((resolve) => {
        changed = resolve
        signal.addEventListener('abort', resolve, { once: true })
      })
      void change.then(() => turn.abort())
      const standIn = startStandIn(folder, port)
      const result = await runCases(folder, turn.signal)
      if (result !== undefined) {
        if (process.stdout.isTTY) process.stdout.write('\x1b[2J\x1b[3J\x1b[H')
        say(`${await standIn.said}\n\n${result.text}\n\nWaiting for changes; Ctrl-C ends.`)
      }
      await change
      await standIn.stop()
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    }
  } finally {
    watcher.close()
  }
  return 0
}

function options(args) {
  const kept = ['watch', 'port'].find((name) => process.env[`npm_config_${name}`] !== undefined)
  if (kept) throw new Error(`npm took --${kept} for itself: write "npm run adapter <Name> -- --${kept} …".`)
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { watch: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const port = values.port === undefined ? undefined : Number(values.port)
  const isPort = port === undefined || (Number.isInteger(port) && port >= 1 && port <= 65_535)
  if (!isPort) throw new Error('--port takes a number from 1 to 65535.')
  if (positionals.length > 1) throw new Error('One platform at a time.')
  return { name: positionals[0], watch: values.watch ?? false, port, help: values.help ?? false }
}

/** Exit codes: 0 when all cases passed, 1 when some failed, 2 for a wrong call, 130 when interrupted. */
export async function main(args) {
  let folder, wanted
  try {
    wanted = options(args)
    if (wanted.help || wanted.name === undefined) {
      say(HELP)
      return wanted.help ? 0 : 2
    }
    folder = findFolder(wanted.name, readdirSync(PLATFORMS))
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort())
  try {
    await install()
  } catch (error) {
    if (error instanceof StepFailed) return error.exitCode
    throw error
  }
  if (wanted.watch) return watchCases(folder, wanted.port ?? (await freePort()), interrupted.signal)
  const result = await runCases(folder, interrupted.signal)
  if (result === undefined) return 130
  say(result.text)
  if (wanted.port !== undefined && !interrupted.signal.aborted) {
    const standIn = startStandIn(folder, wanted.port)
    say(`\n${await standIn.said}`)
    interrupted.signal.addEventListener('abort', standIn.stop)
    await standIn.ended
    if (!interrupted.signal.aborted) return 1
  }
  return result.passed ? 0 : 1
}
