import { afterEach, describe, expect, it } from '@jest/globals'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterExists, removeCluster } from './cluster.js'
import { startPostgres, type PostgresServer } from './server.js'

const isRoot = process.getuid?.() === 0
const asRoot = isRoot ? it : it.skip

const password = 'only for this test'
const cleanUp: (() => void | Promise<void>)[] = []

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'obb-embedded-'))
  cleanUp.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function start(directory: string): Promise<PostgresServer> {
  const server = await startPostgres({ directory, password })
  cleanUp.push(() => server.stop())
  return server
}

const isRunning = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('embedded PostgreSQL', () => {
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step()
  })

  it('keeps its cluster from one start to the next', async () => {
    const directory = join(newDirectory(), 'postgres')
    const first = await start(directory)
    const identifier = readFileSync(join(first.directory, 'data', 'global', 'pg_control')).subarray(0, 8)
    await first.stop()
    expect(isRunning(first.pid)).toBe(false)
    const second = await start(directory)
    expect(readFileSync(join(second.directory, 'data', 'global', 'pg_control')).subarray(0, 8)).toEqual(
      identifier,
    )
    expect(second.url('x')).toBe(
      `postgresql://obb:${encodeURIComponent(password)}@127.0.0.1:${second.port}/x`,
    )
  })

  it('starts after kill -9 of the server', async () => {
    const directory = join(newDirectory(), 'postgres')
    const first = await start(directory)
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    expect(existsSync(join(first.directory, 'data', 'postmaster.pid'))).toBe(true)
    const second = await start(directory)
    expect(isRunning(second.pid)).toBe(true)
  })

  it('stops a server that still runs on the cluster, and takes its place', async () => {
    const directory = join(newDirectory(), 'postgres')
    const orphan = await start(directory)
    const heir = await start(directory)
    await orphan.exited
    expect([isRunning(orphan.pid), isRunning(heir.pid)]).toEqual([false, true])
  })

  it('is not put off by a lock file that names a stranger', async () => {
    const directory = join(newDirectory(), 'postgres')
    const first = await start(directory)
    await first.stop()
    const lock = join(first.directory, 'data', 'postmaster.pid')
    writeFileSync(lock, `${process.pid}\n${first.directory}/data\n0\n5432\n\n127.0.0.1\n\nready\n`)
    expect(isRunning((await start(directory)).pid)).toBe(true)
  })

  it('begins anew where a killed run left half a cluster', async () => {
    const directory = join(newDirectory(), 'postgres')
    const { directory: root, stop } = await start(directory)
    await stop()
    renameSync(join(root, 'data'), join(root, 'data.new'))
    rmSync(join(root, 'data.new', 'PG_VERSION'))
    expect(clusterExists(directory)).toBe(false)
    expect(isRunning((await start(directory)).pid)).toBe(true)
    expect(existsSync(join(root, 'data.new'))).toBe(false)
  })

  it('says what to do with a cluster of another major, and leaves it alone', async () => {
    const directory = join(newDirectory(), 'postgres')
    const { directory: root, stop } = await start(directory)
    await stop()
    const version = join(root, 'data', 'PG_VERSION')
    const made = readFileSync(version, 'utf8')
    writeFileSync(version, '17\n')
    await expect(start(directory)).rejects.toThrow(
      /made by PostgreSQL 17, .* brings PostgreSQL 18.*obb backup/,
    )
    writeFileSync(version, made)
    expect(isRunning((await start(directory)).pid)).toBe(true)
  })

  it('says with the end of its log why it does not start', async () => {
    const directory = join(newDirectory(), 'postgres')
    const first = await start(directory)
    await expect(
      startPostgres({ directory: join(newDirectory(), 'p'), password, port: first.port }),
    ).rejects.toThrow(/Address already in use/)
  })

  asRoot('runs from below a directory that only root may enter', async () => {
    const closed = newDirectory()
    const home = join(closed, 'clone', 'data')
    mkdirSync(home, { recursive: true })
    chmodSync(closed, 0o700)
    const directory = join(home, 'postgres')
    const server = await start(directory)
    cleanUp.push(() => server.stop().then(() => removeCluster(directory)))
    expect(lstatSync(directory).isSymbolicLink()).toBe(true)
    expect(server.directory).toMatch(/^\/var\/lib\/obb\/postgres-/)
    expect(lstatSync(closed).mode & 0o777).toBe(0o700)
    await server.stop()
    expect((await start(directory)).directory).toBe(server.directory)
    await cleanUp.pop()?.()
  })

  asRoot('opens its home for passing through, if that is all there is to it', async () => {
    const home = newDirectory()
    const server = await start(join(home, 'postgres'))
    expect(server.directory).toBe(join(home, 'postgres'))
    expect(lstatSync(home).mode & 0o777).toBe(0o701)
  })
})
