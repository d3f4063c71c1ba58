import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ObjectStore, StoreError, openObjectStore, storeSettings } from '@obb/core/storage'
import type { FakeHost, TransferKnobs } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { FetcherProcess, buildFetcher } from './fetch-process.js'
import { Installation, type Stores } from './installation.js'

const PARTS = 12
const SIZE = PARTS * PART - 4321
/** Connections to RapidGator for one file. */
const CONNECTIONS = 5
/** A part takes 2 s here. */
const DRAIN_MS = 5_000

/** A fetcher is killed or stopped in the middle of a file, and another one goes on from the parts. */
export function describeTakeover(stores: Stores): void {
  describe(`a file whose fetcher ends in the middle of it, over the ${stores} stores`, () => {
    let obb: Installation
    let host: FakeHost<TransferKnobs>
    let store: ObjectStore
    let key: string
    let first: FetcherProcess
    let content: WatchedContent
    let linkId: string
    let fileId: string

    beforeAll(async () => {
      buildFetcher()
      obb = await Installation.start(stores, {
        ...{ LOG_LEVEL: 'info', FETCHER_DRAIN: `${DRAIN_MS / 1000}s` },
        SERVE_WHILE_FETCHING: 'on', // each part is an object of its own in an S3, and nothing of that may stay
      })
      store = await openObjectStore(storeSettings(obb.config))
      host = await obb.addHost('RapidGator')
      key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 10 * SIZE })).apiKey
    }, 180_000)

    afterAll(async () => {
      await first?.end('SIGKILL')
      await store.close()
      await obb.close()
    })

    /** The first fetcher with some parts stored, some on their way and some not asked for yet. */
    async function inTheMiddle(name: string, seed: number): Promise<void> {
      first = await FetcherProcess.start(obb)
      content = new WatchedContent(SIZE, seed)
      const url = host.addFile({ name, content, md5: await content.digest('md5') })
      host.knobs.bytesPerSecond = PART / 4
      const answer = await obb.call(key, 'POST', '/unrestrict', { url })
      expect(answer.code).toBe(200)
      expect(['pending', 'downloading']).toContain(answer.body.data.remote_status)
      linkId = answer.body.data.linkId
      while ((await storedParts()).length < 3 || content.reads.length <= CONNECTIONS) await sleep(20)
      expect(content.reads.length).toBeLessThan(PARTS)
    }

    async function storedParts(): Promise<number[]> {
      const [file] = await obb.database.query(
        `SELECT f.id, object_key AS key, upload_id AS "uploadId", size, part_size AS "partSize"
           FROM source_file f JOIN link l ON l.file_id = f.id WHERE l.id = $1`,
        [linkId],
      )
      fileId = file.id
      if (!file.uploadId) return []
      // It may be whole, and its upload gone, since it was looked up.
      const parts = await store.listParts(file).catch((error: unknown) => {
        if (error instanceof StoreError && error.kind === 'NO_SUCH_UPLOAD') return []
        throw error
      })
      return parts.map((part) => part.number)
    }

    /** The parts that were stored when the next worker began; the last of a killed one may come in after its end. */
    async function takenOver(begun: number, withinMs: number): Promise<number[]> {
      const asked = content.reads.length
      for (let kept: number[] = []; ; await sleep(20)) {
        const stored = await storedParts()
        if (content.reads.length > asked) {
          expect(performance.now() - begun).toBeLessThan(withinMs)
          return kept
        }
        kept = stored
      }
    }

    async function isWholeAndPaidOnce(): Promise<void> {
      const done = await obb.settled(key, linkId)
      expect(done.body.data).toMatchObject({
        remote_status: 'done',
        hashes: { sha256: await content.digest('sha256') },
      })
      const charges = await obb.database.query(
        'SELECT kind, bytes FROM traffic_entry WHERE link_id = $1 ORDER BY id',
        [linkId],
      )
      expect(charges).toEqual([{ kind: 'charge', bytes: -SIZE }])
      expect(await store.listUploads()).toEqual([])
      // The lease of a killed worker runs out by itself, the others are given back.
      let held = 1
      while (held > 0) {
        await sleep(50)
        ;[{ held }] = await obb.database.query(
          'SELECT count(*)::int AS held FROM pool_lease WHERE file_id = $1 AND expires_at > now()',
          [fileId],
        )
      }
    }

    it('is taken up by itself within 20 s after kill -9, and only what is missing is asked for', async () => {
      await inTheMiddle('killed.bin', 1)
      await obb.startFetcher() // alive all the time, and not allowed to touch the file yet
      expect(await first.end('SIGKILL')).toBe('SIGKILL')
      const killed = performance.now()
      host.knobs.bytesPerSecond = 0
      const before = content.reads.length
      const kept = await takenOver(killed, 20_000)
      await isWholeAndPaidOnce()
      const missing = Array.from({ length: PARTS }, (_, index) => index + 1).filter((n) => !kept.includes(n))
      expect(content.partsAsked(before)).toEqual(missing)
      expect(content.reads.length).toBeLessThanOrEqual(PARTS + CONNECTIONS)
    }, 90_000)

    it.each([
      ['parts under way end', PART / 2, true],
      ['those that would take too long are given up', PART / 10, false],
    ])(
      'is handed over by SIGTERM within FETCHER_DRAIN: %s',
      async (how, bytesPerSecond, end) => {
        await obb.stopFetchers()
        await inTheMiddle(`stopped-${bytesPerSecond}.bin`, how.length)
        await obb.startFetcher()
        host.knobs.bytesPerSecond = bytesPerSecond
        const underWay = content.partsAsked()
        const begun = performance.now()
        expect(await first.end('SIGTERM')).toBe(0)
        expect(performance.now() - begun).toBeLessThan(DRAIN_MS + 4_000)
        if (!end) expect(performance.now() - begun).toBeGreaterThan(DRAIN_MS - 100)
        host.knobs.bytesPerSecond = 0
        const kept = await storedParts()
        expect(underWay.every((part) => kept.includes(part))).toBe(end)
        const before = content.reads.length
        await takenOver(performance.now(), 8_000)
        await isWholeAndPaidOnce()
        const missing = Array.from({ length: PARTS }, (_, index) => index + 1).filter(
          (n) => !kept.includes(n),
        )
        expect(content.partsAsked(before)).toEqual(missing)
      },
      60_000,
    )

    it('leaves no secret of the host or of ours in any line of log', () => {
      const lines = [first.output, ...obb.logged].join('\n')
      expect(lines).toContain('"end":"done"')
      expect(lines).toContain('"why":"stopped"')
      const secrets = [key, ...obb.secrets, ...Object.values(host.credentials)]
      for (const secret of secrets) expect(lines).not.toContain(secret)
      expect(lines).not.toMatch(/[?&](token|session_id|password|X-Amz-Signature)=/i)
      expect(lines).not.toContain('/dl/')
    })
  })
}
