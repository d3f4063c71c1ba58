import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { ReadinessView } from '@obb/contracts'
import { PgDownloads } from '@obb/core/links'
import { openLog } from '@obb/core/log'
import { type ObjectStore, openObjectStore, storeSettings } from '@obb/core/storage'
import { Installation as StoreIdentity, InstallationFacts, StoreHealth } from '@obb/core/store-state'
import { type FakeContent, type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { PortsModule, createProxy } from '@obb/proxy'
import type { Faults } from '@obb/testing/s3'
import { Installation } from './installation.js'

const MIB = 1024 * 1024
const PART = 8 * MIB
const HOUR = 3_600_000
const PREFIX = 'shared/obb'

/** An S3, however it came to be, with the faults of the stand-in before it. */
export interface TroubledS3 {
  endpoint: string
  accessKeyId: string
  secretAccessKey: string
  faults: Faults
  /** So far. */
  requests(operation: string): number
  close(): Promise<unknown>
}

/** Counts the bytes that leave the host. */
class Counted implements FakeContent {
  bytes = 0
  private readonly pattern: FakeContent

  constructor(
    readonly size: number,
    seed: number,
  ) {
    this.pattern = patternContent(size, seed)
  }

  read(start: number, end: number): Readable {
    const source = this.pattern.read(start, end)
    // Not what only looks at the first byte.
    return end - start < 2 ? source : source.on('data', (chunk: Buffer) => (this.bytes += chunk.length))
  }

  async sha256(): Promise<string> {
    const hash = createHash('sha256')
    for await (const chunk of this.pattern.read(0, this.size)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  }
}

/**
 * describeStoreTrouble tests what an S3 may do to files that come in: refuse a part, be full, be away, be another one,
 * belong to others too.
 */
export function describeStoreTrouble(name: string, openS3: () => Promise<TroubledS3>): void {
  describe(`files over ${name} in trouble`, () => {
    let s3: TroubledS3
    let obb: Installation
    let host: FakeHost
    let key: string
    let store: ObjectStore
    let seed = 0

    beforeAll(async () => {
      s3 = await openS3()
      obb = await Installation.start('production', {
        ...{ S3_ENDPOINT: s3.endpoint, S3_BUCKET: 'obb-trouble', S3_PREFIX: PREFIX },
        ...{ S3_ACCESS_KEY_ID: s3.accessKeyId, S3_SECRET_ACCESS_KEY: s3.secretAccessKey },
        ...{ LOG_LEVEL: 'info', LINK_TTL: '90d' },
      })
      host = await obb.addPlainHost()
      key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 1e12 })).apiKey
      store = await openObjectStore(storeSettings(obb.config))
      await obb.startFetcher()
    })
    afterAll(async () => {
      await store.close()
      await obb.close()
      await s3.close()
    })
    afterEach(() => {
      s3.faults.clear()
      s3.faults.up()
    })

    const ask = (url: string) => obb.call(key, 'POST', '/unrestrict', { url })
    const offered = (size: number) => {
      const content = new Counted(size, ++seed)
      return { content, url: host.addFile({ name: `${seed}.bin`, content }) }
    }
    async function link(size: number) {
      const { content, url } = offered(size)
      const answer = await ask(url)
      expect([answer.code, answer.body.msg]).toEqual([200, undefined])
      return { content, url, linkId: answer.body.data.linkId as string }
    }
    async function isWhole({ content, linkId }: { content: Counted; linkId: string }): Promise<void> {
      const done = await obb.settled(key, linkId)
      expect(done.body.data).toMatchObject({
        ...{ remote_status: 'done', attempt: 0 },
        hashes: { sha256: await content.sha256() },
      })
    }
    /** Moves the clock on so far that the store is tried again, until it is well or `rounds` tries were made. */
    async function tried(rounds: number): Promise<void> {
      for (let round = 0; round < rounds; round++) {
        const [{ failures }] = await obb.database.query('SELECT failures FROM store_health')
        await obb.pass(330_000)
        for (;;) {
          const [row] = await obb.database.query('SELECT failures, trouble FROM store_health')
          if (row.trouble === null) return
          if (row.failures > failures) break
          await sleep(50)
        }
      }
    }
    async function stateIs(state: string): Promise<void> {
      while ((await obb.admin('GET', '/store')).state !== state) await sleep(50)
    }
    /** Until a process says this of the store, in one word, or not this: for a moment it answers with what it saw last. */
    async function healthIs(base: string, state: string, isThat = true): Promise<void> {
      for (;;) {
        const { data } = (await (await fetch(`${base}/health/ready`)).json()) as { data: ReadinessView }
        const check = data.checks.find(({ name }) => name === 'store')
        const word = check?.status === 'ok' ? 'ok' : check?.detail?.split(/[,:]/)[0]
        if ((word === state) === isThat) return
        await sleep(50)
      }
    }
    const rowOf = async (linkId: string) => {
      const [row] = await obb.database.query(
        `SELECT f.id, f.state, f.attempts, f.generation, object_key AS key FROM source_file f
           JOIN link l ON l.file_id = f.id WHERE l.id = $1`,
        [linkId],
      )
      return row as { id: string; state: string; attempts: number; generation: number; key: string }
    }
    const linesWith = (text: string) => obb.logged.filter((line) => line.includes(text)).length

    it.each([0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, PART, 13 * PART + 77])(
      'of %i bytes come and go whole while it is well',
      async (size) => {
        const file = await link(size)
        await isWhole(file)
        expect(file.content.bytes).toBe(size < 2 ? 0 : size)
        const { body } = await obb.call(key, 'GET', `/link/${file.linkId}`)
        const bytes = Buffer.from(await (await fetch(body.data.link)).arrayBuffer())
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(await file.content.sha256())
        expect((await rowOf(file.linkId)).key).toMatch(/^shared\/obb\/obb-[0-9a-f]{12}\//)
      },
    )

    it('take hardly a byte of the host again for one part of twelve that is refused, and nothing is read back', async () => {
      const { take } = s3.faults
      let parts = 0
      s3.faults.take = (target) => {
        const isPart = target.operation === 'UploadPart' && ++parts === 8
        return isPart ? { kind: 'fail', status: 503, code: 'SlowDown' } : take.call(s3.faults, target)
      }
      const reads = s3.requests('GetObject')
      const waits = linesWith('"why":"store:')
      const file = await link(12 * PART)
      await isWhole(file)
      s3.faults.take = take
      expect(parts).toBe(13)
      expect(file.content.bytes).toBe(12 * PART)
      expect(s3.requests('GetObject')).toBe(reads)
      expect(linesWith('"why":"store:')).toBe(waits)
    })

    it('wait while it is full: new ones are refused, no byte comes from the host, and one small write tries it', async () => {
      const stored = await link(1_000)
      await isWhole(stored)
      for (const operation of ['UploadPart', 'PutObject'] as const) {
        s3.faults.fail({ operation, times: 1_000 }, { status: 507, code: 'XMinioStorageFull' })
      }
      const waiting = await link(3 * PART)
      await stateIs('full')
      while ((await rowOf(waiting.linkId)).state !== 'pending') await sleep(20)
      const taken = waiting.content.bytes
      const puts = s3.requests('PutObject')
      const parts = s3.requests('UploadPart')

      await healthIs(obb.api, 'full')
      await healthIs(obb.proxy, 'full')
      const { url } = offered(1_000)
      const refused = await ask(url)
      expect([refused.code, refused.body.status, refused.body.retry_in_seconds > 0]).toEqual([503, 105, true])
      const explained = await obb.call(key, 'GET', `/explain?url=${encodeURIComponent(url)}`)
      const closed = explained.body.data.gates.filter((gate: { pass: boolean }) => !gate.pass)
      expect(closed).toMatchObject([{ gate: 'store', status: 105 }])
      expect((await ask(stored.url)).body.data).toMatchObject({ reusedExisting: true, download_ready: true })
      expect((await fetch((await ask(stored.url)).body.data.link)).status).toBe(200)

      await tried(3)
      expect(s3.requests('PutObject') - puts).toBe(3)
      expect(s3.requests('UploadPart')).toBe(parts)
      expect(waiting.content.bytes).toBe(taken)
      expect(await rowOf(waiting.linkId)).toMatchObject({ state: 'pending', attempts: 0 })
      expect(linesWith('the store takes no files')).toBe(1)

      s3.faults.clear()
      await tried(1)
      await isWhole(waiting)
      await healthIs(obb.api, 'ok')
      expect(linesWith('the store takes files again')).toBe(1)
    }, 120_000)

    it('wait while it is away, without a byte of the host, and go on by themselves', async () => {
      s3.faults.down()
      const waiting = await link(2 * PART)
      await stateIs('away')
      await healthIs(obb.api, 'away')
      await healthIs(obb.proxy, 'ok', false)
      expect((await ask(offered(1_000).url)).body.status).toBe(105)
      await tried(2)
      expect(waiting.content.bytes).toBe(0)
      expect(await rowOf(waiting.linkId)).toMatchObject({ state: 'pending', attempts: 0 })
      s3.faults.up()
      await tried(1)
      await isWhole(waiting)
      expect(waiting.content.bytes).toBe(2 * PART)
    }, 120_000)

    it('that were whole when their fetcher was killed are recognised, not fetched again', async () => {
      const { take } = s3.faults
      let uploadId = ''
      s3.faults.take = (target) => {
        if (target.operation === 'CompleteMultipartUpload') uploadId = target.query.get('uploadId') ?? ''
        return take.call(s3.faults, target)
      }
      const file = await link(3 * PART + 5)
      await isWhole(file)
      s3.faults.take = take
      // The row is set as it is between the completion and the end of the fetch.
      const { id } = await rowOf(file.linkId)
      await obb.database.query(
        `UPDATE source_file SET state = 'pending', upload_id = $2, part_size = $3, next_attempt_at = now(), sha256 = NULL
          WHERE id = $1`,
        [id, uploadId, PART],
      )
      await isWhole(file)
      expect(file.content.bytes).toBe(file.content.size)
      expect(await rowOf(file.linkId)).toMatchObject({ attempts: 0 })
    })

    it('of others in the same bucket are left alone, however old, and what is left over of its own goes', async () => {
      const foreign = await store.createUpload('other-app/backup.tar', 10, PART)
      const other = await store.createUpload(`${PREFIX}/obb-ffffffffffff/${randomUUID()}/1`, 10, PART)
      const { holdings } = (await new StoreIdentity(obb.database, obb.clock, PREFIX).current())!
      const own = await store.createUpload(`${holdings.root}${randomUUID()}/1`, 10, PART)
      obb.clock.advance(2 * HOUR)
      const pending = async () => (await store.listUploads()).map(({ uploadId }) => uploadId).sort()
      await obb.stopFetchers()
      await obb.startFetcher() // its first round looks for them
      while ((await pending()).includes(own.uploadId)) await sleep(100)
      expect(await pending()).toEqual([foreign.uploadId, other.uploadId].sort())
      for (const upload of [foreign, other]) await store.abortUpload(upload)
    }, 60_000)

    it('that no row needs any more are found and removed, and no others', async () => {
      const kept = await link(1_000)
      await isWhole(kept)
      const { holdings } = (await new StoreIdentity(obb.database, obb.clock, PREFIX).current())!
      const orphan = `${holdings.root}${randomUUID()}/1`
      const foreign = `${PREFIX}/obb-ffffffffffff/${randomUUID()}/1`
      for (const each of [orphan, foreign, 'other-app/file']) await store.put(each, Buffer.from('left over'))
      const sweep = async (dryRun: boolean) => {
        let view = await obb.admin('POST', '/files/sweeps', { dryRun })
        for (; view.finishedAt === null; await sleep(100))
          view = await obb.admin('GET', `/files/sweeps/${view.id}`)
        return view
      }
      expect(await sweep(false)).toMatchObject({ orphans: 0 }) // it is too young
      obb.clock.advance(25 * HOUR)
      expect(await sweep(true)).toMatchObject({ orphans: 1, orphanBytes: 9, names: [orphan] })
      expect(await store.head(orphan)).toBeDefined()
      expect(await sweep(false)).toMatchObject({ orphans: 1 })
      while (await store.head(orphan)) await sleep(100)
      for (const each of [foreign, 'other-app/file', (await rowOf(kept.linkId)).key]) {
        expect(await store.head(each)).toBeDefined()
      }
      expect((await obb.settled(key, kept.linkId)).body.data.remote_status).toBe('done')
    }, 60_000)

    it('are not lost in another bucket: the proxy says 503, fetchers fetch nothing, until it is adopted', async () => {
      const files = [await link(1_000), await link(2_000), await link(3_000)]
      for (const file of files) await isWhole(file)
      const settings = { ...obb.config, S3_BUCKET: 'obb-empty' }
      const empty = await openObjectStore(storeSettings(settings))
      await empty.prepare()
      const { clock, database } = obb
      const identity = new StoreIdentity(database, clock, PREFIX)
      const proxy = await createProxy(
        PortsModule.of({
          store: empty,
          clock,
          downloads: new PgDownloads(database, clock),
          log: openLog('proxy', 'silent'),
          facts: new InstallationFacts(empty, new StoreHealth(database, clock), identity),
        }),
      )
      await proxy.listen(0, '127.0.0.1')
      const { port } = proxy.getHttpServer().address() as { port: number }
      for (const { linkId } of files) {
        expect((await fetch(`http://127.0.0.1:${port}/download/${linkId}`)).status).toBe(503)
        expect(await rowOf(linkId)).toMatchObject({ state: 'done', generation: 1 })
      }
      await healthIs(`http://127.0.0.1:${port}`, 'wrong')
      await proxy.close()

      await obb.stopFetchers()
      const right = obb.config
      obb.config = settings
      await obb.startFetcher()
      await stateIs('wrong')
      expect((await ask(offered(1_000).url)).body.status).toBe(105)
      expect((await ask(files[0]!.url)).body.data.download_ready).toBe(true)
      await obb.stopFetchers()
      obb.config = right
      await obb.startFetcher()
      await stateIs('ok')

      await obb.stopFetchers()
      obb.config = settings
      await obb.startFetcher()
      await stateIs('wrong')
      await obb.admin('POST', '/store/adopt')
      await stateIs('ok')
      await isWhole(await link(1_000))
      await empty.close()
    }, 120_000)
  })
}
