import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi, listenForAdmin } from '@obb/api'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { type Config, type RoleHolder, parseConfig } from '@obb/core/config'
import { openDatabase } from '@obb/core/database'
import { PgDownloads } from '@obb/core/links'
import { DownloadUrls, Forwarding } from '@obb/core/origin'
import { type Log, openLog } from '@obb/core/log'
import { openObjectStore, storeSettings } from '@obb/core/storage'
import { Installation as StoreIdentity, InstallationFacts, StoreHealth } from '@obb/core/store-state'
import { Streams } from '@obb/core/streams'
import { createFetcher } from '@obb/fetcher'
import { type FakeHost, type TransferKnobs, loadFake } from '@obb/host-adapters/testing'
import { PortsModule, createProxy } from '@obb/proxy'
import { ROLE_SETTINGS, createTestDatabase, urlOf as databaseUrlOf } from '@obb/core/testing'
import { RunningClock } from '@obb/testing/clock'
import type { TestRedis } from '@obb/testing/redis'
import type { S3Server } from '@obb/testing/s3'
import { ProductionStores } from './production-stores.js'

/** The two sets of stores that OBB runs on; the code above them is the same. */
export type Stores = 'embedded' | 'production'

const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789'

export interface Answer {
  code: number
  headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the contract is what the tests assert
  body: any
}

/** A whole OBB in this process: gateway, fetchers and proxy on real stores, with one clock. */
export class Installation {
  readonly clock = new RunningClock()
  readonly adminToken = ADMIN_TOKEN
  private readonly cleanups: (() => Promise<unknown>)[] = []
  private readonly fetchers = new Set<{ close(): Promise<void> }>()
  /** The settings as a process of its own would get them. */
  env: Record<string, string>
  config: Config
  api: string
  /** Where the admin API is. */
  adminApi: string
  proxy: string
  proxyServer: Server
  database: Awaited<ReturnType<typeof openDatabase>>
  /** With the production stores. */
  s3: S3Server | undefined
  redis: TestRedis | undefined
  /** Every line of log of this installation, unless TEST_LOG shows them. */
  readonly logged: string[] = []

  static async start(stores: Stores, env: Record<string, string> = {}): Promise<Installation> {
    const installation = new Installation()
    await installation.open(stores, env)
    return installation
  }

  private async open(stores: Stores, env: Record<string, string>): Promise<void> {
    const home = await mkdtemp(join(tmpdir(), 'obb-e2e-'))
    this.cleanups.push(() => rm(home, { recursive: true, force: true }))
    const database = await createTestDatabase()
    this.cleanups.push(() => database.drop())
    this.env = {
      OBB_HOME: home,
      DATABASE_URL: database.url,
      ...ROLE_SETTINGS,
      SECRETS_KEY: 'ab'.repeat(32),
      ADMIN_TOKEN,
      FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
      LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
      RATE_LIMIT: '0', // tests do not wait as clients do
      ...(stores === 'production' ? await this.productionStores('S3_ENDPOINT' in env) : {}),
      ...env,
    }
    this.config = parseConfig(this.env)
    const { config, clock } = this
    const log = this.openLog()

    this.database = await openDatabase(config.DATABASE_URL, { pool: 4 })
    const source = await openDatabase(this.configOf('proxy').DATABASE_URL, { pool: 4 })
    const store = await openObjectStore(storeSettings(config))
    await store.prepare()
    const urls = new DownloadUrls({ forwarding: new Forwarding(config.TRUSTED_PROXIES) })
    const downloads = new PgDownloads(source, clock)
    const streams = new Streams(source, clock)
    const identity = new StoreIdentity(source, clock, config.S3_PREFIX)
    const facts = new InstallationFacts(store, new StoreHealth(source, clock), identity)
    const proxy = await createProxy(PortsModule.of({ downloads, store, facts, clock, log, urls, streams }))
    await proxy.listen(0, '127.0.0.1')
    this.proxyServer = proxy.getHttpServer()
    this.proxy = urlOf(proxy.getHttpServer().address() as AddressInfo)
    this.cleanups.push(async () => {
      await proxy.close()
      await store.close()
      await Promise.all([source.destroy(), this.database.destroy()])
    })

    const api = await createApi({
      config: { ...this.configOf('api'), PUBLIC_PROXY_URL: this.proxy },
      clock,
      log,
    })
    await api.listen(0, '127.0.0.1')
    this.api = urlOf(api.getHttpServer().address() as AddressInfo)
    const listener = await listenForAdmin(api.getHttpServer(), 0, '127.0.0.1')
    this.adminApi = urlOf(listener.address() as AddressInfo)
    this.cleanups.push(() => {
      listener.close()
      return api.close()
    })
  }

  private async productionStores(hasS3: boolean): Promise<Record<string, string>> {
    const stores = await ProductionStores.start(hasS3)
    this.cleanups.push(() => stores.close())
    this.redis = stores.redis
    this.s3 = stores.s3
    return stores.env
  }

  /** Moves the clock on; the workers, which are heard of as time passes, are as alive as before. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms)
    await this.database.query('UPDATE fetcher SET seen_at = greatest(seen_at, $1)', [
      new Date(this.clock.now()),
    ])
  }

  /** Another fetch worker; also the first one, since an installation starts without. */
  async startFetcher(): Promise<{ close(): Promise<void> }> {
    const config = this.configOf('fetcher')
    const app = await createFetcher({ config, clock: this.clock, log: this.openLog() })
    const fetcher = {
      close: async () => {
        if (this.fetchers.delete(fetcher)) await app.close()
      },
    }
    this.fetchers.add(fetcher)
    return fetcher
  }

  /** The stand-in of a platform, with an account of the operator there on these terms; it ends with the installation. */
  async addHost<Knobs extends object = TransferKnobs>(
    platform: string,
    terms: object = {},
  ): Promise<FakeHost<Knobs>> {
    const host = await this.standIn<Knobs>(platform)
    await this.admin('PATCH', `/hosts/${platform}`, { origins: host.origins })
    const { credentials } = host
    await this.admin('POST', '/accounts', { platform, credentials, untested: true, ...terms })
    return host
  }

  /** A server of files whose links are taken, up to a hundred of a user at once; it ends with the installation. */
  async addPlainHost(): Promise<FakeHost<TransferKnobs>> {
    await this.admin('PATCH', '/hosts/Http', { enabled: true, maxDownloads: 100 })
    return this.standIn('Http')
  }

  private async standIn<Knobs extends object = TransferKnobs>(platform: string): Promise<FakeHost<Knobs>> {
    const host = await (await loadFake<Knobs>(platform)).start()
    this.cleanups.push(() => host.close())
    return host
  }

  /** The settings, by which a process connects to the database as its role. */
  configOf(process: RoleHolder): Config {
    return { ...this.config, DATABASE_URL: databaseUrlOf(process, this.config.DATABASE_URL) }
  }

  /** secrets are what must be in no line of log. */
  get secrets(): string[] {
    const { DATABASE_URL = '', S3_SECRET_ACCESS_KEY: s3, SECRETS_KEY: sealing } = this.env
    const ofRoles = Object.values(ROLE_SETTINGS)
    return [new URL(DATABASE_URL).password, ...ofRoles, s3, sealing, ADMIN_TOKEN].filter(
      (each) => each !== undefined,
    )
  }

  private openLog(): Log {
    const log = openLog('e2e', this.config.LOG_LEVEL)
    if (process.env['TEST_LOG'] !== undefined) return log
    const stream = Object.getOwnPropertySymbols(log).find((each) => each.description === 'pino.stream')
    if (stream === undefined) throw new Error('this pino keeps its stream elsewhere')
    return Object.assign(log, { [stream]: { write: (line: string) => this.logged.push(line) } })
  }

  /** All of this process. */
  async stopFetchers(): Promise<void> {
    await Promise.all([...this.fetchers].map((fetcher) => fetcher.close()))
  }

  async close(): Promise<void> {
    await this.stopFetchers()
    for (const cleanup of this.cleanups.reverse()) await cleanup()
  }

  /** A call of the external API. */
  async call(key: string, method: string, path: string, body?: unknown): Promise<Answer> {
    return send(this.api + EXTERNAL_API + path, method, key, body)
  }

  /** A call of the external API whose body is not JSON. */
  upload(key: string, path: string, body: string, type: string): Promise<Answer> {
    return sendBody(this.api + EXTERNAL_API + path, 'POST', key, body, type)
  }

  /** A call of the admin API that has to succeed; its data. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  async admin(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await send(this.adminApi + ADMIN_API + path, method, ADMIN_TOKEN, body)
    if (answer.code !== 200)
      throw new Error(`${method} ${path}: ${answer.code} ${JSON.stringify(answer.body)}`)
    return answer.body.data
  }

  /** Polls a link until it is done or failed. The interval is the test's own, not the advised one. */
  async settled(key: string, linkId: string): Promise<Answer> {
    for (;;) {
      const answer = await this.call(key, 'GET', `/link/${linkId}`)
      const status = answer.body.data?.remote_status
      if (answer.code !== 200 || status === 'done' || status === 'error') return answer
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

function send(url: string, method: string, token: string, body: unknown): Promise<Answer> {
  return sendBody(url, method, token, body === undefined ? undefined : JSON.stringify(body))
}

async function sendBody(
  url: string,
  method: string,
  token: string,
  body: string | undefined,
  type = 'application/json',
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { code: response.status, headers: response.headers, body: JSON.parse(text) }
}

function urlOf({ port }: AddressInfo): string {
  return `http://127.0.0.1:${port}`
}
