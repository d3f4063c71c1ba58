import { expect } from '@jest/globals'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { backUp, inspectBackup, restore } from '@obb/core/backup'
import { rolePasswords } from '@obb/core/config'
import { ROLE_SETTINGS, createTestDatabase } from '@obb/core/testing'
import {
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import { createEmptyDatabase } from '@obb/testing/postgres'
import { startRedis } from '@obb/testing/redis'
import { startS3 } from '@obb/testing/s3'
import type { Stores } from './installation.js'
import { type AppProcess, startApp } from './processes.js'

/* An installation that goes from place to place by its backups: processes of its own, as built. */

const SIZE = 3 * 2 ** 20
const KEY = 'ab'.repeat(32)
const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789'
const USER = 'a@a.test'

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const contentOf = (seed: number) => patternContent(SIZE, seed)

interface Ledger {
  trafficLeft: number
  entries: unknown[]
}

/** Its processes on one database, queue and store. */
class Column {
  constructor(
    readonly databaseUrl: string,
    private readonly apps: { api: AppProcess; proxy: AppProcess; fetcher?: AppProcess },
    readonly env: Record<string, string>,
  ) {}

  get proxyUrl(): string {
    return this.apps.proxy.url
  }

  async startFetcher(): Promise<void> {
    this.apps.fetcher = await startApp('fetcher', { env: this.env })
  }

  /** Kills them: the jobs of the queue stay, those that are at work, too. */
  async stop(): Promise<void> {
    await Promise.all(Object.values(this.apps).map((each) => each.kill()))
  }

  async call<Data>(method: string, path: string, token: string, body?: object): Promise<Data> {
    const { api } = this.apps
    const base = token === ADMIN_TOKEN ? api.adminUrl + ADMIN_API : api.url + EXTERNAL_API
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as { success: boolean; data: Data }
    if (!answer.success) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
    return answer.data
  }
}

/** A user of it has two links: to a file that is stored, and to one that is under way. */
export class MovedInstallation {
  private readonly directory = mkdtempSync(join(tmpdir(), 'obb-e2e-moved-'))
  private readonly cleanups: (() => Promise<unknown>)[] = []
  private homes = 0
  private host!: FakeHost<TransferKnobs>
  private column!: Column
  private key = ''
  private readonly links = new Map<number, string>()

  static async start(): Promise<MovedInstallation> {
    const moved = new MovedInstallation()
    const database = await createTestDatabase()
    moved.cleanups.push(() => database.drop())
    moved.host = await (await loadFake<TransferKnobs>('RapidGator')).start()
    moved.cleanups.push(() => moved.host.close())
    await moved.startOn(database.url, await moved.storesOf('embedded'))
    await moved.column.startFetcher()
    await moved.fill()
    return moved
  }

  private async fill(): Promise<void> {
    const { origins, credentials } = this.host
    await this.admin('PATCH', '/hosts/RapidGator', { origins })
    await this.admin('POST', '/accounts', { platform: 'RapidGator', credentials, untested: true })
    const user = { email: USER, traffic: 10 * SIZE }
    this.key = (await this.admin<{ apiKey: string }>('POST', '/users', user)).apiKey
    await this.download(await this.ask(1))
    this.hurry(false)
    await this.ask(2)
  }

  /** Kills every process, and starts them on a database that is made of the backup; then nothing is missing. */
  async moveTo(stores: Stores, databaseUrl?: string): Promise<void> {
    const ledger = await this.ledger()
    const path = await this.backUp()
    await this.column.stop()
    this.hurry(true)
    await this.startOn(await this.restored(path, databaseUrl), await this.storesOf(stores))
    expect(await this.ledger()).toEqual(ledger)
    expect(await this.admin('GET', '/ledger/check')).toMatchObject({ faults: [] })
    // Its store is another one, and empty: before an operator says so, nothing is served, and nothing taken for lost.
    const stored = this.links.get(1) ?? ''
    expect((await fetch(`${this.column.proxyUrl}/download/${stored}`)).status).toBe(503)
    await this.adopt()
    for (const [seed, link] of this.links) {
      await this.expectDownload(link, seed)
      const whole = { remote_status: 'done', filename: `${seed}.bin` }
      expect(await this.column.call('GET', `/link/${link}`, this.key)).toMatchObject(whole)
    }
    await this.expectLedger(ledger)
  }

  /**
   * The same, in production, beside a Redis that has the jobs of what was asked for after the backup. `asked`: a file
   * that is under way when it is made, one that is asked for later, and one that is asked for in the end.
   */
  async moveBesideItsRedis([underWay, later, fresh]: readonly [number, number, number]): Promise<void> {
    const former = this.column.databaseUrl
    await this.column.stop()
    await this.startOn(former, await this.storesOf('production'))
    await this.adopt()
    await this.download(this.links.get(1) ?? '') // the store is taken
    this.hurry(false)
    const kept = await this.ask(underWay)
    const ledger = await this.ledger()
    const path = await this.backUp()
    const lost = await this.ask(later)
    await this.column.stop()
    this.hurry(true)
    await this.startOn(await this.restored(path), this.column.env)
    await this.adopt()
    await this.expectDownload(kept, underWay)
    await expect(this.column.call('GET', `/link/${lost}`, this.key)).rejects.toThrow(/"success":false/)
    await this.expectLedger(ledger)
    await this.expectDownload(await this.ask(fresh), fresh)
  }

  async close(): Promise<void> {
    await this.column?.stop()
    for (const cleanUp of this.cleanups.toReversed()) await cleanUp()
    rmSync(this.directory, { recursive: true, force: true })
  }

  private async startOn(databaseUrl: string, stores: Record<string, string>): Promise<void> {
    const env = { ...stores, DATABASE_URL: databaseUrl }
    const proxy = await startApp('proxy', { env })
    const api = await startApp('api', { env: { ...env, PUBLIC_PROXY_URL: proxy.url } })
    this.column = new Column(databaseUrl, { api, proxy }, env)
  }

  /** The settings of a queue and a store that are new. */
  private async storesOf(stores: Stores): Promise<Record<string, string>> {
    return {
      ...{ OBB_HOME: join(this.directory, `home-${++this.homes}`), SECRETS_KEY: KEY, ADMIN_TOKEN },
      ...{ FETCH_ALLOW_NETWORKS: '127.0.0.0/8', LOG_LEVEL: 'warn', RATE_LIMIT: '0' },
      ...{ API_PORT: '0', PROXY_PORT: '0', ...ROLE_SETTINGS },
      ...(stores === 'production' ? await this.productionStores() : {}),
    }
  }

  private async productionStores(): Promise<Record<string, string>> {
    const redis = await startRedis()
    this.cleanups.push(() => redis.stop())
    const s3 = await startS3()
    this.cleanups.push(() => s3.close())
    return {
      ...{ REDIS_URL: redis.url, S3_ENDPOINT: s3.endpoint, S3_BUCKET: 'obb-files' },
      ...{ S3_ACCESS_KEY_ID: s3.accessKeyId, S3_SECRET_ACCESS_KEY: s3.secretAccessKey },
    }
  }

  private async backUp(): Promise<string> {
    const path = join(this.directory, `${this.homes}.backup`)
    const { databaseUrl } = this.column
    await backUp({ databaseUrl, path, secretsKey: Buffer.from(KEY, 'hex') })
    return path
  }

  /** The address of a database that is made of a backup; an empty one of ours where none is given. */
  private async restored(path: string, given?: string): Promise<string> {
    const databaseUrl = given ?? (await this.emptyDatabase())
    const manifest = await inspectBackup(path)
    await restore({ databaseUrl, path, manifest, replace: false, passwords: rolePasswords(ROLE_SETTINGS) })
    return databaseUrl
  }

  private async emptyDatabase(): Promise<string> {
    const { url, drop } = await createEmptyDatabase()
    this.cleanups.push(drop)
    return url
  }

  private hurry(isFast: boolean): void {
    this.host.knobs.bytesPerSecond = isFast ? 0 : 1_000
  }

  private async ask(seed: number): Promise<string> {
    const url = this.host.addFile({ name: `${seed}.bin`, content: contentOf(seed) })
    const { linkId } = await this.column.call<{ linkId: string }>('POST', '/unrestrict', this.key, { url })
    if (seed <= 2) this.links.set(seed, linkId)
    return linkId
  }

  private async adopt(): Promise<void> {
    await this.column.startFetcher()
    await this.admin('POST', '/store/adopt')
  }

  /** As a client does that tries again while the file is fetched, or is not known to be in another store. */
  private async download(linkId: string): Promise<Buffer> {
    for (;;) {
      const answer = await fetch(`${this.column.proxyUrl}/download/${linkId}`)
      if (answer.status === 200) return Buffer.from(await answer.arrayBuffer())
      await answer.body?.cancel()
      await sleep(100)
    }
  }

  private async expectDownload(linkId: string, seed: number): Promise<void> {
    expect(digest(await this.download(linkId))).toBe(digest(await contentBytes(contentOf(seed))))
  }

  private ledger(): Promise<Ledger> {
    return this.admin('GET', `/ledger?email=${USER}`)
  }

  private async expectLedger(ledger: Ledger): Promise<void> {
    expect(await this.ledger()).toEqual(ledger)
    expect(await this.admin('GET', '/ledger/check')).toMatchObject({ faults: [] })
  }

  private admin<Data>(method: string, path: string, body?: object): Promise<Data> {
    return this.column.call(method, path, ADMIN_TOKEN, body)
  }
}
