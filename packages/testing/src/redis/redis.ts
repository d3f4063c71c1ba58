import { spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { end, freePort, hasEnded, spawnGuarded } from '../guarded/index.js'

/** A Redis server of one test file. */
export interface TestRedis {
  /** redis://127.0.0.1:PORT */
  url: string
  /** Where its log lies. */
  directory: string
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
  const child = spawnGuarded(directory, ['redis-server', ...options])
  const deadline = performance.now() + START_LIMIT_MS
  while (!(await answers(port))) {
    if (hasEnded(child) || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`redis-server did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`)
    }
    await sleep(20)
  }
  return child
}

/**
 * Runs the system's `redis-server` as production does: an append-only log, nothing evicted. `directory`: where an
 * earlier one left its log; a new one unless given. It is removed at the end.
 */
export async function startRedis(directory = mkdtempSync(join(tmpdir(), 'obb-redis-'))): Promise<TestRedis> {
  const port = await freePort()
  let child = await launch(directory, port)
  return {
    url: `redis://127.0.0.1:${port}`,
    directory,
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
