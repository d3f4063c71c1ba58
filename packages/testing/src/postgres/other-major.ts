import { serverIdentity } from '@obb/embedded-postgres'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { end, freePort, hasEnded, spawnGuarded } from '../guarded/index.js'

/** Where Debian has its PostgreSQL, a directory for each major. */
const DEBIAN = '/usr/lib/postgresql'
/** The one that OBB brings. */
const OURS = 18
const START_LIMIT_MS = 60_000
/** Nothing of our environment, which may name another server. */
const ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** A PostgreSQL of another major than ours; of one test file. */
export interface OtherMajor {
  major: number
  /** A connection string of a new database, as its superuser. */
  createDatabase(): Promise<string>
  stop(): Promise<void>
}

/** The newest other major that this machine has; undefined without one (`apt-get install postgresql` brings one). */
export function otherMajor(): number | undefined {
  if (!existsSync(DEBIAN)) return undefined
  const majors = readdirSync(DEBIAN).map(Number)
  return majors.filter((each) => each !== OURS && existsSync(binary(each, 'initdb'))).sort((a, b) => b - a)[0]
}

const binary = (major: number, name: string): string => join(DEBIAN, String(major), 'bin', name)

/** As the embedded one, by its own account. Raises an Error where it does not start. */
export async function startOtherMajor(major: number): Promise<OtherMajor> {
  const identity = serverIdentity()
  const directory = mkdtempSync(join(tmpdir(), `obb-postgresql-${major}-`))
  const { uid, gid } = identity
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid)
  const data = join(directory, 'data')
  const initdb = ['--username=obb', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync']
  const { status, stderr } = spawnSync(binary(major, 'initdb'), [`--pgdata=${data}`, ...initdb], {
    ...{ ...identity, cwd: '/', env: ENV, encoding: 'utf8' },
  })
  if (status !== 0) throw new Error(`PostgreSQL ${major} could not be set up: ${stderr}`)
  const port = await freePort()
  const settings = {
    ...{ listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', fsync: 'off' },
    ...{ logging_collector: 'on', log_directory: directory, log_filename: 'log' },
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawnGuarded(directory, [binary(major, 'postgres'), '-D', data, ...options], {
    ...{ ...identity, env: ENV },
  })
  const deadline = performance.now() + START_LIMIT_MS
  while (
    !(await query(port, 'SELECT 1').then(
      () => true,
      () => false,
    ))
  ) {
    if (hasEnded(child) || performance.now() > deadline) {
      child.kill('SIGQUIT')
      throw new Error(`PostgreSQL ${major} did not start:\n${readFileSync(join(directory, 'log'), 'utf8')}`)
    }
    await sleep(50)
  }
  return {
    major,
    createDatabase: async () => {
      const name = `test_${randomBytes(6).toString('hex')}`
      await query(port, `CREATE DATABASE ${name}`)
      return urlOf(port, name)
    },
    stop: async () => {
      await end(child, 'SIGINT')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const urlOf = (port: number, database: string): string => `postgresql://obb@127.0.0.1:${port}/${database}`

async function query(port: number, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, 'postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
