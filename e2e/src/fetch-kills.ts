import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ObjectStore, openObjectStore, storeSettings } from '@obb/core/storage'
import type { FakeHost, TransferKnobs } from '@obb/host-adapters/testing'
import { PART, WatchedContent } from './fetch-content.js'
import { FetcherProcess, buildFetcher } from './fetch-process.js'
import { Installation } from './installation.js'

const CONNECTIONS = 2
/** No life is so long that it brings more than a part over each connection: the last one has something left. */
const PART_S = 0.4
const LONGEST_LIFE_MS = 2 * PART_S * 1000 - 100
const SEED = Number(process.env['KILLS_SEED'] ?? Math.floor(Math.random() * 1e6))

/** Numbers in [0, 1) that a seed decides (Park and Miller). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = (seed % 2_147_483_646) + 1; ;) {
    state = (state * 48_271) % 2_147_483_647
    yield state / 2_147_483_647
  }
}

/** Real fetchers over one file, so many of them killed at moments that a seed decides. */
export function describeFetchKills(hashes: 'native' | 'resumable', kills: number): void {
  const size = (kills * CONNECTIONS + 2) * PART - 77
  describe(`a file whose fetchers are killed, one after the other, with ${hashes} hashes`, () => {
    let obb: Installation
    let host: FakeHost<TransferKnobs>
    let store: ObjectStore
    let fetcher: FetcherProcess | undefined
    let key: string

    beforeAll(async () => {
      buildFetcher()
      obb = await Installation.start('embedded', { FETCH_HASHES: hashes })
      store = await openObjectStore(storeSettings(obb.config))
      host = await obb.addHost('RapidGator', { maxConnections: CONNECTIONS })
      key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 2 * size })).apiKey
    }, 180_000)
    afterAll(async () => {
      await fetcher?.end('SIGKILL')
      await store.close()
      await obb.close()
    })

    async function storedParts(): Promise<number[]> {
      const [file] = await obb.database.query(
        `SELECT object_key AS key, upload_id AS "uploadId", size, part_size AS "partSize" FROM source_file`,
      )
      return file.uploadId ? (await store.listParts(file)).map((part) => part.number) : []
    }

    /** The silence after which a worker counts as gone has passed. */
    async function passLeases(): Promise<void> {
      await obb.database.query(`UPDATE source_file SET lease_until = now() WHERE state = 'downloading'`)
      await obb.database.query('UPDATE pool_lease SET expires_at = now()')
    }

    it(`ends byte-exact after ${kills} kills (seed ${SEED}): no part that was stored is asked for again, and nothing is left behind`, async () => {
      const random = numbers(SEED)
      const content = new WatchedContent(size, SEED)
      host.knobs.bytesPerSecond = PART / PART_S
      const url = host.addFile({ name: 'killed.bin', content, md5: await content.digest('md5') })
      fetcher = await FetcherProcess.start(obb)
      const { linkId } = (await obb.call(key, 'POST', '/unrestrict', { url })).body.data

      let [before, kept]: [number, number[]] = [0, []]
      const askedAgain = () => content.partsAsked(before).filter((part) => kept.includes(part))
      for (let kill = 1; kill <= kills; kill++) {
        while (content.reads.length === before) await sleep(10)
        await sleep(random.next().value * LONGEST_LIFE_MS)
        // Two in a row that leave nothing behind are taken for the file's own doing: see Quarantine.
        while (kill % 2 === 0 && (await storedParts()).length <= kept.length) await sleep(10)
        expect(await fetcher.end('SIGKILL')).toBe('SIGKILL')
        expect(askedAgain()).toEqual([])
        ;[before, kept] = [content.reads.length, await storedParts()]
        await passLeases()
        if (kill === kills) host.knobs.bytesPerSecond = 0
        fetcher = await FetcherProcess.start(obb)
      }
      const done = await obb.settled(key, linkId)
      expect(done.body.data).toMatchObject({
        ...{ remote_status: 'done', attempt: 0, hashes: { sha256: await content.digest('sha256') } },
      })
      expect(askedAgain()).toEqual([])
      expect(kept.length).toBeGreaterThan(0)

      expect(await fetcher.end('SIGTERM')).toBe(0)
      while (host.connections() > 0) await sleep(10)
      expect(await store.listUploads()).toEqual([])
      const files = join(obb.config.OBB_HOME, 'files')
      expect(await readdir(join(files, 'uploads'))).toEqual([])
      const objects = await readdir(join(files, 'objects'), { recursive: true, withFileTypes: true })
      const own = /%\.(obb|probe)$/ // what the installation keeps there for itself
      expect(objects.filter((entry) => entry.isFile() && !own.test(entry.name))).toHaveLength(1)
      expect(await obb.database.query('SELECT 1 FROM pool_lease')).toEqual([])
      expect(await obb.database.query('SELECT 1 FROM hash_state')).toEqual([])
      const entries = await obb.database.query('SELECT kind, bytes FROM traffic_entry WHERE link_id = $1', [
        linkId,
      ])
      expect(entries).toEqual([{ kind: 'charge', bytes: -size }])
    }, 240_000)
  })
}
