import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type ObjectStore, type StoreSettings, type Upload, openObjectStore } from '@obb/core/storage'
import { type HostAdapter, type OwnedHostHttp, createHostHttp, loadRegistry } from '@obb/host-adapters'
import {
  type FakeContent,
  type FakeHost,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import { startS3 } from '@obb/testing/s3'
import type { HashStatePlace } from '../hashing/hash-checkpoints.js'
import type { HashName } from '../hashing/hash-threads.js'
import { type FileTransfer, transferFile } from './file-transfer.js'

const MIB = 1024 * 1024
const PART = 8 * MIB
const SIZE = 3 * PART + 1234
const pattern = patternContent(SIZE, 5)
const KILLED = new Error('killed')
const NAMES = new Set<HashName>(['md5', 'crc32c', 'pieces'])

/** Beyond `from` it keeps clients waiting. */
class Held implements FakeContent {
  readonly size = SIZE
  from = SIZE
  until: Promise<unknown> = Promise.resolve()

  read = (start: number, end: number): Readable =>
    start < this.from ? pattern.read(start, end) : Readable.from(this.late(start, end))

  private async *late(start: number, end: number) {
    await this.until
    yield* pattern.read(start, end)
  }
}

/** Row is what rows keep of one file, in memory. A dead worker writes nothing. */
class Row implements HashStatePlace {
  readonly everyMs = 0
  state: Buffer | undefined
  dead = false
  private upload: Upload | undefined

  constructor(private readonly store: ObjectStore) {}

  async open(size: number) {
    this.upload ??= await this.store.createUpload('files/resumed', size, PART)
    return { upload: this.upload, stored: await this.store.listParts(this.upload) }
  }

  fresh = (): never => {
    throw new Error('the host has ranges')
  }
  current = (): Upload => this.upload!
  drop = (): Promise<void> => this.store.delete(this.upload!.key)
  loadHashes = async (): Promise<Buffer | undefined> => this.state
  saveHashes = async (_upload: Upload, state: Buffer): Promise<void> => {
    if (!this.dead) this.state = state
  }
}

interface Column {
  settings: StoreSettings
  stop(): Promise<unknown>
}

const columns: Record<string, () => Promise<Column>> = {
  'a local directory': async () => {
    const directory = await mkdtemp(join(tmpdir(), 'obb-resume-'))
    return { settings: { kind: 'local', directory }, stop: () => rm(directory, { recursive: true }) }
  },
  'an S3': () => inS3(false),
  'an S3 whose parts can be read': () => inS3(true),
}

async function inS3(readableParts: boolean): Promise<Column> {
  const s3 = await startS3()
  return { settings: { ...s3.settings, readableParts }, stop: () => s3.close() }
}

describe.each(Object.keys(columns))('hashes that go on, of a file into %s', (name) => {
  let column: Column
  let store: ObjectStore
  let reads: number
  let adapter: HostAdapter
  let host: FakeHost
  let http: OwnedHostHttp
  let right: object
  let url: string
  let row: Row
  const content = new Held()

  beforeAll(async () => {
    column = await columns[name]!()
    store = await openObjectStore(column.settings)
    await store.prepare()
    const read = store.read.bind(store)
    store.read = (...args) => (reads++, read(...args))
    adapter = (await loadRegistry()).get('Http')!
    host = await (await loadFake('Http')).start()
    http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
    const bytes = await contentBytes(pattern)
    const hash = (algorithm: string, of: Uint8Array = bytes) => createHash(algorithm).update(of)
    const pieces = Array.from({ length: Math.ceil(SIZE / (4 * MIB)) }, (_, at) =>
      hash('sha256', bytes.subarray(at * 4 * MIB, (at + 1) * 4 * MIB)).digest(),
    )
    right = {
      ...{ sha256: hash('sha256').digest('hex'), md5: hash('md5').digest('hex') },
      ...{ crc32c: expect.stringMatching(/^[0-9a-f]{8}$/), pieces: Buffer.concat(pieces) },
    }
    url = host.addFile({ name: 'a.bin', content })
  })
  afterAll(async () => {
    await http.close()
    await host.close()
    await store.close()
    await column.stop()
  })
  beforeEach(() => {
    content.from = SIZE
    reads = 0
    row = new Row(store)
  })

  const transfer = (more: Partial<FileTransfer> = {}) =>
    transferFile({
      ...{ adapter, http, store, place: row, size: SIZE, connections: 2, states: row, names: NAMES },
      source: { kind: 'url', url, userUrl: true },
      signal: new AbortController().signal,
      now: Date.now,
      progress: { start: () => undefined, add: () => undefined },
      onGain: () => undefined,
      ...more,
    })

  /** A worker that ends once so many parts are stored and hashed, before more come. How many its last state is of. */
  async function first(parts: number, how: 'killed' | 'drained'): Promise<number> {
    const stop = new AbortController()
    content.from = parts * PART
    content.until = once(stop.signal, 'abort')
    const saveHashes = async (upload: Upload, state: Buffer): Promise<void> => {
      await row.saveHashes(upload, state)
      if (stateOf(state) < parts) return
      if (how === 'killed') row.dead = true
      stop.abort(KILLED)
    }
    const states = { ...row, everyMs: 0, loadHashes: row.loadHashes, saveHashes }
    const ending = how === 'killed' ? { signal: stop.signal } : { drain: stop.signal }
    await expect(transfer({ states, connections: 1, ...ending })).rejects.toBe(KILLED)
    row.dead = false
    content.from = SIZE
    return stateOf(row.state!)
  }
  const stateOf = (state: Buffer): number =>
    (JSON.parse(state.subarray(32).toString()) as { last: number }).last

  /** Whoever reads what lay there before `end` gets other bytes from now on, where they can be read at all. */
  async function spoil(end: number): Promise<void> {
    const path = store.pathOf(row.current())
    if (path === undefined) return
    const file = await open(path, 'r+')
    await file.write(Buffer.alloc(end, 0xee), 0, end, 0)
    await file.close()
  }

  it.each(['killed', 'drained'] as const)(
    'are right without a byte read again of what was hashed by a worker that was %s',
    async (how) => {
      const hashed = await first(2, how)
      expect(hashed).toBeGreaterThanOrEqual(2)
      await spoil(hashed * PART)
      let began = -1
      const digests = await transfer({
        progress: { start: (bytes) => (began = bytes), add: () => undefined },
      })
      expect(digests).toEqual(right)
      expect(reads).toBe(0)
      expect(began).toBeGreaterThanOrEqual(hashed * PART)
      expect((await store.head(row.current().key))?.size).toBe(SIZE)
      await store.delete(row.current().key)
    },
  )

  it('begin again, and are right, when the state is not as it was written', async () => {
    await first(2, 'killed')
    row.state![100]! ^= 1
    expect(await transfer()).toEqual(right)
    expect(reads).toBe(store.pathOf(row.current()) === undefined ? 1 : 0)
  })
})
