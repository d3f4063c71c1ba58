import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Download } from '@obb/core/links'
import { openObjectStore, type StoredPart, type Upload } from '@obb/core/storage'
import { startS3, type S3Server } from '@obb/testing/s3'
import type { ProxyParts } from '../ports.module.js'
import type { Timing } from '../ports.js'
import { LINK, pattern, Rig } from '../testing/rig.js'

const PART = 256 * 1024
const SIZE = 3 * PART + 1000
const BYTES = pattern(SIZE)
const KEY = 'file/1'
const PATH = `/download/${LINK}/film.mkv`

let rig: Rig

afterEach(() => rig.stop())

/** A fetch under way, whose parts come when the test says so. */
class Fetch {
  readonly parts: StoredPart[] = []

  private constructor(readonly upload: Upload) {}

  static async begin(timing: Partial<Timing> = {}, parts: Partial<ProxyParts> = {}): Promise<Fetch> {
    rig = await Rig.start({ look: 5, arrival: 30_000, fetchStall: 30_000, ...timing }, parts)
    const fetch = new Fetch(await rig.store.createUpload(KEY, SIZE, PART))
    fetch.tell({})
    return fetch
  }

  async part(number: number): Promise<void> {
    const body = Readable.from([BYTES.subarray((number - 1) * PART, number * PART)])
    const { signal } = new AbortController()
    this.parts.push(await rig.store.putPart(this.upload, number, body, signal))
    this.tell({})
  }

  /** tell changes what the file's row says. */
  tell(changes: Partial<Download>): void {
    const bytesDone = this.parts.reduce((sum, part) => sum + part.size, 0)
    const arriving = { uploadId: this.upload.uploadId, partSize: PART, bytesDone }
    rig.link({
      state: 'not_ready',
      objectKey: KEY,
      size: SIZE,
      doneAt: null,
      unfinished: arriving,
      ...changes,
    })
  }

  async complete(): Promise<void> {
    this.parts.sort((a, b) => a.number - b.number)
    await rig.store.completeUpload(this.upload, this.parts)
  }

  done(): void {
    this.tell({ state: 'ready', unfinished: null, sha256: 'ab'.repeat(32), doneAt: new Date(0) })
  }
}

/** An answer whose head has come, and how its body ends. */
function answer(headers: Record<string, string> = {}, path = `${PATH}?stream=1`): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: rig.port, path, headers, agent: false }, resolve)
      .on('error', reject)
      .end()
  })
}

async function bodyOf(message: IncomingMessage): Promise<{ body: Buffer; whole: boolean }> {
  const chunks: Buffer[] = []
  message.on('data', (chunk: Buffer) => chunks.push(chunk))
  message.on('error', () => undefined) // an answer that is cut; `complete` tells
  await new Promise((resolve) => message.once('close', resolve))
  return { body: Buffer.concat(chunks), whole: message.complete }
}

/** Resolves once `count` bytes of the body have come. */
async function received(message: IncomingMessage, count: number): Promise<Buffer> {
  let body = Buffer.alloc(0)
  while (body.length < count) {
    const bytes = message.read() as Buffer | null
    if (bytes === null) await once(message, 'readable')
    else body = Buffer.concat([body, bytes])
  }
  return body
}

describe('a file that is being fetched', () => {
  it('serves a range whose bytes have arrived at once, with its exact length and nothing that is not known', async () => {
    const fetch = await Fetch.begin()
    await fetch.part(2)
    const reply = await rig.ask(`${PATH}?stream=1`, { range: `bytes=${PART}-${2 * PART - 1}` })
    expect(reply.status).toBe(206)
    expect(reply.body.equals(BYTES.subarray(PART, 2 * PART))).toBe(true)
    expect(reply.headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-range': `bytes ${PART}-${2 * PART - 1}/${SIZE}`,
    })
    for (const field of ['etag', 'last-modified', 'digest', 'repr-digest', 'content-md5', 'x-goog-hash']) {
      expect(reply.headers).not.toHaveProperty(field)
    }
    const head = await rig.ask(`${PATH}?stream=1`, {}, 'HEAD')
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(SIZE) } })
  })

  it('serves all of it in order while its parts come in another one, over its completion', async () => {
    const fetch = await Fetch.begin()
    await fetch.part(1)
    const message = await answer()
    expect(message.headers['content-length']).toBe(String(SIZE))
    const first = await received(message, PART)
    await fetch.part(3)
    await fetch.part(2)
    const next = await received(message, 2 * PART)
    await fetch.part(4)
    await fetch.complete()
    fetch.done()
    const { body, whole } = await bodyOf(message)
    expect(whole).toBe(true)
    expect(Buffer.concat([first, next, body]).equals(BYTES)).toBe(true)
  })

  it('holds its last part back until it is verified', async () => {
    const fetch = await Fetch.begin({ arrival: 100 })
    for (const number of [1, 2, 3, 4]) await fetch.part(number)
    const tail = { range: `bytes=${SIZE - 1}-` }
    expect(await rig.ask(`${PATH}?stream=1`, tail)).toMatchObject({ status: 425 })
    await fetch.complete()
    expect(await rig.ask(`${PATH}?stream=1`, tail)).toMatchObject({ status: 425 })
    fetch.done()
    expect(await rig.ask(`${PATH}?stream=1`, tail)).toMatchObject({
      status: 206,
      body: BYTES.subarray(SIZE - 1),
      headers: { etag: `"${'ab'.repeat(32)}"` },
    })
  })

  it.each<[string, Partial<Download>]>([
    ['fails for good', { state: 'ended', objectKey: null, unfinished: null }],
    ['begins anew', { unfinished: { uploadId: 'another', partSize: PART, bytesDone: 0 } }],
    ['turns out to have another size', { size: SIZE + 1 }],
    ['is cancelled', { state: 'ended' }],
  ])('ends its answers short when it %s', async (_what, changes) => {
    const fetch = await Fetch.begin()
    await fetch.part(1)
    const message = await answer()
    const first = await received(message, PART)
    fetch.tell(changes)
    const { body, whole } = await bodyOf(message)
    expect(whole).toBe(false)
    expect(Buffer.concat([first, body]).equals(BYTES.subarray(0, PART))).toBe(true)
  })

  it('ends its answers short when nothing comes any more', async () => {
    const fetch = await Fetch.begin({ fetchStall: 100 })
    await fetch.part(1)
    const { body, whole } = await bodyOf(await answer())
    expect(whole).toBe(false)
    expect(body.equals(BYTES.subarray(0, PART))).toBe(true)
  })

  it('is not ready where a range does not come in time, and gives the place back', async () => {
    const fetch = await Fetch.begin({ arrival: 50, place: 0 })
    fetch.tell({ maxChunks: -1 }) // one place
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const reply = await rig.ask(`${PATH}?stream=1`)
      expect(reply).toMatchObject({ status: 425, headers: { 'retry-after': '5' } })
      expect(JSON.parse(reply.body.toString())).toMatchObject({ success: false, status: 105 })
    }
  })

  it('lets go at once of a client that is gone', async () => {
    const fetch = await Fetch.begin({ place: 30_000 })
    await fetch.part(1)
    fetch.tell({ maxChunks: -1 }) // one place
    const message = await answer()
    await received(message, PART)
    message.destroy()
    const reply = await rig.ask(`${PATH}?stream=1`, { range: 'bytes=0-9' })
    expect(reply).toMatchObject({ status: 206, body: BYTES.subarray(0, 10) })
  })

  it('is served only to who asks for it, or to all by the setting', async () => {
    const asked = await Fetch.begin()
    await asked.part(1)
    expect(await rig.ask(PATH, { range: 'bytes=0-9' })).toMatchObject({ status: 425 })
    await rig.stop()
    const all = await Fetch.begin({}, { serveWhileFetching: true })
    await all.part(1)
    expect(await rig.ask(PATH, { range: 'bytes=0-9' })).toMatchObject({ status: 206 })
  })

  it('compares no validator, as it has none', async () => {
    const fetch = await Fetch.begin()
    await fetch.part(1)
    const range = { range: 'bytes=0-9' }
    const ask = async (headers: Record<string, string>) =>
      (await rig.ask(`${PATH}?stream=1`, { ...range, ...headers })).status
    expect(await ask({ 'if-match': '"a"' })).toBe(412)
    expect(await ask({ 'if-match': '*' })).toBe(206)
    expect(await ask({ 'if-none-match': '"a"' })).toBe(206)
    expect(await ask({ 'if-modified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' })).toBe(206)
    const message = await answer({ ...range, 'if-range': '"a"' })
    expect(message.statusCode).toBe(200)
    message.destroy()
  })
})

describe('a file that is being fetched into an S3', () => {
  const MIN_PART = 5 * 1024 * 1024
  const size = MIN_PART + 1000
  const bytes = pattern(size)
  const PARTS = [bytes.subarray(0, MIN_PART), bytes.subarray(MIN_PART)]
  let s3: S3Server

  beforeEach(async () => {
    s3 = await startS3()
  })
  afterEach(() => s3.close())

  async function begin(readableParts: boolean): Promise<Upload> {
    const store = await openObjectStore({ ...s3.settings, readableParts })
    await store.prepare()
    rig = await Rig.start({ look: 5, arrival: 30_000, fetchStall: 30_000 }, { store })
    const upload = await store.createUpload(KEY, size, MIN_PART)
    const arriving = { uploadId: upload.uploadId, partSize: MIN_PART, bytesDone: 0 }
    rig.link({ state: 'not_ready', objectKey: KEY, size, doneAt: null, unfinished: arriving })
    return upload
  }

  const put = (upload: Upload, number: number): Promise<StoredPart> => {
    const { signal } = new AbortController()
    return rig.store.putPart(upload, number, Readable.from([PARTS[number - 1]!]), signal)
  }

  it('is served as it comes, over a store that breaks off and over its completion', async () => {
    const upload = await begin(true)
    const parts = [await put(upload, 1)]
    expect(await rig.ask(`${PATH}?stream=1`, { range: 'bytes=5-8' })).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes 5-8/${size}` },
      body: bytes.subarray(5, 9),
    })
    s3.faults.reset({ operation: 'GetObject' }, { on: 'response', afterBytes: 2 * 1024 * 1024 })
    const message = await answer()
    expect(message.headers['content-length']).toBe(String(size))
    const first = await received(message, MIN_PART)
    parts.push(await put(upload, 2))
    await rig.store.completeUpload(upload, parts)
    const ready = { state: 'ready', sha256: 'ab'.repeat(32), doneAt: new Date(0) } as const
    rig.link({ objectKey: KEY, size, ...ready })
    const { body, whole } = await bodyOf(message)
    expect(whole).toBe(true)
    expect(Buffer.concat([first, body]).equals(bytes)).toBe(true)
    await rig.store.close()
  })

  it('is not ready before it is done without the setting, and says which', async () => {
    await put(await begin(false), 1)
    const reply = await rig.ask(`${PATH}?stream=1`)
    expect(reply).toMatchObject({ status: 425, headers: { 'retry-after': '5' } })
    const body = JSON.parse(reply.body.toString()) as unknown
    expect(body).toMatchObject({
      status: 105,
      msg: expect.stringContaining('SERVE_WHILE_FETCHING') as unknown,
    })
    expect((await rig.ask(PATH)).body.toString()).not.toContain('SERVE_WHILE_FETCHING')
    await rig.store.close()
  })
})
