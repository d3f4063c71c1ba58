import { readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnSync } from 'node:child_process'

/** PostmasterFile is what a running server writes into `postmaster.pid`. */
export interface PostmasterFile {
  pid: number
  /** Where it listens. */
  port: number
  /** `starting`, `ready`, `stopping` */
  status: string
}

const path = (data: string) => join(data, 'postmaster.pid')

/** Undefined when there is none, or it is not written in full yet. */
export function readPostmasterFile(data: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(path(data), 'utf8').split('\n')
    const pid = Number(lines[0])
    return Number.isInteger(pid) && pid > 0
      ? { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '' }
      : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whether a process of that number exists, whoever owns it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A server works inside its data directory; elsewhere than on Linux its command line names it. */
function serves(pid: number, data: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return stdout.includes('postgres') && stdout.includes(data)
  }
}

/** The port of the server that runs on a data directory, if one is ready there. */
export function runningPort(data: string): number | undefined {
  const file = readPostmasterFile(data)
  return file?.status === 'ready' && isAlive(file.pid) && serves(file.pid, data) ? file.port : undefined
}

async function isGoneWithin(pid: number, data: string, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms
  // A dead process whose parent does not collect it keeps its number, but has no directory any more.
  while (isAlive(pid) && serves(pid, data)) {
    if (performance.now() > deadline) return false
    await sleep(20)
  }
  return true
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * Stops a server that outlived whoever started it, and removes a `postmaster.pid` whose number now belongs to a
 * stranger: PostgreSQL itself would take the stranger for a server and refuse to start. A file whose process is
 * gone is left to PostgreSQL, which also looks for left-over backends.
 */
export async function clearOrphan(data: string): Promise<void> {
  const left = readPostmasterFile(data)
  if (!left || !isAlive(left.pid)) return
  if (!serves(left.pid, data)) {
    rmSync(path(data), { force: true })
    return
  }
  for (const [signal, ms] of [
    ['SIGINT', 5000] as const,
    ['SIGQUIT', 2000] as const,
    ['SIGKILL', 2000] as const,
  ]) {
    signalIfThere(left.pid, signal)
    if (await isGoneWithin(left.pid, data, ms)) return
  }
  throw new Error(`A PostgreSQL (process ${left.pid}) still runs on ${data} and cannot be stopped.`)
}
