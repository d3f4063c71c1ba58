import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { EXTERNAL_API, ADMIN_API } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { parseConfig } from '@obb/core/config'
import { openDatabase } from '@obb/core/database'
import { Fetches } from '@obb/core/fetches'
import { Files, type SourceFile, fileIdentity } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { Fetchers } from '@obb/core/queue'
import { lineFields } from '@obb/core/tracing'
import { createTestDatabase, urlOf } from '@obb/core/testing'
import { TestClock } from '@obb/testing/clock'
import pino from 'pino'
import type { DataSource } from 'typeorm'
import { createApi } from '../create-api.js'
import { Documentation } from '../docs/documentation.js'
import { listenForAdmin } from '../http/admin-connections.js'
import { expectDocumented } from './documented.js'
import { RawConnection } from './raw-connection.js'

export const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789'
export const PROXY_URL = 'http://proxy.test'
const GIB = 2 ** 30

export interface Answer {
  code: number
  headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the contract is what the tests assert
  body: any
}

export interface NewUser {
  traffic?: number
  dailyPerHost?: number
  expiresAt?: Date
}

/** A directory that is not there, so that no test depends on what was built. */
const NO_PORTAL = '/nowhere'

/** A gateway on a real database, in its role, and a free port, everything it logs at hand. There is no fetcher. */
export class Gateway {
  readonly clock = new TestClock(Date.UTC(2026, 10, 23, 12))
  /** Every line of the log from `debug` on, as written. */
  readonly log: string[] = []
  app: NestFastifyApplication
  /** Its database, as the owner. */
  database: DataSource
  port: number
  /** Where the admin API is. */
  adminPort: number
  private users = 0
  private readonly cleanups: (() => Promise<unknown>)[] = []

  /** `env`: settings that differ; an empty one is not set. `portal`: directory of a build of the portal, else none. */
  static async start(env: Record<string, string> = {}, portal = NO_PORTAL): Promise<Gateway> {
    const gateway = new Gateway()
    await gateway.open(env, portal)
    return gateway
  }

  private async open(env: Record<string, string>, portal: string): Promise<void> {
    const database = await createTestDatabase()
    this.cleanups.push(() => database.drop())
    this.database = await openDatabase(database.url, { pool: 4 })
    this.cleanups.push(() => this.database.destroy())
    const settings = {
      DATABASE_URL: urlOf('api', database.url),
      SECRETS_KEY: 'ab'.repeat(32),
      ADMIN_TOKEN,
      PUBLIC_PROXY_URL: PROXY_URL,
      ...env,
    }
    const isSet = ([, value]: [string, string]) => value !== ''
    const config = parseConfig(Object.fromEntries(Object.entries(settings).filter(isSet)))
    const { clock } = this
    const sink = new Writable({
      write: (line: Buffer, _encoding, done) => {
        this.log.push(line.toString())
        done()
      },
    })
    const log = pino({ level: 'debug', mixin: lineFields }, sink)
    this.app = await createApi({ config, clock, log, portal })
    this.cleanups.push(() => this.app.close())
    await this.app.listen(0, '127.0.0.1')
    this.port = (this.app.getHttpServer().address() as AddressInfo).port
    const listener = await listenForAdmin(this.app.getHttpServer(), 0, '127.0.0.1')
    this.cleanups.push(() => Promise.resolve(listener.close()))
    this.adminPort = (listener.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const cleanup of this.cleanups.reverse()) await cleanup()
  }

  /** A user with 1 GiB unless said otherwise. */
  async user({ traffic = GIB, dailyPerHost, expiresAt }: NewUser = {}): Promise<{
    id: string
    email: string
    apiKey: string
  }> {
    const email = `user${++this.users}@example.test`
    const account = { email, traffic, dailyPerHost: dailyPerHost ?? null, expiresAt: expiresAt ?? null }
    return { email, ...(await this.app.get(Accounts).create(account)) }
  }

  /** A call of the external API. */
  call(key: string, method: string, path: string, body?: unknown): Promise<Answer> {
    return this.send(method, EXTERNAL_API + path, { authorization: `Bearer ${key}` }, body)
  }

  /** The newest change in the audit log; attempts are written there later than they are made. */
  async lastChange() {
    const { items } = (await this.admin('GET', '/audit?limit=50')).body.data as { items: { kind: string }[] }
    return items.find(({ kind }) => kind === 'change')
  }

  admin(method: string, path: string, body?: unknown, token = ADMIN_TOKEN): Promise<Answer> {
    return this.send(method, ADMIN_API + path, { authorization: `Bearer ${token}` }, body, this.adminPort)
  }

  /** A failure that the documentation does not tell of fails the test. */
  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
    port = this.port,
  ): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer: Answer = {
      ...{ code: response.status, headers: response.headers },
      body: text === '' ? null : JSON.parse(text),
    }
    if (port !== this.adminPort)
      expectDocumented(this.app.get(Documentation).document, method, path, answer.body)
    return answer
  }

  /** `from`: an address of this machine. */
  connection({
    port = this.port,
    from,
  }: { port?: number | undefined; from?: string } = {}): Promise<RawConnection> {
    return RawConnection.open(port, from)
  }

  /** Some fetcher was seen right now. */
  fetcherAlive(): Promise<void> {
    return new Fetchers(this.database, this.clock).beat('a-fetcher')
  }

  /** An operator's account of RapidGator with this much traffic left; null is unknown. */
  async poolAccount(trafficLeft: number | null = 900 * GIB, platform = 'RapidGator'): Promise<string> {
    const pool = this.app.get(AccountPool)
    const credentials = { email: 'op@example.test', password: 'operators-secret-password' }
    const id = await pool.add({ platform, label: 'op@example.test', credentials, proxy: null })
    await pool.recordCheck(id, {
      premium: true,
      trafficTotal: 1024 * GIB,
      ...(trafficLeft === null ? {} : { trafficLeft }),
    })
    return id
  }

  /** A file that its host has just told about. `n` is any number of its own. */
  async knownFile(n: number, size = 1000, password?: string): Promise<{ url: string; file: SourceFile }> {
    const url = rapidGatorUrl(n)
    const match = this.app.get(HostCatalog).match(url)
    if (!match) throw new Error('no platform takes the link of the test')
    const files = this.app.get(Files)
    const identity = fileIdentity(match.policy.platform, match.ref, password)
    const { id } = await files.ensure(identity, match.ref, password)
    await files.record(id, { fileId: match.ref.fileId, state: 'available', name: `file ${n}.bin`, size })
    const file = await files.byId(id)
    if (!file) throw new Error('the file that was just recorded is not there')
    return { url, file }
  }

  /** fetched does what a fetcher does with a wanted file, without the bytes. */
  async fetched(fileId: string): Promise<void> {
    const fetches = new Fetches(this.database, this.clock)
    const file = await this.app.get(Files).byId(fileId)
    const claimed = await fetches.claim({ fileId, generation: file?.generation ?? 0 }, 'w', 60_000)
    if (!claimed) throw new Error('nobody wants the file')
    const claim = { fileId, claim: claimed.claim, worker: 'w' }
    await fetches.setUpload(claim, { objectKey: `${fileId}/1`, uploadId: 'u', partSize: 8 })
    const hashes = { sha256: 'a'.repeat(64), md5: 'b'.repeat(32), crc32c: 'c'.repeat(8) }
    await fetches.finish(claim, { size: claimed.size ?? 0, ...hashes })
  }

  /** Log lines since the last call of this. */
  takeLog(): string[] {
    return this.log.splice(0)
  }
}

export function rapidGatorUrl(n: number): string {
  return `https://rapidgator.net/file/${n.toString(16).padStart(32, '0')}/file-${n}.bin.html`
}
