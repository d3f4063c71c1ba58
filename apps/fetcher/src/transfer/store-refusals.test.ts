import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type ObjectStore, type Upload, openObjectStore } from '@obb/core/storage'
import { type HostAdapter, type OwnedHostHttp, createHostHttp, loadRegistry } from '@obb/host-adapters'
import type { FakeContent, FakeHost } from '@obb/host-adapters/testing'
import { contentBytes, loadFake, patternContent } from '@obb/host-adapters/testing'
import { type S3Server, startS3 } from '@obb/testing/s3'
import { transferFile } from './file-transfer.js'

const MIB = 1024 * 1024
const PART = 5 * MIB
const SIZE = 11 * PART + 4321
const CONNECTIONS = 4
const TRIES = 4
const pattern = patternContent(SIZE, 7)

/** Counts the bytes that leave the host. */
class Counted implements FakeContent {
  readonly size = SIZE
  bytes = 0

  read(start: number, end: number): Readable {
    return pattern.read(start, end).on('data', (chunk: Buffer) => (this.bytes += chunk.length))
  }
}

describe.each([
  ['', false],
  [' whose parts can be read', true],
])('a file on its way into an S3%s that refuses something', (_what, readableParts) => {
  let s3: S3Server
  let store: ObjectStore
  let adapter: HostAdapter
  let host: FakeHost
  let http: OwnedHostHttp
  let content: Counted
  let sha256: string
  let upload: Upload
  let pauses: number[]
  let keys = 0

  beforeAll(async () => {
    s3 = await startS3()
    store = await openObjectStore({ ...s3.settings, readableParts, stallMs: 5_000 })
    await store.prepare()
    adapter = (await loadRegistry()).get('Http')!
    host = await (await loadFake('Http')).start()
    http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
    sha256 = createHash('sha256')
      .update(await contentBytes(pattern))
      .digest('hex')
  })
  afterAll(async () => {
    await http.close()
    await host.close()
    await store.close()
    await s3.close()
  })
  beforeEach(async () => {
    content = new Counted()
    pauses = []
    upload = await store.createUpload(`files/${++keys}`, SIZE, PART)
  })
  afterEach(() => s3.faults.clear())

  const transfer = (source: { resumable?: boolean } = {}) =>
    transferFile({
      ...{ adapter, http, store, size: SIZE, connections: CONNECTIONS },
      source: {
        ...source,
        kind: 'url',
        url: host.addFile({ name: `${keys}.bin`, content }),
        userUrl: true,
      },
      place: {
        open: async () => ({ upload, stored: await store.listParts(upload) }),
        fresh: () => Promise.reject(new Error('the version is proven')),
        current: () => upload,
        drop: () => store.delete(upload.key),
      },
      signal: new AbortController().signal,
      now: () => Date.UTC(2026, 7, 22),
      progress: { start: () => undefined, add: () => undefined },
      onGain: () => undefined,
      retries: { tries: TRIES, firstMs: 200, mostMs: 400, rest: async (ms) => pauses.push(ms) },
    })
  const requests = (operation: string) => s3.stats().requests[operation] ?? 0

  const faults: [what: string, strike: () => void][] = [
    ['says SlowDown', () => s3.faults.fail({ operation: 'UploadPart' }, { status: 503, code: 'SlowDown' })],
    ['fails', () => s3.faults.fail({ operation: 'UploadPart' }, { status: 500, code: 'InternalError' })],
    ['cuts', () => s3.faults.reset({ operation: 'UploadPart' }, { on: 'request', afterBytes: MIB })],
    ['stalls', () => s3.faults.stall({ operation: 'UploadPart' }, { on: 'request', afterBytes: MIB })],
    [
      'loses the answer',
      () => s3.faults.reset({ operation: 'UploadPart' }, { on: 'response', afterBytes: 0 }),
    ],
  ]
  // struck strikes the operation that brings parts: where they can be read they are objects of their own.
  const struck = (strike: () => void): void => {
    const { faults } = s3
    const [fail, reset, stall] = [faults.fail, faults.reset, faults.stall]
    const operation = readableParts ? 'PutObject' : 'UploadPart'
    faults.fail = (of, how) => fail.call(faults, { ...of, operation }, how)
    faults.reset = (of, how) => reset.call(faults, { ...of, operation }, how)
    faults.stall = (of, how) => stall.call(faults, { ...of, operation }, how)
    strike()
    Object.assign(faults, { fail, reset, stall })
  }

  it.each(faults)('takes no byte of the host again when it %s once', async (fault, strike) => {
    const read = requests('GetObject')
    struck(strike)
    expect(await transfer()).toMatchObject({ sha256 })
    // While a store stalls, another connection may take over the rest of the part; what is on its way comes twice then.
    expect(content.bytes - SIZE).toBeLessThanOrEqual(fault === 'stalls' ? MIB : 0)
    expect(requests('GetObject')).toBe(read)
    expect(pauses).toHaveLength(1)
  })

  it('takes none again in one stream, either', async () => {
    struck(faults[0]![1])
    struck(faults[2]![1])
    expect(await transfer({ resumable: false })).toMatchObject({ sha256 })
    expect(content.bytes).toBe(SIZE)
    expect(pauses).toHaveLength(2)
  })

  it('is sent again as often as each of its parts is refused', async () => {
    const seen = new Set<string>()
    const { take } = s3.faults
    s3.faults.take = (target) => {
      if (target.operation !== (readableParts ? 'PutObject' : 'UploadPart'))
        return take.call(s3.faults, target)
      // A part that is an object of its own is `<number>-<uuid>`.
      const part = readableParts ? /(\d+)-[^/]*$/.exec(target.key)?.[1] : target.query.get('partNumber')
      const isFirst = !seen.has(String(part))
      seen.add(String(part))
      return isFirst ? { kind: 'fail', status: 503, code: 'SlowDown' } : undefined
    }
    try {
      expect(await transfer()).toMatchObject({ sha256 })
    } finally {
      s3.faults.take = take
    }
    expect(content.bytes).toBe(SIZE)
    expect(pauses).toHaveLength(Math.ceil(SIZE / PART))
  })

  it('raises what a store says that stays away, before the rest of the file is asked for', async () => {
    const operation = readableParts ? 'PutObject' : 'UploadPart'
    s3.faults.fail({ operation, times: 1_000 }, { status: 503, code: 'SlowDown' })
    await expect(transfer()).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    // The bytes are of parts under way, and of those begun before the first was sent again in vain.
    expect(content.bytes).toBeLessThanOrEqual(2 * CONNECTIONS * PART)
    expect(pauses.length).toBeGreaterThanOrEqual(TRIES - 1)
  })

  it('raises at once that there is no room', async () => {
    s3.faults.fail({ operation: 'CompleteMultipartUpload' }, { status: 507, code: 'XMinioStorageFull' })
    await expect(transfer()).rejects.toMatchObject({ kind: 'FULL' })
    expect(pauses).toEqual([])
  })

  it('has only the refused part fetched again where nothing keeps it', async () => {
    const directory = process.env['TMPDIR']
    process.env['TMPDIR'] = '/proc/nowhere' // no spool
    try {
      struck(faults[0]![1])
      expect(await transfer()).toMatchObject({ sha256 })
      expect(content.bytes).toBeLessThanOrEqual(SIZE + PART)
      expect(pauses).toHaveLength(1)
    } finally {
      if (directory === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = directory
    }
  })
})
