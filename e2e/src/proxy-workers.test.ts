import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@obb/testing/postgres'
import { build, startApp, type AppProcess } from './processes.js'

const WORKERS = 2

/** The processes whose parent is `pid`, by proc_pid_stat(5). */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid)
      } catch {
        return false // it ended meanwhile
      }
    })
    .map(Number)
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50))
}

const describeWithProc = process.platform === 'linux' ? describe : describe.skip

describeWithProc('a proxy of several processes', () => {
  let database: TestDatabase
  let home: string
  let proxy: AppProcess

  beforeAll(async () => {
    await build()
    database = await createTestDatabase()
    home = await mkdtemp(join(tmpdir(), 'obb-workers-'))
    proxy = await startApp('proxy', {
      env: {
        OBB_HOME: home,
        DATABASE_URL: database.url,
        SECRETS_KEY: 'ab'.repeat(32),
        PROXY_PORT: '0',
        PROXY_WORKERS: String(WORKERS),
        LOG_LEVEL: 'silent',
      },
    })
  }, 600_000)
  afterAll(async () => {
    await proxy.kill()
    await database.drop()
    await rm(home, { recursive: true, force: true })
  })

  const healthy = async (): Promise<boolean> => (await fetch(`${proxy.url}/health`)).ok

  it('answers on one port, replaces a process that is killed, and ends whole', async () => {
    const { pid = 0 } = proxy.process
    expect(await healthy()).toBe(true)
    const [first = 0, ...others] = childrenOf(pid)
    expect(others).toHaveLength(WORKERS - 1)
    process.kill(first, 'SIGKILL')
    await until(() => childrenOf(pid).length === WORKERS && !childrenOf(pid).includes(first))
    expect(await healthy()).toBe(true)
    proxy.process.kill('SIGTERM')
    expect(await proxy.ended).toBe(0)
    await until(() => others.every((each) => childrenOf(1).every((orphan) => orphan !== each)))
    await expect(healthy()).rejects.toThrow()
  })
})
