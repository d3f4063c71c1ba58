import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { INestApplicationContext, Type } from '@nestjs/common'
import { ModulesContainer, NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { systemClock } from '@obb/core/clock'
import { type Config, parseConfig } from '@obb/core/config'
import { openLog } from '@obb/core/log'
import { TestDatabase, urlOf } from '@obb/core/testing'
import { AppModule } from './app.module.js'
import { createProxy } from './create-proxy.js'
import { DownloadModule } from './download/download.module.js'
import { HttpModule } from './http/http.module.js'
import { LinksModule } from './links/links.module.js'
import { PortsModule } from './ports.module.js'
import { SmallRangesModule } from './small-ranges/small-ranges.module.js'
import { startProxy } from './start.js'
import { StreamsModule } from './streams/streams.module.js'
import { UnfinishedModule } from './unfinished/unfinished.module.js'

const MODULES: Type[] = [
  AppModule,
  DownloadModule,
  HttpModule,
  LinksModule,
  SmallRangesModule,
  StreamsModule,
  UnfinishedModule,
]

/** Everything that the modules of an application provide, but for Nest's own. */
function providersOf(app: INestApplicationContext) {
  const modules = [...app.get(ModulesContainer).values()].filter(({ name }) => name !== 'InternalCoreModule')
  return modules.flatMap(({ controllers, providers }) => [...controllers.values(), ...providers.values()])
}

/** The names of the classes in our sources that ask to be provided. */
async function injectables(): Promise<string[]> {
  const sources = (await readdir(import.meta.dirname, { recursive: true })).filter((name) =>
    /(?<!\.(spec|test))\.ts$/.test(name),
  )
  const texts = await Promise.all(sources.map((name) => readFile(join(import.meta.dirname, name), 'utf8')))
  return texts.flatMap((text) =>
    [...text.matchAll(/^@(?:Injectable|Controller|Catch)\([^]*?^export class (\w+)/gm)].map(([, name]) =>
      String(name),
    ),
  )
}

describe('the proxy as an application', () => {
  const log = openLog('test', 'silent')
  let home: string
  let database: TestDatabase
  let config: Config

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'obb-proxy-'))
    database = await TestDatabase.open(systemClock, { pool: 1 })
    config = parseConfig({
      ...{ OBB_HOME: home, DATABASE_URL: urlOf('proxy', database.url), SECRETS_KEY: 'ab'.repeat(32) },
    })
  })
  afterAll(async () => {
    await database.close()
    await rm(home, { recursive: true })
  })

  it.each(MODULES)(
    '%p boots with nothing but its ports beside it, and resolves every provider',
    async (module) => {
      const app = await NestFactory.create(
        { module: class Process {}, imports: [PortsModule.forRoot(config, log), module] },
        new FastifyAdapter(),
        { logger: false, abortOnError: false },
      )
      await app.init()
      const unresolved = providersOf(app).filter(({ instance }) => instance === undefined)
      expect(unresolved.map(({ name }) => String(name))).toEqual([])
      await app.close()
    },
  )

  it('provides every class that asks for it', async () => {
    const app = await createProxy(PortsModule.forRoot(config, log))
    // Nest knows the filter of the whole application by a name of its own.
    const provided = providersOf(app).map(({ instance }) => (instance as object | null)?.constructor.name)
    const asking = await injectables()
    expect(asking).toContain('DownloadController')
    expect(asking.filter((name) => !provided.includes(name))).toEqual([])
    await app.close()
  })

  it('does not start without its database', async () => {
    const nowhere = { ...config, DATABASE_URL: 'postgres://nobody:secret-of-nobody@127.0.0.1:1/none' }
    await expect(startProxy(nowhere, log)).rejects.toThrow(/ECONNREFUSED/)
    await expect(startProxy(nowhere, log)).rejects.not.toThrow(/secret-of-nobody/)
  })

  it('leaves nothing behind', async () => {
    const running = await startProxy(config, log)
    await running.close()
    expect(await database.others()).toEqual([])
  })
})
