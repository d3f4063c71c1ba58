import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { findBinaries } from './binaries.js'
import { systemDirectory } from './system-directory.js'
import { mayUse, serverIdentity, type Identity } from './identity.js'

/** The name of the superuser and of the database to connect to first. */
export const SUPERUSER = 'obb'

function own(directory: string, { uid, gid }: Identity): void {
  chmodSync(directory, 0o700)
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid)
}

/**
 * The directory of a cluster, made when missing. As root it belongs to the server's account; when that account
 * cannot reach `directory`, the directory above is opened for passing through, and when that does not help
 * (a home below /root), `directory` becomes a link into /var/lib/obb.
 */
function place(directory: string, identity: Identity): string {
  if (lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(directory)) {
    throw new Error(`The database of ${directory} is gone: the link points nowhere.`)
  }
  mkdirSync(directory, { recursive: true })
  if (readdirSync(directory).length === 0) {
    own(directory, identity)
    if (!mayUse(directory, identity) && !openAbove(directory, identity)) moveAway(directory, identity)
  }
  const real = realpathSync(directory)
  if (mayUse(real, identity)) return real
  throw new Error(
    `The directory ${real} of the database cannot be written by the account that runs PostgreSQL.`,
  )
}

function openAbove(directory: string, identity: Identity): boolean {
  const above = dirname(directory)
  const { mode } = statSync(above)
  chmodSync(above, mode | 0o001)
  if (mayUse(directory, identity)) return true
  chmodSync(above, mode)
  return false
}

function moveAway(directory: string, identity: Identity): void {
  const elsewhere = mkdtempSync(join(systemDirectory(), 'postgres-'))
  own(elsewhere, identity)
  rmSync(directory, { recursive: true })
  symlinkSync(elsewhere, directory)
}

/** Whether `directory` holds a cluster already. */
export function clusterExists(directory: string): boolean {
  return existsSync(join(directory, 'data', 'PG_VERSION'))
}

/** Removes a cluster that is not running, wherever it lies. */
export function removeCluster(directory: string): void {
  if (!existsSync(directory)) return
  rmSync(realpathSync(directory), { recursive: true, force: true })
  rmSync(directory, { recursive: true, force: true })
}

/** A cluster on disk: initialised, not necessarily running. */
export interface Cluster {
  /** The directory that PostgreSQL calls PGDATA. */
  data: string
  /** The directory of all that the cluster owns on disk, `data` included. */
  root: string
  postgres: string
  identity: Identity
}

/** PostgreSQL opens no directory of another major; its own words for that do not say what to do. */
function requireSameMajor({ data, postgres, identity }: Cluster): void {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  const version = spawnSync(postgres, ['--version'], {
    ...identity,
    cwd: '/',
    env: SERVER_ENV,
    encoding: 'utf8',
  })
  const own = /(\d+)/.exec(version.stdout)?.[1]
  if (own === undefined || own === made) return
  throw new Error(
    `The database in ${data} was made by PostgreSQL ${made}, and this OBB brings PostgreSQL ${own}. Nothing was changed. ` +
      `Take a backup with the OBB that made it (./obb backup), and restore it into a new OBB_HOME (docs/backup.md).`,
  )
}

/**
 * Makes the cluster below `directory` when it is not there, complete or not at all: a killed run leaves
 * nothing half made. `durable: false` skips what only a power cut would miss.
 */
export function prepareCluster(directory: string, password: string, durable: boolean): Cluster {
  const identity = serverIdentity()
  const { initdb, postgres } = findBinaries(identity)
  const root = place(directory, identity)
  const cluster: Cluster = { data: join(root, 'data'), root, postgres, identity }
  if (clusterExists(root)) {
    requireSameMajor(cluster)
    return cluster
  }
  const work = join(root, 'data.new')
  const passwordFile = join(root, 'password')
  rmSync(work, { recursive: true, force: true })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (identity.uid !== undefined && identity.gid !== undefined) {
    chownSync(passwordFile, identity.uid, identity.gid)
  }
  const options = [
    `--pgdata=${work}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Independent of the locales that the machine happens to have.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-locale',
    ...(durable ? [] : ['--no-sync', '--no-data-checksums']),
  ]
  const run = spawnSync(initdb, options, { ...identity, cwd: '/', env: SERVER_ENV, encoding: 'utf8' })
  rmSync(passwordFile, { force: true })
  if (run.status !== 0) {
    throw new Error(
      `The database could not be created in ${root}: ${run.error?.message ?? run.stderr.trim()}`,
    )
  }
  renameSync(work, cluster.data)
  return cluster
}

/** The server needs nothing of our environment, and our settings hold secrets. */
export const SERVER_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
