import { createCipheriv, createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  type ObjectStore,
  STORE_RETRIES,
  type StoreSettings,
  type StoredPart,
  openObjectStore,
} from '@obb/core/storage'
import {
  type ByteRange,
  type HostAdapter,
  HostError,
  type HostErrorKind,
  type OwnedHostHttp,
  createHostHttp,
  loadRegistry,
} from '@obb/host-adapters'
import type { CannedAnswer, FakeContent, FakeHost, TransferKnobs } from '@obb/host-adapters/testing'
import { contentBytes, loadFake, patternContent } from '@obb/host-adapters/testing'
import { startS3 } from '@obb/testing/s3'
import { Bandwidth } from '../bandwidth/bandwidth.js'
import { verify } from './digest.js'
import { RangesRefused } from './download-answer.js'
import { fetchInOneStream } from './one-stream.js'
import { type RangesTask, fetchRanges } from './ranges.js'

const PART = 5 * 1024 * 1024
const SIZE = 4 * PART + 1234
const RANGES = [1, 2, 3, 4, 5].map((number) => [(number - 1) * PART, Math.min(number * PART, SIZE)])
const NOW = Date.UTC(2026, 7, 22)
const pattern = patternContent(SIZE, 3)
const NO_REST = { ...STORE_RETRIES, rest: () => Promise.resolve() }

type Knobs = TransferKnobs & {
  answer: CannedAnswer | undefined
  headers: Record<string, string | undefined>
}
type Read = [start: number, end: number]

/** Content that writes down what is read of it, and may be served another way. */
class Recorded implements FakeContent {
  readonly size = SIZE
  readonly reads: Read[] = []
  serve = (start: number, end: number): Readable => pattern.read(start, end)

  read(start: number, end: number): Readable {
    this.reads.push([start, end])
    return this.serve(start, end)
  }

  /** Ordered, each range once per request. */
  get ranges(): Read[] {
    return [...this.reads].sort((a, b) => a[0] - b[0])
  }
}

interface Column {
  settings: StoreSettings
  stop(): Promise<unknown>
}

const columns: Record<string, () => Promise<Column>> = {
  'a local directory': async () => {
    const directory = await mkdtemp(join(tmpdir(), 'obb-transfer-'))
    return { settings: { kind: 'local', directory }, stop: () => rm(directory, { recursive: true }) }
  },
  'an S3': async () => {
    const s3 = await startS3()
    return { settings: s3.settings, stop: () => s3.close() }
  },
}

describe.each(Object.keys(columns))('bytes of a host into %s', (name) => {
  let column: Column
  let store: ObjectStore
  let adapter: HostAdapter
  let host: FakeHost<Knobs>
  let http: OwnedHostHttp
  let content: Recorded
  let link: string
  let task: RangesTask
  let abort: AbortController
  let progress: number
  let wholeDigest: string
  const usual: { knobs?: Knobs } = {}

  beforeAll(async () => {
    column = await columns[name]!()
    store = await openObjectStore(column.settings)
    await store.prepare()
    adapter = (await loadRegistry()).get('Http')!
    host = await (await loadFake<Knobs>('Http')).start()
    usual.knobs = { ...host.knobs }
    http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
    wholeDigest = sha256(await contentBytes(pattern))
  })
  afterAll(async () => {
    await http.close()
    await host.close()
    await store.close()
    await column.stop()
  })
  beforeEach(async () => {
    content = new Recorded()
    link = host.addFile({ name: 'a.bin', content })
    abort = new AbortController()
    progress = 0
    task = {
      ...{ adapter, http, store, stored: [], connections: 3, signal: abort.signal },
      source: { kind: 'url', url: link, userUrl: true },
      upload: await store.createUpload(`files/${link.split('/')[4]}`, SIZE, PART),
      now: () => NOW,
      onBytes: (count) => (progress += count),
      onPart: () => undefined,
    }
  })
  afterEach(async () => {
    Object.assign(host.knobs, usual.knobs)
    for (const upload of await store.listUploads()) await store.abortUpload(upload)
  })

  async function completed(parts: StoredPart[]): Promise<string> {
    await store.completeUpload(task.upload, parts)
    const hash = createHash('sha256')
    for await (const chunk of await store.read(task.upload.key, 0, SIZE)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  }
  const storedNumbers = async () => (await store.listParts(task.upload)).map(({ number }) => number)
  const failure = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'it succeeded',
      (error: unknown) => error,
    )
  const kindOf = async (work: Promise<unknown>): Promise<HostErrorKind | string> => {
    const error = await failure(work)
    return error instanceof HostError ? error.kind : (error as Error).name
  }

  it('are whole and exact, each part asked for once', async () => {
    const parts = await fetchRanges(task)
    expect(content.ranges).toEqual(RANGES)
    expect(progress).toBe(SIZE)
    expect(await completed(parts)).toBe(wholeDigest)
  })

  it('come over as many connections as allowed and no more', async () => {
    let open = 0
    let most = 0
    let release = (): void => undefined
    const allCame = new Promise<void>((resolve) => (release = resolve))
    content.serve = (start, end) => {
      most = Math.max(most, ++open)
      if (open === 3) release()
      async function* onceAllCame(): AsyncGenerator<Buffer> {
        await allCame
        yield* pattern.read(start, end) as AsyncIterable<Buffer>
      }
      return Readable.from(onceAllCame()).on('close', () => open--)
    }
    await fetchRanges({ ...task, connections: 3 })
    expect(most).toBe(3)
  })

  it('are not asked for again where the store has them', async () => {
    for (const number of [2, 5]) {
      const [start = 0, end = 0] = RANGES[number - 1] ?? []
      await store.putPart(task.upload, number, pattern.read(start, end), abort.signal)
    }
    let gained = 0
    const parts = await fetchRanges({
      ...task,
      stored: await store.listParts(task.upload),
      onPart: () => gained++,
    })
    expect(content.ranges).toEqual([RANGES[0], RANGES[2], RANGES[3]])
    expect(gained).toBe(3)
    expect(await completed(parts)).toBe(wholeDigest)
  })

  it('are asked for again where a stored part has another size than planned', async () => {
    const wrong = [
      { number: 1, size: PART - 1, etag: 'x' },
      { number: 9, size: PART, etag: 'x' },
    ]
    expect(await completed(await fetchRanges({ ...task, stored: wrong }))).toBe(wholeDigest)
    expect(content.ranges).toEqual(RANGES)
  })

  it('go on from the next byte when a connection breaks inside a part', async () => {
    host.knobs.cutAtByte = PART + 1000
    content.serve = (start, end) => {
      if (content.reads.filter(([from]) => from === PART).length === 2) host.knobs.cutAtByte = undefined
      return pattern.read(start, end)
    }
    expect(await completed(await fetchRanges(task))).toBe(wholeDigest)
    const rest = [PART + 1000, 2 * PART]
    expect(content.ranges).toEqual([RANGES[0], RANGES[1], rest, ...RANGES.slice(2)])
    expect(progress).toBe(SIZE)
  })

  it('are exact though the connection is reset at each boundary of parts, a byte before and a byte after', async () => {
    const cuts = RANGES.flatMap(([, end = 0]) => [end - 1, end, end + 1]).filter((at) => at <= SIZE)
    const missed = [...cuts]
    content.serve = (start, end) => {
      const at = missed.find((cut) => cut > start && cut <= end)
      if (at !== undefined) missed.splice(missed.indexOf(at), 1)
      host.knobs.cutAtByte = at
      return pattern.read(start, end)
    }
    expect(await completed(await fetchRanges({ ...task, connections: 1 }))).toBe(wholeDigest)
    expect(missed).toEqual([])
    expect(progress).toBe(SIZE)
    const asked = content.reads.map(([start]) => start)
    for (const at of cuts.filter((cut) => cut % PART !== 0 && cut < SIZE)) expect(asked).toContain(at)
    expect(asked).toHaveLength(new Set(asked).size) // no byte is asked for twice
  })

  it('come whole from a host that closes each connection after a little, however often', async () => {
    let answers = 0
    host.knobs.cutAfter = () => 20_000 + ((answers++ * 7919) % 60_000)
    expect(await completed(await fetchRanges({ ...task, retries: NO_REST }))).toBe(wholeDigest)
    expect(progress).toBe(SIZE)
    expect(answers).toBeGreaterThan(SIZE / 80_000)
  })

  it('are given up where connections bring next to nothing, one after the other', async () => {
    let answers = 0
    host.knobs.cutAfter = () => (answers++, 1)
    expect(await kindOf(fetchRanges({ ...task, connections: 1, retries: NO_REST }))).toBe('TRUNCATED')
    expect(answers).toBe(64)
    expect(await storedNumbers()).toEqual([])
    expect(progress).toBe(0)
  })

  it('that always break off inside a part leave the other parts and raise TRUNCATED', async () => {
    content.serve = (start, end) => {
      host.knobs.cutAtByte = start >= 4 * PART ? start + 10 : undefined
      return pattern.read(start, end)
    }
    const work = fetchRanges({ ...task, connections: 1, retries: NO_REST })
    expect(await kindOf(work)).toBe('TRUNCATED')
    expect(await storedNumbers()).toEqual([1, 2, 3, 4])
    expect(progress).toBe(4 * PART)
  })

  it('under way are kept when the host refuses one connection more', async () => {
    let open = 0
    content.serve = (start, end) => {
      if (++open === 2)
        host.knobs.answer = { status: 429, body: 'too many', headers: { 'retry-after': '30' } }
      return pattern.read(start, end).on('close', () => open--)
    }
    host.knobs.bytesPerSecond = 4 * PART
    expect(await kindOf(fetchRanges({ ...task, connections: 4 }))).toBe('HOST_TEMP')
    expect(await storedNumbers()).toHaveLength(2)
    expect(progress).toBe(2 * PART)
  })

  it.each([
    ['one byte too long', 1],
    ['far too long', PART],
    ['one byte short', -1],
  ])('are never stored from a body that is %s', async (_how, delta) => {
    host.knobs.bodyDelta = delta
    expect(await kindOf(fetchRanges(task))).toBe('TRUNCATED')
    expect(await storedNumbers()).toEqual([])
    expect(progress).toBe(0)
  })

  it('are never stored from another offset than the one asked for', async () => {
    host.knobs.wrongContentRange = true
    expect(await kindOf(fetchRanges(task))).toBe('RangesRefused')
    expect(await storedNumbers()).toEqual([])
  })

  it('are refused when the file has another size by now', async () => {
    host.replaceFile(link, { name: 'a.bin', content: patternContent(SIZE + 1, 4) })
    expect(await kindOf(fetchRanges({ ...task, connections: 1 }))).toBe('SizeDiffers')
    expect(await storedNumbers()).toEqual([])
  })

  it('are not taken for bytes where a small text with 200 says why not', async () => {
    const body = 'Down for maintenance'
    const headers = { 'content-type': 'text/plain', 'content-length': String(body.length) }
    const speaking: HostAdapter = {
      ...adapter,
      explainDownload: ({ text }) => (text === body ? new HostError('HOST_DOWN', 'it is down') : undefined),
    }
    host.knobs.answer = { status: 200, body, headers }
    expect(await kindOf(fetchRanges({ ...task, adapter: speaking }))).toBe('HOST_DOWN')
    expect(await kindOf(fetchInOneStream({ ...task, adapter: speaking }))).toBe('HOST_DOWN')
    const silent = { ...adapter, explainDownload: () => undefined }
    expect(await kindOf(fetchInOneStream({ ...task, adapter: silent }))).toBe('SizeDiffers')
    host.knobs.answer = { status: 200, body, headers: { 'content-type': 'text/plain' } }
    expect(await kindOf(fetchRanges({ ...task, adapter: speaking }))).toBe('HOST_DOWN')
    expect(await kindOf(fetchRanges({ ...task, adapter: silent }))).toBe('RangesRefused')
    host.knobs.answer = { status: 200, body, headers: { ...headers, 'content-disposition': 'attachment' } }
    expect(await kindOf(fetchInOneStream({ ...task, adapter: speaking }))).toBe('SizeDiffers')
    expect(await storedNumbers()).toEqual([])
  })

  it('of a version that replaced the first are kept out by If-Range', async () => {
    const head = await http.open({ url: link, userUrl: true, headers: { range: 'bytes=0-0' } })
    head.body.destroy()
    const validator = head.headers['etag']!
    const [only] = await fetchRanges({
      ...task,
      source: { kind: 'url', url: link, userUrl: true, validator },
      connections: 1,
    })
    await store.putPart(task.upload, 1, pattern.read(0, PART), abort.signal)
    host.replaceFile(link, { name: 'b.bin', content: patternContent(SIZE, 4) })
    const rest = {
      ...task,
      source: { kind: 'url' as const, url: link, userUrl: true, validator },
      stored: [only!],
    }
    expect(await failure(fetchRanges(rest))).toBeInstanceOf(RangesRefused)
  })

  it('that are encrypted are stored as plaintext, in ranges and in one stream', async () => {
    const cipher = (offset: number) => {
      const iv = Buffer.alloc(16)
      iv.writeUInt32BE(offset / 16, 12)
      return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), iv)
    }
    const whole = cipher(0).update(await contentBytes(pattern))
    content.serve = (start, end) => Readable.from([whole.subarray(start, end)])
    const source = {
      kind: 'url' as const,
      url: link,
      userUrl: true,
      transform: { alignment: 16, create: cipher },
    }
    expect(await completed(await fetchRanges({ ...task, source }))).toBe(wholeDigest)
    const upload = await store.createUpload(`${task.upload.key}-again`, SIZE, PART)
    task = { ...task, upload }
    expect(await completed(await fetchInOneStream({ ...task, source }))).toBe(wholeDigest)
  })

  it('that are encrypted go on at an aligned offset when a connection breaks inside a part', async () => {
    const cipher = (offset: number) => {
      const iv = Buffer.alloc(16)
      iv.writeUInt32BE(offset / 16, 12)
      return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), iv)
    }
    const whole = cipher(0).update(await contentBytes(pattern))
    const cuts = [PART + 70_001, PART + 200_000]
    content.serve = (start, end) => {
      host.knobs.cutAtByte = start >= PART ? cuts.shift() : undefined
      return Readable.from([whole.subarray(start, end)])
    }
    const transform = { alignment: 16, create: cipher }
    const source = { kind: 'url' as const, url: link, userUrl: true, transform }
    expect(await completed(await fetchRanges({ ...task, source, connections: 1 }))).toBe(wholeDigest)
    expect(content.reads.slice(1, 4).map(([start]) => start)).toEqual([PART, PART + 70_000, PART + 200_000])
    expect(progress).toBe(SIZE)
  })

  it('that break off under a transformation cost their part, and nothing of it stays open', async () => {
    content.serve = (start, end) => {
      host.knobs.cutAtByte = start >= PART ? start + 10 : undefined
      return pattern.read(start, end)
    }
    const transform = { alignment: 1, create: () => new PassThrough() }
    const source = { kind: 'url' as const, url: link, userUrl: true, transform }
    const work = fetchRanges({ ...task, source, connections: 1, retries: NO_REST })
    expect(await kindOf(work)).toBe('TRUNCATED')
    expect(await storedNumbers()).toEqual([1])
    expect(progress).toBe(PART)
  })

  it('that the adapter brings itself are stored like those of a URL', async () => {
    const asked: Read[] = []
    const source = {
      kind: 'stream' as const,
      size: SIZE,
      open: ({ start, end }: ByteRange) => {
        asked.push([start, end])
        return Promise.resolve(pattern.read(start, end))
      },
    }
    expect(await completed(await fetchRanges({ ...task, source }))).toBe(wholeDigest)
    expect(asked).toEqual(RANGES)
    task = { ...task, upload: await store.createUpload(`${task.upload.key}-again`, SIZE, PART) }
    expect(await completed(await fetchInOneStream({ ...task, source }))).toBe(wholeDigest)
    expect(asked.at(-1)).toEqual([0, SIZE])
    const short = { ...source, open: () => Promise.resolve(pattern.read(0, 1000)) }
    task = { ...task, upload: await store.createUpload(`${task.upload.key}-third`, SIZE, PART) }
    const work = fetchRanges({ ...task, source: short, connections: 1, retries: NO_REST })
    expect(await kindOf(work)).toBe('TRUNCATED')
  })

  it('are shown to the verifier of the source in order, whose word decides', async () => {
    await completed(await fetchRanges(task))
    const hash = createHash('sha256')
    const verifier = {
      update: (chunk: Uint8Array) => void hash.update(chunk),
      finish: () => {
        throw new HostError('CORRUPT', `seen ${hash.digest('hex')}`)
      },
    }
    const verified = verify(store, task.upload.key, { size: SIZE, verifier }, abort.signal)
    await expect(verified).rejects.toThrow(`seen ${wholeDigest}`)
  })

  it('sent whole instead of in ranges come in one stream, at the right places', async () => {
    host.knobs.ignoreRange = true
    const refused = await failure(fetchRanges(task))
    expect(refused).toMatchObject({ name: 'RangesRefused', passing: false })
    expect(await storedNumbers()).toEqual([])
    await store.putPart(task.upload, 2, Readable.from([Buffer.alloc(PART, 0xee)]), abort.signal)
    expect(await completed(await fetchInOneStream(task))).toBe(wholeDigest)
  })

  it('come in one stream where the host closes each connection that asks for a range', async () => {
    host.knobs.cutRanges = true
    expect(await failure(fetchRanges(task))).toMatchObject({ name: 'RangesRefused', passing: false })
    expect(await completed(await fetchInOneStream(task))).toBe(wholeDigest)
  })

  it('are not taken from a page in place of the file', async () => {
    for (const status of [200, 206]) {
      host.knobs.answer = { status, body: '<html>Please log in</html>' }
      expect(await kindOf(fetchRanges(task))).toBe('LINK_EXPIRED')
      expect(await kindOf(fetchInOneStream(task))).toBe('LINK_EXPIRED')
    }
    expect(await storedNumbers()).toEqual([])
  })

  it('that are a page themselves are taken where the source says so', async () => {
    host.knobs.headers = { 'content-type': 'text/html', 'content-disposition': undefined }
    expect(await kindOf(fetchRanges(task))).toBe('LINK_EXPIRED')
    const source = { ...task.source, isPage: true }
    expect(await completed(await fetchRanges({ ...task, source }))).toBe(wholeDigest)
  })

  it('that came before a burst of errors of the host stay, and only the others are asked for after it', async () => {
    content.serve = (start, end) => {
      if (start === 2 * PART) host.knobs.answer = { status: 502, body: 'bad gateway' }
      return pattern.read(start, end)
    }
    const work = fetchRanges({ ...task, connections: 1, retries: NO_REST })
    expect(await kindOf(work)).toBe('HOST_TEMP')
    expect(await storedNumbers()).toEqual([1, 2, 3])
    host.knobs.answer = undefined
    const parts = await fetchRanges({ ...task, stored: await store.listParts(task.upload) })
    expect(await completed(parts)).toBe(wholeDigest)
    expect(content.ranges).toEqual(RANGES)
  })

  it.each([
    ['seconds', '90'],
    ['an HTTP date', new Date(NOW + 90_000).toUTCString()],
  ])('are asked for later when the host names a time in %s', async (_form, value) => {
    host.knobs.answer = { status: 503, body: 'busy', headers: { 'retry-after': value } }
    const before = host.calls.length
    expect(await failure(fetchRanges({ ...task, connections: 1 }))).toMatchObject({
      kind: 'HOST_TEMP',
      retryAt: NOW + 90_000,
    })
    expect(host.calls.length - before).toBe(1)
  })

  it.each([
    ['stops sending', (from: Readable) => once(from, 100_000)],
    ['lets them trickle', (from: Readable) => trickle(from)],
  ])('come over a new connection when the host %s', async (_how, fault) => {
    content.serve = (start, end) => {
      const first = content.reads.filter(([from]) => from === start).length === 1
      return start === PART && first ? fault(pattern.read(start, end)) : pattern.read(start, end)
    }
    const patience = { idleMs: 400, windowMs: 500, leastBytes: 64 * 1024 }
    expect(await completed(await fetchRanges({ ...task, patience }))).toBe(wholeDigest)
    // A machine that is busy may let another connection look slow too, so only this part's reads are counted.
    const ofPart = content.reads.filter(([start]) => start >= PART && start < 2 * PART)
    expect(ofPart.length).toBeGreaterThan(1)
  })

  it('end at once with an abort: no socket is left after a second, no part is half stored', async () => {
    host.knobs.bytesPerSecond = 500_000
    const work = failure(fetchRanges(task))
    while (progress < 300_000) await sleep(10)
    expect(host.connections()).toBe(3)
    const begun = performance.now()
    abort.abort(new Error('enough'))
    expect(await work).toMatchObject({ message: 'enough' })
    while (host.connections() > 0) await sleep(10)
    expect(performance.now() - begun).toBeLessThan(1000)
    expect(await storedNumbers()).toEqual([])
    expect(progress).toBe(0)
  })

  it('under way are stored when the worker drains; no other part is begun, and the next worker has the rest', async () => {
    const drain = new AbortController()
    content.serve = (start, end) => {
      if (content.reads.length === 2) drain.abort(new Error('the worker stops'))
      return pattern.read(start, end)
    }
    const work = failure(fetchRanges({ ...task, connections: 2, drain: drain.signal }))
    expect(await work).toMatchObject({ message: 'the worker stops' })
    expect(await storedNumbers()).toEqual([1, 2])
    expect(progress).toBe(2 * PART)
    content.serve = (start, end) => pattern.read(start, end)
    const parts = await fetchRanges({ ...task, stored: await store.listParts(task.upload) })
    expect(content.ranges).toEqual(RANGES)
    expect(await completed(parts)).toBe(wholeDigest)
  })

  it('share the bandwidth, over connections and in one stream', async () => {
    let paid = 0
    const bandwidth = new Bandwidth(Infinity)
    const pay = bandwidth.pay.bind(bandwidth)
    bandwidth.pay = (bytes, signal) => {
      paid += bytes
      return pay(bytes, signal)
    }
    await fetchRanges({ ...task, bandwidth })
    expect(paid).toBe(SIZE)
    await fetchInOneStream({ ...task, bandwidth })
    expect(paid).toBe(2 * SIZE)
  })

  it('in one stream that breaks off are TRUNCATED', async () => {
    host.knobs.cutAtByte = 2 * PART + 5
    expect(await kindOf(fetchInOneStream(task))).toBe('TRUNCATED')
    expect(progress).toBe(0)
  })

  describe('in one stream that breaks off after a little each time', () => {
    const validated = async (name: 'validator' | 'weakValidator'): Promise<RangesTask> => {
      const { body, headers } = await http.open({ url: link, userUrl: true })
      body.destroy()
      content.reads.length = 0
      host.knobs.ignoreBareRange = name === 'validator'
      host.knobs.cutAfter = () => 1_000_000 + content.reads.length * 7919
      const source = { ...task.source, [name]: headers['etag']! } as typeof task.source
      return { ...task, source, retries: NO_REST }
    }

    it.each(['validator', 'weakValidator'] as const)(
      'are gone on with by If-Range, or by what each answer repeats: %s',
      async (name) => {
        expect(await completed(await fetchInOneStream(await validated(name)))).toBe(wholeDigest)
        const starts = content.reads.map(([start]) => start)
        expect(starts[0]).toBe(0)
        expect(starts.length).toBeGreaterThan(10)
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b))
        expect(progress).toBe(SIZE)
      },
    )

    it('are not put together from two versions', async () => {
      const one = await validated('validator')
      content.serve = (start, end) => {
        host.replaceFile(link, { name: 'b.bin', content: patternContent(SIZE, 4) })
        return pattern.read(start, end)
      }
      expect(await kindOf(fetchInOneStream(one))).toBe('TRUNCATED')
      expect(progress).toBe(0)
    })

    it.each([
      ['of another version than the link had', { etag: '"other"' }],
      ['that do not say of which version they are', { etag: undefined, 'last-modified': undefined }],
    ])('are not gone on with where they are %s', async (_how, headers) => {
      const one = await validated('validator')
      host.knobs.headers = headers
      expect(await kindOf(fetchInOneStream(one))).toBe('TRUNCATED')
      expect(content.reads).toEqual([[0, SIZE]])
    })

    it('are given up where answers bring next to nothing', async () => {
      const one = await validated('validator')
      let answers = 0
      host.knobs.cutAfter = () => (answers++, 1)
      expect(await kindOf(fetchInOneStream(one))).toBe('TRUNCATED')
      expect(answers).toBe(64)
    })
  })

  it.each([
    ['too many', 1, true, 'CORRUPT'],
    ['too many, as announced', 1, false, 'SizeDiffers'],
    ['too few', -1, true, 'TRUNCATED'],
    ['too few, as announced', -1, false, 'SizeDiffers'],
  ])('in one stream that are %s are refused', async (_how, delta, withoutLength, kind) => {
    Object.assign(host.knobs, { bodyDelta: delta, withoutLength })
    expect(await kindOf(fetchInOneStream(task))).toBe(kind)
  })

  it('in one stream end at once with an abort', async () => {
    host.knobs.bytesPerSecond = 500_000
    const work = failure(fetchInOneStream(task))
    while (progress < 100_000) await sleep(10)
    abort.abort(new Error('enough'))
    expect(await work).toMatchObject({ message: 'enough' })
    while (host.connections() > 0) await sleep(10)
    expect(await storedNumbers()).toEqual([])
  })
})

describe('the memory of a transfer', () => {
  it('does not grow with the file: far below 150 MiB more for 1 GiB', async () => {
    const size = 1024 ** 3
    const directory = await mkdtemp(join(tmpdir(), 'obb-transfer-'))
    const store = await openObjectStore({ kind: 'local', directory })
    await store.prepare()
    const host = await (await loadFake<Knobs>('Http')).start()
    const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
    const url = host.addFile({ name: 'big.bin', content: patternContent(size) })
    const begin = process.memoryUsage().rss
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
    const upload = await store.createUpload('big', size, 8 * 1024 * 1024)
    const parts = await fetchRanges({
      ...{ adapter: (await loadRegistry()).get('Http')!, http, store, upload, stored: [], connections: 5 },
      ...{
        source: { kind: 'url', url, userUrl: true },
        signal: new AbortController().signal,
        now: () => NOW,
      },
      ...{ onBytes: () => undefined, onPart: () => undefined },
    })
    clearInterval(watch)
    await store.completeUpload(upload, parts)
    await http.close()
    await host.close()
    await rm(directory, { recursive: true })
    expect(parts).toHaveLength(128)
    expect((most - begin) / 1024 ** 2).toBeLessThan(150)
  }, 120_000)
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The first bytes, then silence. */
function once(from: Readable, bytes: number): Readable {
  return Readable.from(
    (async function* () {
      for await (const chunk of from) {
        yield (chunk as Buffer).subarray(0, bytes)
        await new Promise(() => undefined)
      }
    })(),
    { objectMode: false },
  )
}

/** A hundred bytes every 20 ms. */
function trickle(from: Readable): Readable {
  return Readable.from(
    (async function* () {
      for await (const chunk of from) {
        for (let at = 0; at < (chunk as Buffer).length; at += 100) {
          yield (chunk as Buffer).subarray(at, at + 100)
          await sleep(20, undefined, { ref: false })
        }
      }
    })(),
    { objectMode: false },
  )
}
