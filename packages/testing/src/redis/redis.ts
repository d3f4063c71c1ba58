import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A Redis server of one test file. */
export interface TestRedis {
  /** redis://127.0.0.1:PORT */
  url: string
  /** kill -9: nothing is written any more. */
  crash(): Promise<void>
  /** Starts it again on the same port with what its log held. */
  restart(): Promise<void>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

/** Whether this machine has a `redis-server`. */
export function redisAvailable(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

const START_LIMIT_MS = 10_000

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** Redis answers PING with LOADING while it reads its log. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'))
    const done = (isReady: boolean) => {
      socket.destroy()
      resolve(isReady)
    }
    socket.setTimeout(1000, () => done(false))
    socket.once('data', (data) => done(data.toString().startsWith('+PONG')))
    socket.once('error', () => done(false))
  })
}

/*
 * A line of shell starts the server and reads from a pipe that this process holds: when this process ends in
 * whatever way, the pipe closes, and the server goes with it and with its files.
 */
const GUARDED = `
directory=$1; shift
( { read -r _ || { kill -9 $$; rm -rf "$directory"; } } <&3 >/dev/null 2>&1 & )
exec "$@" 3<&-
`

async function launch(directory: string, port: number): Promise<ChildProcess> {
  const log = join(directory, 'redis.log')
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: directory,
    logfile: log,
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    save: '',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn('/bin/sh', ['-c', GUARDED, 'obb-redis', directory, 'redis-server', ...options], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const guard = child.stdio[3] as Socket
  guard.on('error', () => undefined)
  child.once('exit', () => guard.end('ended\n', () => guard.destroy()))
  const deadline = performance.now() + START_LIMIT_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`redis-server did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`)
    }
    await sleep(20)
  }
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

/** Runs the system's `redis-server` as production does: an append-only log, nothing evicted. */
export async function startRedis(): Promise<TestRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'obb-redis-'))
  const port = await freePort()
  let child = await launch(directory, port)
  return {
    url: `redis://127.0.0.1:${port}`,
    crash: () => end(child, 'SIGKILL'),
    restart: async () => {
      await end(child, 'SIGTERM')
      child = await launch(directory, port)
    },
    stop: async () => {
      await end(child, 'SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
