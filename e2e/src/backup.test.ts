import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { backUp, inspectBackup, restore } from '@obb/core/backup'
import { ROLE_SETTINGS, createTestDatabase } from '@obb/core/testing'
import {
  type FakeHost,
  type TransferKnobs,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import { createEmptyDatabase } from '@obb/testing/postgres'
import { redisAvailable, startRedis } from '@obb/testing/redis'
import { startS3 } from '@obb/testing/s3'
import type { Stores } from './installation.js'
import { type AppProcess, startApp } from './processes.js'

/* Both columns at once, so processes of their own, as built. */

const SIZE = 3 * 2 ** 20
const KEY = 'ab'.repeat(32)
const ADMIN_TOKEN = 'admin-token-of-the-tests-0123456789'

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** A whole OBB on a database that is there. */
class Column {
  private constructor(
    readonly databaseUrl: string,
    private readonly api: AppProcess,
    readonly proxy: AppProcess,
    private readonly env: Record<string, string>,
  ) {}
  private fetcher: AppProcess | undefined

  /** `beside`: another one, whose stores and settings it has. */
  static async start(stores: Stores, databaseUrl: string, beside?: Column): Promise<Column> {
    const env = beside
      ? { ...beside.env, DATABASE_URL: databaseUrl }
      : {
          ...{ OBB_HOME: directoryOf(stores), DATABASE_URL: databaseUrl, SECRETS_KEY: KEY, ADMIN_TOKEN },
          ...{ FETCH_ALLOW_NETWORKS: '127.0.0.0/8', LOG_LEVEL: 'warn', RATE_LIMIT: '0' },
          ...{ API_PORT: '0', PROXY_PORT: '0', ...ROLE_SETTINGS },
          ...(stores === 'production' ? await productionStores() : {}),
        }
    const proxy = await startApp('proxy', { env })
    cleanups.push(() => proxy.kill())
    const api = await startApp('api', { env: { ...env, PUBLIC_PROXY_URL: proxy.url } })
    cleanups.push(() => api.kill())
    return new Column(databaseUrl, api, proxy, env)
  }

  async startFetcher(): Promise<void> {
    const fetcher = (this.fetcher = await startApp('fetcher', { env: this.env }))
    cleanups.push(() => fetcher.kill())
  }

  async stop(): Promise<void> {
    await Promise.all([this.fetcher, this.api, this.proxy].map((each) => each?.kill()))
  }

  async call<Data>(method: string, path: string, token: string, body?: object): Promise<Data> {
    const isAdmin = token === ADMIN_TOKEN
    const base = isAdmin ? this.api.adminUrl + ADMIN_API : this.api.url + EXTERNAL_API
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as { success: boolean; data: Data }
    if (!answer.success) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`)
    return answer.data
  }

  admin<Data>(method: string, path: string, body?: object): Promise<Data> {
    return this.call(method, path, ADMIN_TOKEN, body)
  }

  /** As a client does that tries again while the file is fetched, or is not known to be in another store. */
  async download(linkId: string): Promise<Buffer> {
    for (;;) {
      const answer = await fetch(`${this.proxy.url}/download/${linkId}`)
      if (answer.status === 200) return Buffer.from(await answer.arrayBuffer())
      await answer.body?.cancel()
      await sleep(100)
    }
  }
}

interface Ledger {
  trafficLeft: number
  entries: unknown[]
}

let directory: string
const cleanups: (() => Promise<unknown>)[] = []
let homes = 0
const directoryOf = (stores: Stores): string => join(directory, `${stores}-${++homes}`)

async function productionStores(): Promise<Record<string, string>> {
  const redis = await startRedis()
  cleanups.push(() => redis.stop())
  const s3 = await startS3()
  cleanups.push(() => s3.close())
  return {
    ...{ REDIS_URL: redis.url, S3_ENDPOINT: s3.endpoint, S3_BUCKET: 'obb-files' },
    ...{ S3_ACCESS_KEY_ID: s3.accessKeyId, S3_SECRET_ACCESS_KEY: s3.secretAccessKey },
  }
}

;(redisAvailable() ? describe : describe.skip)('a backup (needs redis-server)', () => {
  let host: FakeHost<TransferKnobs>
  let column: Column
  let key: string
  let links: string[]
  let bytes: Buffer[]

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'obb-e2e-backup-'))
    const database = await createTestDatabase()
    cleanups.push(() => database.drop())
    host = await (await loadFake<TransferKnobs>('RapidGator')).start()
    cleanups.push(() => host.close())
    column = await Column.start('embedded', database.url)
    await column.startFetcher()
    const { origins, credentials } = host
    await column.admin('PATCH', '/hosts/RapidGator', { origins })
    await column.admin('POST', '/accounts', { platform: 'RapidGator', credentials, untested: true })
    const user = { email: 'a@a.test', traffic: 10 * SIZE }
    key = (await column.admin<{ apiKey: string }>('POST', '/users', user)).apiKey
    const contents = [1, 2].map((seed) => patternContent(SIZE, seed))
    bytes = await Promise.all(contents.map((content) => contentBytes(content)))
    links = []
    for (const [index, content] of contents.entries()) {
      // The second one is still under way when the backup is made.
      host.knobs.bytesPerSecond = index === 0 ? 0 : 1_000
      const url = host.addFile({ name: `${index}.bin`, content })
      const { linkId } = await column.call<{ linkId: string }>('POST', '/unrestrict', key, { url })
      links.push(linkId)
      if (index === 0) await column.download(linkId)
    }
  })
  afterAll(async () => {
    for (const cleanUp of cleanups.reverse()) await cleanUp()
    rmSync(directory, { recursive: true, force: true })
  })

  it.each<[Stores, Stores]>([
    ['embedded', 'production'],
    ['production', 'embedded'],
  ])('of the %s column goes on in the %s one with its balances, links and downloads', async (_from, to) => {
    const path = join(directory, `${to}.backup`)
    const ledger = await column.admin<Ledger>('GET', '/ledger?email=a@a.test')
    await backUp({ databaseUrl: column.databaseUrl, path, secretsKey: Buffer.from(KEY, 'hex') })
    await column.stop()
    host.knobs.bytesPerSecond = 0
    const { url: databaseUrl, drop } = await createEmptyDatabase()
    cleanups.push(drop)
    await restore({ databaseUrl, path, manifest: await inspectBackup(path), replace: false })

    column = await Column.start(to, databaseUrl)
    expect(await column.admin('GET', '/ledger?email=a@a.test')).toEqual(ledger)
    expect(await column.admin('GET', '/ledger/check')).toMatchObject({ faults: [] })
    // Its store is another one, and empty: before an operator says so, nothing is served, and nothing taken for lost.
    const [stored = ''] = links
    expect((await fetch(`${column.proxy.url}/download/${stored}`)).status).toBe(503)
    await column.startFetcher()
    await column.admin('POST', '/store/adopt')
    for (const [index, link] of links.entries()) {
      expect(digest(await column.download(link))).toBe(digest(bytes[index]!))
      expect(await column.call('GET', `/link/${link}`, key)).toMatchObject({
        ...{ remote_status: 'done', filename: `${index}.bin` },
      })
    }
    expect(await column.admin('GET', '/ledger?email=a@a.test')).toEqual(ledger)
    expect(await column.admin('GET', '/ledger/check')).toMatchObject({ faults: [] })
  })

  it('comes to no harm by a Redis that still has the jobs of what was done after it', async () => {
    const { databaseUrl: former } = column
    await column.stop()
    column = await Column.start('production', former)
    await column.startFetcher()
    await column.admin('POST', '/store/adopt')
    await column.download(links[0] ?? '') // the store is taken
    host.knobs.bytesPerSecond = 1_000
    const ask = async (seed: number) => {
      const url = host.addFile({ name: `${seed}.bin`, content: patternContent(SIZE, seed) })
      return (await column.call<{ linkId: string }>('POST', '/unrestrict', key, { url })).linkId
    }
    const underWay = await ask(3)
    const path = join(directory, 'jobs.backup')
    const ledger = await column.admin<Ledger>('GET', '/ledger?email=a@a.test')
    await backUp({ databaseUrl: former, path, secretsKey: Buffer.from(KEY, 'hex') })
    const later = await ask(4)
    await column.stop() // killed: its jobs stay, those that are at work, too
    host.knobs.bytesPerSecond = 0
    const { url: databaseUrl, drop } = await createEmptyDatabase()
    cleanups.push(drop)
    await restore({ databaseUrl, path, manifest: await inspectBackup(path), replace: false })

    column = await Column.start('production', databaseUrl, column)
    await column.startFetcher()
    await column.admin('POST', '/store/adopt')
    expect(digest(await column.download(underWay))).toBe(digest(await contentBytes(patternContent(SIZE, 3))))
    await expect(column.call('GET', `/link/${later}`, key)).rejects.toThrow(/"success":false/)
    expect(await column.admin('GET', '/ledger?email=a@a.test')).toEqual(ledger)
    expect(await column.admin('GET', '/ledger/check')).toMatchObject({ faults: [] })
    const fresh = await ask(5)
    expect(digest(await column.download(fresh))).toBe(digest(await contentBytes(patternContent(SIZE, 5))))
  })
})
