import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Ready } from '../greeting.js'

/* Runs of the real stack, as built: processes, PostgreSQL, ports and all. `npm test` builds before. */

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
if (!existsSync(MAIN)) throw new Error('Not built: run `npm run build` first')
const OBB = fileURLToPath(new URL('../../../../obb', import.meta.url))
export const LIMIT_MS = 60_000
const FREE_PORTS = { API_PORT: '0', PROXY_PORT: '0', ADMIN_PORT: '0' }

export interface Run {
  process: ChildProcess
  output: () => string
  /** Its direct children: proxy, fetcher, api, PostgreSQL. */
  children: () => number[]
  exit: Promise<number | null>
}

const running: Run[] = []
const homes: string[] = []

export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'obb-stack-'))
  homes.push(home)
  return home
}

export function launch(home: string, env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN], {
    cwd: home, // no .env of the developer
    env: { PATH: process.env['PATH'] ?? '', OBB_HOME: home, ...FREE_PORTS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => (text += `${line}\n`))
  }
  const run: Run = {
    process: child,
    output: () => text,
    children: () => childrenOf(child.pid ?? 0),
    exit: once(child, 'close').then(([code]) => code as number | null),
  }
  running.push(run)
  return run
}

export function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, command]) => Number(ppid) === parent && command !== 'ps')
    .map(([pid]) => Number(pid))
}

export async function until(what: string, isSo: () => boolean, limitMs = LIMIT_MS): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`)
    await sleep(25)
  }
}

export async function launchReady(home: string, env?: Record<string, string>): Promise<Run> {
  const run = launch(home, env)
  await until('ready', () => /^ready/m.test(run.output()) || run.process.exitCode !== null)
  if (run.process.exitCode !== null) throw new Error(run.output())
  return run
}

export const readyOf = (home: string) => JSON.parse(readFileSync(join(home, 'ready.json'), 'utf8')) as Ready

/** `./obb` beside the server that runs on `home`. */
export async function obb(home: string, ...args: string[]): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [OBB, ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', OBB_HOME: home },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, text }
}

export const admin = ({ admin: base, adminToken }: Ready, path: string, body: unknown) =>
  fetch(`${base}/api/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** Ends every run, and removes its home. */
export async function endAll(): Promise<void> {
  for (const run of running.splice(0)) {
    run.process.kill('SIGTERM')
    await run.exit
  }
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
}
