import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ObjectStore, openObjectStore, storeSettings } from '@obb/core/storage'
import type { FakeHost, TransferKnobs } from '@obb/host-adapters/testing'
import { type Ceph, cephMissing, startCeph } from '@obb/testing/ceph'
import { redisAvailable } from '@obb/testing/redis'
import { type BreakingS3, breakS3 } from '@obb/testing/s3'
import { PART, WatchedContent } from './fetch-content.js'
import { FetcherProcess, buildFetcher } from './fetch-process.js'
import { Installation } from './installation.js'

const MIB = 1024 * 1024
const missing = cephMissing() ?? (redisAvailable() ? undefined : 'not installed: redis-server')
const describeOverCeph = missing === undefined ? describe : describe.skip

/** These tests look at what only a real S3 shows: its own words, its own limits, and its death. */
describeOverCeph(`the production column over Ceph ${missing ?? ''}`, () => {
  let ceph: Ceph
  let s3: BreakingS3
  let obb: Installation
  let host: FakeHost<TransferKnobs>
  let store: ObjectStore
  let key: string
  let fetcher: FetcherProcess
  let seed = 100

  beforeAll(async () => {
    buildFetcher()
    ceph = await startCeph()
    s3 = await breakS3(ceph.endpoint)
    obb = await Installation.start('production', {
      ...{ S3_ENDPOINT: s3.endpoint, S3_BUCKET: 'obb', SERVE_WHILE_FETCHING: 'on', LOG_LEVEL: 'info' },
      ...{ S3_ACCESS_KEY_ID: ceph.accessKeyId, S3_SECRET_ACCESS_KEY: ceph.secretAccessKey },
    })
    store = await openObjectStore(storeSettings(obb.config))
    host = await obb.addPlainHost()
    key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 1e12 })).apiKey
    fetcher = await FetcherProcess.start(obb)
  }, 240_000)
  afterAll(async () => {
    await fetcher?.end('SIGKILL')
    await store?.close()
    await obb?.close()
    await s3?.close()
    await ceph?.stop()
  })

  async function link(size: number) {
    const content = new WatchedContent(size, ++seed)
    const url = host.addFile({ name: `${seed}.bin`, content })
    const answer = await obb.call(key, 'POST', '/unrestrict', { url })
    expect([answer.code, answer.body.msg]).toEqual([200, undefined])
    return { content, url, linkId: answer.body.data.linkId as string }
  }
  /** Bytes that were asked of the host, without what only looks at the first. */
  const asked = ({ reads }: WatchedContent) =>
    reads.filter(([start, end]) => end - start > 1).reduce((sum, [start, end]) => sum + end - start, 0)
  async function isWhole({ content, linkId }: { content: WatchedContent; linkId: string }): Promise<void> {
    const done = await obb.settled(key, linkId)
    expect(done.body.data).toMatchObject({
      ...{ remote_status: 'done', attempt: 0, hashes: { sha256: await content.digest('sha256') } },
    })
  }
  async function stateIs(state: string): Promise<void> {
    while ((await obb.admin('GET', '/store')).state !== state) await sleep(50)
  }

  it('knows a file that was whole when its fetcher was killed before it could say so', async () => {
    // The S3 completes it, and its answer never comes.
    s3.faults.stall({ operation: 'CompleteMultipartUpload' }, { on: 'response', afterBytes: 0 })
    const file = await link(5 * PART + 123)
    const objectKey = async (): Promise<string | null> => {
      const [row] = await obb.database.query(
        'SELECT object_key AS key FROM source_file f JOIN link l ON l.file_id = f.id WHERE l.id = $1',
        [file.linkId],
      )
      return row.key
    }
    for (let object; object?.size !== file.content.size; await sleep(50)) {
      const name = await objectKey()
      object = name === null ? undefined : await store.head(name)
    }
    expect(await fetcher.end('SIGKILL')).toBe('SIGKILL')
    s3.faults.clear()
    const before = asked(file.content)
    await obb.database.query(`UPDATE source_file SET lease_until = now() WHERE state = 'downloading'`)
    fetcher = await FetcherProcess.start(obb)
    await isWhole(file)
    expect(asked(file.content)).toBe(before)
    expect(await store.listUploads()).toEqual([])
  }, 120_000)

  it('serves a file while it comes, part by part', async () => {
    const staged = async () => (await listed()).filter(({ key: name }) => name.includes('/arriving/'))
    const before = (await staged()).length // of the fetcher that was killed; they go after an hour
    host.knobs.bytesPerSecond = 2 * PART
    const file = await link(10 * PART)
    const arriving = (async () => {
      for (;;) {
        const response = await fetch(`${obb.proxy}/download/${file.linkId}?stream=1`)
        if (response.ok)
          return createHash('sha256')
            .update(Buffer.from(await response.arrayBuffer()))
            .digest('hex')
        await sleep(200)
      }
    })()
    expect(await arriving).toBe(await file.content.digest('sha256'))
    await isWhole(file)
    host.knobs.bytesPerSecond = 0
    while ((await staged()).length > before) await sleep(100)
  }, 120_000)

  it('goes on by itself after radosgw was killed in the middle of a file', async () => {
    host.knobs.bytesPerSecond = PART
    const file = await link(12 * PART)
    while (asked(file.content) < 4 * PART) await sleep(50)
    await ceph.crash()
    await stateIs('away')
    while (host.connections() > 0) await sleep(50)
    const away = asked(file.content)
    await sleep(15_000) // what a file used to be tried again after
    expect(asked(file.content)).toBe(away)
    host.knobs.bytesPerSecond = 0
    await ceph.restart()
    await isWhole(file)
    expect(asked(file.content)).toBeLessThan(2 * file.content.size)
  }, 180_000)

  it('waits while its quota is used up, and goes on once there is more', async () => {
    const used = (await listed()).reduce((sum, { size }) => sum + size, 0)
    await ceph.setQuota(used + 2 * MIB)
    const file = await link(3 * PART)
    await stateIs('full')
    const taken = asked(file.content)
    const [{ reason }] = await obb.database.query('SELECT reason FROM store_health')
    expect(reason).toContain('QuotaExceeded')
    await sleep(15_000)
    expect(asked(file.content)).toBe(taken)
    const other = new WatchedContent(1_000, ++seed)
    const refused = await obb.call(key, 'POST', '/unrestrict', {
      url: host.addFile({ name: 'refused.bin', content: other }),
    })
    expect([refused.code, refused.body.status]).toEqual([503, 105])
    await ceph.setQuota(undefined)
    await isWhole(file)
  }, 240_000)

  async function listed() {
    const all = []
    let from: string | undefined
    do {
      const page = await store.listObjects('', from)
      all.push(...page.objects)
      from = page.next
    } while (from !== undefined)
    return all
  }
})
