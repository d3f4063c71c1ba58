import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { INestApplicationContext, Type } from '@nestjs/common'
import { ModulesContainer, NestFactory } from '@nestjs/core'
import { CoreModule } from '@obb/core'
import { systemClock } from '@obb/core/clock'
import { type Config, parseConfig } from '@obb/core/config'
import { openLog } from '@obb/core/log'
import { FetchQueue, queueSettings } from '@obb/core/queue'
import { TestDatabase, urlOf } from '@obb/core/testing'
import { AppModule } from './app.module.js'
import { BandwidthModule } from './bandwidth/bandwidth.module.js'
import { createFetcher } from './create-fetcher.js'
import { FetchModule } from './fetch/fetch.module.js'
import { HostCallsModule } from './host-calls/host-calls.module.js'
import { HousekeepingModule } from './housekeeping/housekeeping.module.js'
import { FetchProcessor } from './queue/fetch.processor.js'
import { QueueModule } from './queue/queue.module.js'
import { StoreModule } from './store/store.module.js'
import { WorkerModule } from './worker.module.js'

const MODULES: Type[] = [
  AppModule,
  BandwidthModule,
  FetchModule,
  HostCallsModule,
  HousekeepingModule,
  QueueModule,
  StoreModule,
  WorkerModule,
]

/** Everything that the modules of an application provide, but for Nest's own. */
function providersOf(app: INestApplicationContext) {
  const modules = [...app.get(ModulesContainer).values()].filter(({ name }) => name !== 'InternalCoreModule')
  return modules.flatMap(({ providers }) => [...providers.values()])
}

/** The names of the classes in our sources that ask to be provided. */
async function injectables(): Promise<string[]> {
  const sources = (await readdir(import.meta.dirname, { recursive: true })).filter((name) =>
    /(?<!\.(spec|test))\.ts$/.test(name),
  )
  const texts = await Promise.all(sources.map((name) => readFile(join(import.meta.dirname, name), 'utf8')))
  return texts.flatMap((text) =>
    [...text.matchAll(/^@(?:Injectable|Processor)\([^]*?^export class (\w+)/gm)].map(([, name]) =>
      String(name),
    ),
  )
}

describe('the fetcher as an application', () => {
  let home: string
  let db: TestDatabase
  let config: Config

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'obb-fetcher-'))
    db = await TestDatabase.open(systemClock, { pool: 1 })
    config = parseConfig({
      OBB_HOME: home,
      DATABASE_URL: urlOf('fetcher', db.url),
      SECRETS_KEY: 'ab'.repeat(32),
      FETCHER_CONCURRENCY: '3',
      FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
      LOG_LEVEL: 'silent',
    })
  })
  afterEach(async () => {
    await db.close()
    await rm(home, { recursive: true })
  })

  const query = <T>(sql: string): Promise<T[]> => db.source.query(sql)

  it.each(MODULES)(
    '%p boots with nothing but the core beside it, and resolves every provider',
    async (module) => {
      const core = CoreModule.forRoot(config, { log: openLog('test', 'silent') })
      const app = await NestFactory.createApplicationContext(
        { module: class Process {}, imports: [core, module] },
        { logger: false, abortOnError: false },
      )
      const unresolved = providersOf(app).filter(({ instance }) => instance === undefined)
      expect(unresolved.map(({ name }) => String(name))).toEqual([])
      await app.close()
    },
  )

  it('provides every class that asks for it', async () => {
    const app = await createFetcher({ config })
    const provided = providersOf(app).map(({ metatype }) => metatype?.name)
    const asking = await injectables()
    expect(asking).toContain('FetchProcessor')
    expect(asking.filter((name) => !provided.includes(name))).toEqual([])
    await app.close()
  })

  it('starts, is alive, works as many files at once as set, and leaves nothing behind', async () => {
    const app = await createFetcher({ config })
    expect(app.get(FetchProcessor).worker.concurrency).toBe(3)
    expect(await query('SELECT 1 FROM fetcher')).toHaveLength(1)
    await app.close()
    expect(await query('SELECT 1 FROM fetcher')).toEqual([])
    expect(await db.others()).toEqual([])
  })

  it('does not start without its database', async () => {
    const nowhere = { ...config, DATABASE_URL: 'postgres://nobody:secret-of-nobody@127.0.0.1:1/none' }
    await expect(createFetcher({ config: nowhere })).rejects.toThrow(/ECONNREFUSED/)
    await expect(createFetcher({ config: nowhere })).rejects.not.toThrow(/secret-of-nobody/)
  })

  it('stops within 8 s although a host does not answer the call that somebody waits for', async () => {
    let asked = false
    const silent = createServer(() => (asked = true)).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as AddressInfo
    await query(
      `INSERT INTO host_setting (platform, enabled, origins, updated_at) VALUES ('Http', true, '{}', now())`,
    )
    const { id: fileId } = await db.aFile({
      platform: 'Http',
      canonicalUrl: `http://127.0.0.1:${port}/a.bin`,
      ...{ checkedAt: null, name: null, size: null },
    })
    const app = await createFetcher({ config })
    const queue = new FetchQueue(queueSettings(config), openLog('test', 'silent'))
    const call = queue
      .call({ call: 'inspect', fileId, accountId: randomUUID(), platform: 'Http' }, 20_000)
      .then(
        () => 'answered',
        (error: { kind?: string }) => error.kind,
      )
    while (!asked) await sleep(20)
    const begun = performance.now()
    await app.close()
    expect(performance.now() - begun).toBeLessThan(8_000)
    expect(await call).toBe('FAILED')
    const [file] = await query<{ refusal: string | null }>('SELECT refusal FROM source_file')
    expect(file?.refusal).toBeNull()
    await queue.close()
    silent.closeAllConnections()
    await new Promise((resolve) => silent.close(resolve))
  }, 30_000)
})
