import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareCluster, SERVER_ENV, SUPERUSER, type Cluster } from './cluster.js'
import { clearOrphan, readPostmasterFile, runningPort } from './postmaster-file.js'

/*
 * PostgreSQL as a child that cannot outlive us.
 *
 * The server is started through a line of shell that becomes the server itself (`exec`), after leaving a watcher
 * behind. The watcher reads from a pipe whose other end only this process holds. When this process ends in
 * whatever way, kill -9 included, the pipe closes, and the watcher asks the server for a fast shutdown. A line on
 * the pipe says that the server has ended in good order and nothing is left to do.
 *
 * The server gets its own session, so that Ctrl-C in a terminal reaches us and not the database, which has to
 * outlive everybody who still writes to it.
 */
const GUARDED = `
root=$1; shift
( {
  read -r _ || kill -INT $$
  if [ -n "$root" ]; then
    for _ in $(seq 100); do
      [ -e "$root/data/postmaster.pid" ] && kill -0 $$ || break
      sleep 0.1
    done
    rm -rf "$root"
  fi
} <&3 >/dev/null 2>&1 & )
exec "$@" 3<&-
`

export interface PostgresOptions {
  /** Made on first use; its cluster is kept, and found again, by this path. */
  directory: string
  /** The superuser's password; that of the first start stays. */
  password: string
  /** Free one when left out. */
  port?: number
  /**
   * A database for tests: written without waiting for the disk, removed when the server ends, and no reason
   * for this process to stay alive.
   */
  ephemeral?: boolean
  /** The file that the server writes its log to; below `directory` when left out. */
  logFile?: string
}

/** A running server on 127.0.0.1. */
export interface PostgresServer {
  readonly port: number
  readonly pid: number
  /** The directory where the cluster really lies. */
  readonly directory: string
  /** Resolves when the server has ended, wanted or not. */
  readonly exited: Promise<void>
  /** A connection string for a database of this server; the superuser's own one when left out. */
  url(database?: string): string
  /** Fast shutdown: clients are disconnected, everything is written. Without mercy after `graceMs` (5000). */
  stop(graceMs?: number): Promise<void>
}

const START_LIMIT_MS = 60_000

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port')
  return address.port
}

const settings = (port: number, ephemeral: boolean): string[] =>
  Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(port),
    // No socket file: its path may be at most 107 bytes long, and nobody needs it.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(ephemeral
      ? {
          fsync: 'off',
          synchronous_commit: 'off',
          full_page_writes: 'off',
          wal_level: 'minimal',
          max_wal_senders: '0',
        }
      : {}),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])

function launch(cluster: Cluster, port: number, ephemeral: boolean, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a', 0o600)
  try {
    return spawn(
      '/bin/sh',
      [
        '-c',
        GUARDED,
        'obb-postgres',
        ephemeral ? cluster.root : '',
        cluster.postgres,
        '-D',
        cluster.data,
        ...settings(port, ephemeral),
      ],
      { ...cluster.identity, cwd: '/', env: SERVER_ENV, detached: true, stdio: ['ignore', log, log, 'pipe'] },
    )
  } finally {
    closeSync(log)
  }
}

const tail = (logFile: string) => readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n')

async function isReady(child: ChildProcess, cluster: Cluster): Promise<boolean> {
  const deadline = performance.now() + START_LIMIT_MS
  while (child.exitCode === null && child.signalCode === null) {
    const file = readPostmasterFile(cluster.data)
    if (file?.pid === child.pid && file?.status === 'ready') return true
    if (performance.now() > deadline) {
      child.kill('SIGQUIT')
      return false
    }
    await sleep(20)
  }
  return false
}

/**
 * Starts PostgreSQL on the cluster below `directory`, which is made when it is missing. A server that still runs
 * there, left by a killed process, is stopped first. Raises an Error with the end of the server's log.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const ephemeral = options.ephemeral ?? false
  const cluster = prepareCluster(options.directory, options.password, !ephemeral)
  await clearOrphan(cluster.data)
  const logFile = options.logFile ?? join(cluster.root, 'postgres.log')
  const port = options.port ?? (await freePort())
  const child = launch(cluster, port, ephemeral, logFile)
  const guard = child.stdio[3] as Socket
  guard.on('error', () => undefined)
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => {
      guard.end('ended\n', () => guard.destroy())
      resolve()
    })
  })
  if (!(await isReady(child, cluster)) || child.pid === undefined) {
    await exited
    throw new Error(`PostgreSQL did not start. The end of its log:\n${tail(logFile)}`)
  }
  if (ephemeral) {
    child.unref()
    guard.unref()
  }
  return {
    port,
    pid: child.pid,
    directory: cluster.root,
    exited,
    url: (database) => urlOf(port, options.password, database),
    stop: (graceMs = 5000) => stop(child, exited, graceMs),
  }
}

function urlOf(port: number, password: string, database = 'postgres'): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`
}

/** The connection string for the server that somebody runs on the cluster below `directory`; undefined if nobody does. */
export function runningPostgres(directory: string, password: string): string | undefined {
  const port = runningPort(join(realpathSync(directory), 'data'))
  return port === undefined ? undefined : urlOf(port, password)
}

async function stop(child: ChildProcess, exited: Promise<void>, graceMs: number): Promise<void> {
  child.ref()
  for (const [signal, ms] of [['SIGINT', graceMs] as const, ['SIGQUIT', 500] as const]) {
    child.kill(signal)
    const timer = new AbortController()
    const late = sleep(ms, true, { signal: timer.signal }).catch(() => false)
    const isLate = await Promise.race([exited.then(() => false), late])
    timer.abort()
    if (!isLate) return
  }
  child.kill('SIGKILL')
  await exited
}
