import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openObjectStore, storeSettings } from '@obb/core/storage'
import type { FakeHost, TransferKnobs } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { type Answer, Installation, type Stores } from './installation.js'

const FILES = 8
const MIB = 1024 * 1024
const SMALL = 3 * MIB
const PARTS = 8

/** Two workers, many files, and the stores below them failing. Plain links: they need no account. */
export function describeTrouble(stores: Stores): void {
  describe(`two fetchers in trouble, over the ${stores} stores`, () => {
    let obb: Installation
    let host: FakeHost<TransferKnobs>
    let key: string

    beforeAll(async () => {
      obb = await Installation.start(stores, { LOG_LEVEL: 'info', FETCHER_CONCURRENCY: '2' })
      host = await obb.addPlainHost()
      key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 1000 * PART })).apiKey
      await obb.startFetcher()
      await obb.startFetcher()
    })
    afterAll(async () => {
      await obb.close()
    })
    afterEach(() => {
      host.knobs.bytesPerSecond = 0
    })

    async function link(content: WatchedContent, name: string): Promise<string> {
      const url = host.addFile({ name, content })
      const answer = await obb.call(key, 'POST', '/unrestrict', { url })
      expect([answer.code, answer.body.msg]).toEqual([200, undefined])
      return answer.body.data.linkId
    }

    /** Requests for the bytes, without those that only look at the first. */
    const fetched = (content: WatchedContent) => content.reads.filter(([, end]) => end > 1)

    /** A client asks again where the gateway, whose own connections are gone too, cannot tell. */
    async function settled(linkId: string): Promise<Answer> {
      for (;;) {
        const answer = await obb.settled(key, linkId)
        if (answer.code !== 503) return answer
        await sleep(50)
      }
    }

    async function isWhole(linkId: string, content: WatchedContent): Promise<void> {
      const done = await settled(linkId)
      expect(done.body.data).toMatchObject({
        remote_status: 'done',
        attempt: 0,
        hashes: { sha256: await content.digest('sha256') },
      })
      const rows = await obb.database.query('SELECT kind FROM traffic_entry WHERE link_id = $1', [linkId])
      expect(rows).toEqual([{ kind: 'charge' }])
    }

    const state = async (linkId: string): Promise<string> => {
      const [row] = await obb.database.query(
        'SELECT state FROM source_file f JOIN link l ON l.file_id = f.id WHERE l.id = $1',
        [linkId],
      )
      return row.state
    }

    /** Whether PostgreSQL ended it for one who locks the same tables in another order: it did nothing then. */
    async function isDeadlocked(statement: Promise<unknown>): Promise<boolean> {
      try {
        await statement
        return false
      } catch (error) {
        if ((error as { code?: string }).code !== '40P01') throw error
        return true
      }
    }

    /** Everything that was queued is gone. */
    async function loseQueue(): Promise<void> {
      if (obb.redis !== undefined) {
        const { hostname, port } = new URL(obb.redis.url)
        const socket = createConnection({ host: hostname, port: Number(port) })
        socket.write('FLUSHALL\r\n')
        expect(String(await once(socket, 'data'))).toContain('+OK')
        socket.destroy()
        return
      }
      const tables = await obb.database.query(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
          WHERE (schemaname = 'bullmq' OR tablename LIKE 'bullmq%') AND tablename NOT LIKE '%migration%'`,
      )
      expect(tables.length).toBeGreaterThan(0)
      const truncate = `TRUNCATE ${tables.map((table: { name: string }) => table.name).join(', ')}`
      while (await isDeadlocked(obb.database.query(truncate)));
    }

    it('fetch each of many files once, although the whole queue is lost', async () => {
      host.knobs.bytesPerSecond = SMALL / 60
      const files = Array.from({ length: FILES }, (_, index) => new WatchedContent(SMALL, index))
      const links = await Promise.all(files.map((content, index) => link(content, `small-${index}.bin`)))
      const states = await Promise.all(links.map(state))
      expect(states.filter((each) => each === 'pending').length).toBeGreaterThan(0)
      await loseQueue()
      host.knobs.bytesPerSecond = 0
      for (const [index, linkId] of links.entries()) await isWhole(linkId, files[index]!)
      expect(files.map((content) => fetched(content))).toEqual(files.map(() => [[0, SMALL]]))
    }, 60_000)

    it('lose all connections to the database again and again: nobody dies, no attempt is used up', async () => {
      const content = new WatchedContent(PARTS * PART, 50)
      host.knobs.bytesPerSecond = PART / 2
      const linkId = await link(content, 'database.bin')
      let cut = 0
      for (let parts = 0; parts < PARTS; parts = fetched(content).length) {
        const rows = await obb.database
          .query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()`,
          )
          .catch(() => [])
        cut += rows.length
        while (fetched(content).length === parts) await sleep(20)
      }
      expect(cut).toBeGreaterThan(10)
      await isWhole(linkId, content)
    }, 60_000)

    it('never put a file together from two versions of the same size', async () => {
      const [old, young] = [new WatchedContent(12 * PART, 53), new WatchedContent(12 * PART, 54)]
      host.knobs.bytesPerSecond = PART
      const url = host.addFile({ name: 'version-1.bin', content: old })
      const { linkId } = (await obb.call(key, 'POST', '/unrestrict', { url })).body.data
      while (fetched(old).length <= 4) await sleep(20)
      host.replaceFile(url, { name: 'version-2.bin', content: young })
      host.knobs.bytesPerSecond = 0
      await isWhole(linkId, young)
      const store = await openObjectStore(storeSettings(obb.config))
      // Uploads that the database could not be told of in the test before are swept in an hour.
      const [{ fileId }] = await obb.database.query('SELECT file_id AS "fileId" FROM link WHERE id = $1', [
        linkId,
      ])
      expect((await store.listUploads()).filter(({ key }) => key.includes(`${fileId}/`))).toEqual([])
      await store.close()
    }, 60_000)

    it('see the clock jump an hour forwards and back: nothing is lost, no attempt is used up', async () => {
      const content = new WatchedContent(PARTS * PART, 55)
      host.knobs.bytesPerSecond = PART
      const linkId = await link(content, 'clock.bin')
      for (const [parts, jump] of [
        [4, 3_600_000],
        [6, -3_600_000],
      ] as const) {
        while (fetched(content).length <= parts) await sleep(20)
        obb.clock.advance(jump)
      }
      await isWhole(linkId, content)
      // Forwards the lease runs out, and its worker gives up what was under way.
      expect(fetched(content).length).toBeLessThanOrEqual(2 * PARTS)
    }, 60_000)

    it('take no more from a platform together than its bandwidth', async () => {
      const bandwidth = 4 * MIB
      await obb.admin('PATCH', '/hosts/Http', { bandwidth })
      const files = [60, 61, 62, 63].map((seed) => new WatchedContent(bandwidth, seed))
      const begun = performance.now()
      const links = await Promise.all(files.map((content, index) => link(content, `limited-${index}.bin`)))
      for (const [index, linkId] of links.entries()) await isWhole(linkId, files[index]!)
      // Four seconds' worth, but for what is saved up and what lies in buffers; each alone would need half of it.
      expect(performance.now() - begun).toBeGreaterThan(3_400)
      await obb.admin('PATCH', '/hosts/Http', { bandwidth: null })
    }, 60_000)

    const leaveNothing = () =>
      it('leave nothing behind: no connection, no upload of a file, no lease, no open file', async () => {
        await obb.stopFetchers()
        while (host.connections() > 0) await sleep(20)
        const store = await openObjectStore(storeSettings(obb.config))
        const uploads = (await store.listUploads()).map(({ uploadId }) => uploadId)
        await store.close()
        // Uploads that the database could not be told of are swept in an hour; nothing else is left.
        const named = obb.database.query('SELECT 1 FROM source_file WHERE upload_id = ANY($1)', [uploads])
        expect(await named).toEqual([])
        expect(await obb.database.query('SELECT 1 FROM pool_lease')).toEqual([])
        expect(await openFiles(join(obb.config.OBB_HOME, 'files'))).toEqual([])
      })

    if (stores === 'embedded') return void leaveNothing()

    /** The wait of a file for its store passes at once. */
    async function passWait(linkId: string): Promise<void> {
      while ((await state(linkId)) !== 'pending') await sleep(20)
      await obb.pass(11_000)
    }

    it('lose the object store in the middle of a file: it waits, and only what is missing is asked for', async () => {
      const content = new WatchedContent(PARTS * PART, 51)
      host.knobs.bytesPerSecond = PART
      const linkId = await link(content, 'store.bin')
      while (fetched(content).length <= 4) await sleep(20)
      obb.s3?.faults.down()
      await passWait(linkId)
      await sleep(1000)
      expect((await obb.call(key, 'GET', `/link/${linkId}`)).body.data.remote_status).not.toBe('error')
      obb.s3?.faults.up()
      host.knobs.bytesPerSecond = 0
      while ((await state(linkId)) !== 'done') {
        if ((await state(linkId)) === 'pending') await obb.pass(11_000)
        await sleep(100)
      }
      await isWhole(linkId, content)
      const starts = fetched(content).map(([start]) => start)
      expect(new Set(starts).size).toBe(PARTS)
      expect(starts.length).toBeLessThan(2 * PARTS)
    }, 60_000)

    it('find the object store full: the file waits and goes on', async () => {
      const content = new WatchedContent(2 * PART, 52)
      obb.s3?.faults.fail({ operation: 'UploadPart', times: 2 }, { status: 507, code: 'InsufficientStorage' })
      const linkId = await link(content, 'full.bin')
      await passWait(linkId)
      await isWhole(linkId, content)
    }, 60_000)

    leaveNothing()
  })
}

/** openFiles lists what this process has open below a directory, and in spools. */
async function openFiles(directory: string): Promise<string[]> {
  const open = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
  return (await Promise.all(open)).filter((path) => path.startsWith(directory) || path.includes('obb-spool-'))
}
