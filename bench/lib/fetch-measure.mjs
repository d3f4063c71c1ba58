/* What bench:fetch measures with: the sides as processes, rounds, medians of ratios. */
import { execFileSync, fork, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { clearInterval, setInterval } from 'node:timers'
import { fileURLToPath } from 'node:url'
import { median, say } from './figures.mjs'

export const MIB = 1024 ** 2
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
export const rounds = ROUNDS

/** FLAGS and ENVIRONMENT are what a fetcher is started with: apps/stack/src/child.ts, compose.yml. */
const FLAGS = ['--max-semi-space-size=2', '--optimize-for-size']
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1' }
const children = []

export function versionOf(program, ...args) {
  try {
    const text = execFileSync('sh', ['-c', `${program} ${args.join(' ')} 2>&1`], { encoding: 'utf8' })
    return /(\d+\.\d+[\w.-]*)/.exec(text)?.[1]
  } catch {
    return undefined
  }
}

/** A process of this folder, once it has told its first message. */
export function start(name, ...args) {
  return startWith({}, name, ...args)
}

async function startWith(options, name, ...args) {
  const child = fork(fileURLToPath(new URL(name, import.meta.url)), args, options)
  owned(child)
  return { child, first: (await once(child, 'message'))[0] }
}

export function owned(child) {
  children.push(child)
}

export function endAll() {
  for (const child of children) child.kill()
}

/** Runs a program to its end: seconds, CPU seconds and the peak of its memory, MiB. */
export async function run(program, args, home) {
  const log = join(home, 'log')
  const timed = `TIMEFORMAT='%R %U %S'; time "$@" >'${log}' 2>&1`
  const child = spawn('bash', ['-c', timed, 'bash', program, ...args], {
    // Not the caller's: rclone and aria2 take settings from it.
    env: { PATH: process.env.PATH, LC_ALL: 'C', HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  let rss = 0
  child.stderr.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  const watch = setInterval(() => (rss = Math.max(rss, peakBelow(child.pid))), 20)
  const [code] = await once(child, 'close')
  clearInterval(watch)
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${readFileSync(log, 'utf8').slice(-500)}`)
  const [seconds, user, system] = text.trim().split(/\s+/).map(Number)
  return { seconds, cpu: user + system, rss }
}

/** The highest resident set of the process that this shell runs, MiB; 0 once it is gone. */
function peakBelow(pid) {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))[1]) / 1024
  } catch {
    return 0
  }
}

/** OBB's side in a fresh process, so that its memory is its own; it does `warm` first, unmeasured. */
export async function engine(order, warm, program = './fetch-engine.mjs') {
  const { child } = await startWith({ execArgv: FLAGS, env: { ...process.env, ...ENVIRONMENT } }, program)
  try {
    let answer
    for (const task of [warm, order]) {
      child.send(task)
      ;[answer] = await once(child, 'message')
      if (answer.error) throw new Error(answer.error)
    }
    return answer
  } finally {
    child.kill()
  }
}

/** Random bytes, 1 MiB of them again and again with its number in front. */
export function writeFile(path, size) {
  const file = openSync(path, 'w')
  const block = randomBytes(MIB)
  for (let at = 0; at < size; at += MIB) {
    block.writeDoubleBE(at, 0)
    writeSync(file, block, 0, Math.min(MIB, size - at))
  }
  closeSync(file)
}

/** Each side once per round, in turn. A side that is undefined is not there. */
export async function inTurn(sides) {
  const there = Object.entries(sides).filter(([, side]) => side !== undefined)
  const results = Object.fromEntries(there.map(([name]) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, side] of there) results[name].push(await side())
  }
  return results
}

/** Median over the rounds of the ratio of two sides' values in the same round. */
export const ratio = (of, over, under) => median(over.map((result, round) => of(result) / of(under[round])))

/** A row per side: speed, CPU and memory, medians of the rounds. */
export function table(results, bytes) {
  for (const [name, rows] of Object.entries(results)) {
    const speed = bytes / 1e6 / median(rows.map((row) => row.seconds))
    const cpu = median(rows.map((row) => row.cpu)) / (bytes / 1e9)
    const rss = median(rows.map((row) => row.rss))
    say(
      `    ${name.padEnd(12)} ${speed.toFixed(0).padStart(6)} MB/s ${cpu.toFixed(2).padStart(7)} CPU-s/GB ${rss.toFixed(0).padStart(5)} MiB`,
    )
  }
}

export function goal(name, value, direction, wanted) {
  const reached = direction === '≥' ? value >= wanted : value <= wanted
  const shown = value < 10 ? value.toFixed(2) : value.toFixed(0)
  say(
    `  ${name.padEnd(58)} ${shown.padStart(6)}   goal ${direction} ${wanted} ${reached ? 'reached' : 'MISSED'}`,
  )
}
