import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { REFUSALS } from '@obb/contracts'
import { createHash } from 'node:crypto'
import { StoreError } from '@obb/core/storage'
import { LINK, NOW, pattern, Rig, type Reply } from '../testing/rig.js'

const FILE = pattern(100_000)
const SHA256 = createHash('sha256').update(FILE).digest('hex')
const MD5 = createHash('md5').update(FILE).digest('hex')
const MD5_BASE64 = createHash('md5').update(FILE).digest('base64')
const SHA256_BASE64 = createHash('sha256').update(FILE).digest('base64')
const MODIFIED = 'Wed, 04 Mar 2026 05:06:07 GMT'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

function envelope({ body }: Reply): unknown {
  return JSON.parse(body.toString())
}

describe('a whole file', () => {
  it('comes byte for byte with everything a downloader needs in its head', async () => {
    await rig.put(FILE)
    const { status, headers, body } = await rig.get()
    expect(status).toBe(200)
    expect(body.equals(FILE)).toBe(true)
    expect(headers).toEqual({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': expect.stringContaining('Content-Range'),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-transform',
      connection: 'close',
      'content-disposition': `attachment; filename="Film _a_.mkv"; filename*=UTF-8''Film%20_a_.mkv`,
      'content-length': '100000',
      'content-md5': MD5_BASE64,
      'content-security-policy': 'sandbox',
      'content-type': 'application/octet-stream',
      date: expect.any(String),
      digest: `SHA-256=${SHA256_BASE64}`,
      etag: `"${SHA256}"`,
      'last-modified': MODIFIED,
      'repr-digest': `sha-256=:${SHA256_BASE64}:`,
      'x-amz-meta-md5-hash': MD5,
      'x-content-type-options': 'nosniff',
      'x-goog-hash': `md5=${MD5_BASE64}`,
    })
  })

  it('needs no name in the URL and takes any', async () => {
    await rig.put(FILE)
    for (const tail of [
      '',
      '/x',
      '/a%20b.zip?token=1',
      '/%E6%96%87%2F..%2F',
      '/..',
      `/${'n'.repeat(2000)}`,
    ]) {
      const { status, headers } = await rig.ask(`/download/${LINK}${tail}`)
      expect([tail, status, headers['content-disposition']]).toEqual([
        tail,
        200,
        expect.stringContaining('Film'),
      ])
    }
  })

  it.each<Record<string, string>>([
    { authorization: 'Bearer obb_whatever' },
    { authorization: 'Basic x' },
    { 'content-type': 'application/json' },
    { 'content-type': 'application/json; charset=UTF-8', 'content-length': '0' },
    { 'content-type': '///' },
    { accept: 'text/html;q=0.9,image/gif' },
    { accept: 'application/json' },
    { 'accept-encoding': 'gzip, deflate, br' },
    { expect: 'something' },
    { te: 'trailers, chunked' },
    { 'accept-version': '2' },
    { upgrade: 'h2c', connection: 'Upgrade' },
  ])('is not changed by %j', async (given) => {
    await rig.put(FILE)
    const { status, headers, body } = await rig.get(given)
    expect(status).toBe(200)
    expect(body.equals(FILE)).toBe(true)
    expect(headers['content-length']).toBe('100000')
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(headers['content-encoding']).toBeUndefined()
  })

  it('has no MD5 headers when the MD5 is not known', async () => {
    await rig.put(FILE, { md5: null })
    const { headers } = await rig.get()
    expect(headers['content-md5']).toBeUndefined()
    expect(headers['x-goog-hash']).toBeUndefined()
    expect(headers['x-amz-meta-md5-hash']).toBeUndefined()
    expect(headers['digest']).toBe(`SHA-256=${SHA256_BASE64}`)
  })

  it('has its CRC-32C in the header that tells it, where it is known', async () => {
    await rig.put(FILE, { crc32c: 'e3069283' })
    expect((await rig.get()).headers['x-goog-hash']).toBe(`crc32c=4waSgw==, md5=${MD5_BASE64}`)
    expect((await rig.get({ range: 'bytes=0-' })).headers['x-goog-hash']).toBeUndefined()
  })

  it('may be empty', async () => {
    await rig.put(Buffer.alloc(0))
    const { status, headers, body } = await rig.get()
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0])
    expect((await rig.get({ range: 'bytes=0-' })).status).toBe(200)
    expect((await rig.get({ range: 'bytes=1-' })).headers['content-range']).toBe('bytes */0')
    expect(rig.downloads.touched).toEqual([LINK, LINK])
  })

  it('is never said to be younger than now', async () => {
    await rig.put(FILE, { doneAt: new Date(NOW + 60_000) })
    expect((await rig.get()).headers['last-modified']).toBe(new Date(NOW).toUTCString())
  })
})

describe('HEAD', () => {
  it.each<Record<string, string>>([
    {},
    { range: 'bytes=5-9' },
    { range: 'bytes=999999-' },
    { 'if-none-match': '*' },
  ])('has the head of GET and no body, and is not counted: %j', async (given) => {
    await rig.put(FILE)
    const head = await rig.get(given, 'HEAD')
    expect(rig.downloads.touched).toEqual([])
    expect(rig.store.reads).toEqual([])
    const get = await rig.get(given)
    expect(head.body.length).toBe(0)
    expect(head.status).toBe(get.status)
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' })
  })

  it.each([
    ['unknown link', '/download/zzzzzzzzzzzzzzzzzzzz'],
    ['unknown route', '/nowhere'],
  ])('has the head of GET for an %s', async (_name, path) => {
    const head = await rig.ask(path, {}, 'HEAD')
    const get = await rig.ask(path)
    expect(head.body.length).toBe(0)
    expect(head.status).toBe(404)
    expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' })
  })
})

describe('a part of a file', () => {
  it.each([
    ['bytes=0-', 0, 99_999],
    ['bytes=0-0', 0, 0],
    ['bytes=70000-80000', 70_000, 80_000],
    ['bytes=99999-', 99_999, 99_999],
    ['bytes=99990-200000', 99_990, 99_999],
    ['bytes=-7', 99_993, 99_999],
    ['bytes=-200000', 0, 99_999],
  ])('%s', async (range, first, last) => {
    await rig.put(FILE)
    const { status, headers, body } = await rig.get({ range })
    expect(status).toBe(206)
    expect(headers['content-range']).toBe(`bytes ${first}-${last}/100000`)
    expect(headers['content-length']).toBe(String(last - first + 1))
    expect(body.equals(FILE.subarray(first, last + 1))).toBe(true)
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      etag: `"${SHA256}"`,
      'last-modified': MODIFIED,
      'content-type': 'application/octet-stream',
      'content-disposition': expect.stringContaining('attachment'),
    })
    for (const name of ['content-md5', 'digest', 'repr-digest', 'x-goog-hash'])
      expect(headers[name]).toBeUndefined()
  })

  it('outside the file is 416 with the size', async () => {
    await rig.put(FILE)
    const reply = await rig.get({ range: 'bytes=100000-' })
    expect(reply.status).toBe(416)
    expect(reply.headers['content-range']).toBe('bytes */100000')
    expect(envelope(reply)).toMatchObject({ success: false, status: 900 })
    expect(rig.store.reads).toEqual([])
  })

  it('can be several, as multipart/byteranges of exact length', async () => {
    await rig.put(FILE)
    const { status, headers, body } = await rig.get({ range: 'bytes=50000-50009, 0-4, -3' })
    const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{32})$/.exec(
      headers['content-type'] ?? '',
    )?.[1]
    expect(status).toBe(206)
    expect(headers['content-range']).toBeUndefined()
    expect(headers['content-length']).toBe(String(body.length))
    const part = (first: number, last: number): string =>
      `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${first}-${last}/100000\r\n\r\n` +
      FILE.subarray(first, last + 1).toString('latin1')
    expect(body.toString('latin1')).toBe(
      `${part(0, 4)}\r\n${part(50_000, 50_009)}\r\n${part(99_997, 99_999)}\r\n--${boundary}--\r\n`,
    )
  })
})

describe('conditions', () => {
  it.each<[string, number, Record<string, string>]>([
    ['If-None-Match', 304, { 'if-none-match': `"${SHA256}"` }],
    ['If-Modified-Since', 304, { 'if-modified-since': MODIFIED }],
    ['If-Match', 412, { 'if-match': '"x"' }],
    ['If-Unmodified-Since', 412, { 'if-unmodified-since': 'Wed, 04 Mar 2026 05:06:06 GMT' }],
    ['If-Range with the tag', 206, { range: 'bytes=1-', 'if-range': `"${SHA256}"` }],
    ['If-Range with the date', 206, { range: 'bytes=1-', 'if-range': MODIFIED }],
    ['If-Range with another tag', 200, { range: 'bytes=1-', 'if-range': '"x"' }],
  ])('%s: %i', async (_name, expected, given) => {
    await rig.put(FILE)
    expect((await rig.get(given)).status).toBe(expected)
  })

  it('304 carries validators and no body, and reads nothing', async () => {
    await rig.put(FILE)
    const { headers, body } = await rig.get({ 'if-none-match': '*' })
    expect(body.length).toBe(0)
    expect(headers).toEqual({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': expect.stringContaining('ETag'),
      etag: `"${SHA256}"`,
      'last-modified': MODIFIED,
      'cache-control': 'private, no-transform',
      date: expect.any(String),
      connection: 'close',
    })
    expect(rig.store.reads).toEqual([])
    expect(rig.downloads.touched).toEqual([])
  })
})

describe('a link that cannot be served', () => {
  it.each([
    ['not_ready', 425, { status: 105, retry_in_seconds: 5 }],
    ['ended', 410, { status: 104 }],
    ['account_suspended', 403, { status: 2 }],
    ['account_expired', 403, { status: 2 }],
  ] as const)('%s is %i', async (state, code, expected) => {
    rig.link({ state })
    const reply = await rig.get({ range: 'bytes=0-' })
    expect(reply.status).toBe(code)
    expect(envelope(reply)).toEqual({
      ...{ success: false, msg: expect.any(String), action: expect.any(String) },
      ...expected,
    })
    expect(reply.headers['retry-after']).toBe('retry_in_seconds' in expected ? '5' : undefined)
    expect(reply.headers['cache-control']).toBe('no-store')
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(reply.headers['content-disposition']).toBeUndefined()
    expect(rig.log).toEqual([])
  })

  it('unknown is 404', async () => {
    const reply = await rig.ask('/download/ABCDEFGHIJ0123456789/x.zip')
    expect(reply.status).toBe(404)
    expect(envelope(reply)).toEqual({
      ...{ success: false, status: 104, msg: 'There is no such link.' },
      action: REFUSALS.link_unknown.action,
    })
  })

  it.each(['short', 'a'.repeat(65), 'abcdefghij012345678-', "abcdefghij0123'--%20"])(
    'with the id %s is 404 without a look-up',
    async (id) => {
      expect((await rig.ask(`/download/${id}`)).status).toBe(404)
      expect(rig.downloads.asked).toEqual([])
    },
  )

  it.each(['GET', 'HEAD'])(
    'whose object vanished is reported as lost and not ready, by %s',
    async (method) => {
      const { objectKey } = await rig.put(FILE)
      await rig.store.delete(objectKey ?? '')
      const reply = await rig.get({}, method)
      expect(reply.status).toBe(425)
      expect(reply.headers['retry-after']).toBe('5')
      expect(rig.downloads.lostFiles).toEqual(['7'])
      expect(rig.downloads.touched).toEqual([])
      expect(rig.log.map(({ level }) => level)).toEqual(['warn'])
    },
  )

  it.each(['GET', 'HEAD'])(
    'is 503, and nothing is lost, where the store is another one, by %s',
    async (method) => {
      const { objectKey } = await rig.put(FILE)
      await rig.store.delete(objectKey ?? '')
      rig.isOurs = false
      for (let ask = 0; ask < 3; ask++) {
        const reply = await rig.get({}, method)
        expect(reply.status).toBe(503)
        expect(reply.headers['retry-after']).toBe('60')
      }
      expect(rig.downloads.lostFiles).toEqual([])
      expect(rig.log.filter(({ message }) => message.includes('another bucket'))).toHaveLength(1)
      const { data } = envelope(await rig.ask('/health/ready')) as { data?: unknown }
      expect(data).toMatchObject({ ready: false, checks: [{}, { name: 'store', detail: 'wrong' }] })
    },
  )

  it.each(['GET', 'HEAD'])('is 503 while the store is away, by %s', async (method) => {
    await rig.put(FILE)
    rig.store.failure = new StoreError('UNAVAILABLE', 'disk is gone')
    const reply = await rig.get({}, method)
    expect(reply.status).toBe(503)
    expect(reply.headers['retry-after']).toBe('10')
    expect(rig.downloads.lostFiles).toEqual([])
    expect(rig.log.map(({ level }) => level)).toEqual(['error'])
  })

  it('is 503 while the database is away, without its words in the answer', async () => {
    rig.downloads.failure = new Error('connect ECONNREFUSED 10.0.0.1:5432')
    const reply = await rig.get()
    expect(reply.status).toBe(503)
    expect(reply.headers['retry-after']).toBe('10')
    expect(reply.body.toString()).not.toContain('ECONNREFUSED')
    expect(rig.log).toHaveLength(1)
  })

  it('is 500 when its row makes no sense', async () => {
    rig.link({ objectKey: 'files/x', size: 5, sha256: null })
    const reply = await rig.get()
    expect(reply.status).toBe(500)
    expect(envelope(reply)).toEqual({
      ...{ success: false, status: 999, msg: 'Internal error.' },
      action: REFUSALS.internal.action,
    })
  })
})

it('a download counts as use of the file even if that cannot be written down', async () => {
  await rig.put(FILE)
  rig.downloads.touch = () => Promise.reject(new Error('database away'))
  expect((await rig.get()).body.equals(FILE)).toBe(true)
  expect(rig.log.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'use of a file was not recorded'],
  ])
})

describe('health', () => {
  it('is told beside the downloads, too, to pages of any origin: the way of a reverse proxy that has only these', async () => {
    const reply = await rig.ask('/download/health')
    expect([reply.status, reply.headers['access-control-allow-origin']]).toEqual([200, '*'])
    expect(envelope(reply)).toEqual({ success: true, data: { status: 'ok' } })
  })

  it('is fine', async () => {
    const reply = await rig.ask('/health')
    expect(reply.status).toBe(200)
    expect(envelope(reply)).toEqual({ success: true, data: { status: 'ok' } })
    const ready = await rig.ask('/health/ready')
    expect([ready.status, envelope(ready)]).toMatchObject([200, { success: true, data: { ready: true } }])
  })

  it('tells with its readiness how much room the store has, where that is known', async () => {
    rig.room = 5_000_000
    const { data } = envelope(await rig.ask('/health/ready')) as { data?: unknown }
    expect(data).toMatchObject({ ready: true, checks: [{}, { name: 'store', detail: '5.0 MB free' }] })
  })

  it('is not ready while the store is away', async () => {
    rig.store.failure = new StoreError('UNAVAILABLE', 'away')
    const reply = await rig.ask('/health/ready')
    expect(reply.status).toBe(503)
    expect(envelope(reply)).toMatchObject({ success: false, status: 105, data: { ready: false } })
    expect((await rig.ask('/health')).status).toBe(200)
  })

  it('is not ready while the database is away', async () => {
    rig.downloads.failure = new Error('away')
    expect((await rig.ask('/health/ready')).status).toBe(503)
    expect((await rig.ask('/health')).status).toBe(200)
  })
})

it('health and downloads are 503 in bounded time when the store does not answer', async () => {
  const slow = await Rig.start({ health: 20, store: 20 })
  await slow.put(FILE)
  slow.store.hung = true
  const replies = [await slow.ask('/health/ready'), await slow.get()]
  await slow.stop()
  expect(replies.map(({ status }) => status)).toEqual([503, 503])
})
