import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { LocalStore, openObjectStore, type ObjectStore } from '@obb/core/storage'
import { Forwarding } from '@obb/core/origin'
import { startS3, type S3Server } from '@obb/testing/s3'
import { hasNginx, startNginxWith, type Nginx } from '@obb/testing/nginx'
import { LINK, NOW, Rig } from '../testing/rig.js'

const SIZE = 3_000_000
const BYTES = randomBytes(SIZE)
const NAME = 'Film "ä".mkv'
const NGINX = new Forwarding(['127.0.0.1'])
const PATH = `/download/${LINK}/film.mkv`

interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method, agent: false }, (got) => {
      const chunks: Buffer[] = []
      got.on('data', (chunk: Buffer) => chunks.push(chunk))
      got.on('error', reject)
      got.on('end', () =>
        resolve({ status: got.statusCode ?? 0, headers: got.headers, body: Buffer.concat(chunks) }),
      )
    })
      .on('error', reject)
      .end()
  })
}

let s3: S3Server
let directory: string
beforeAll(async () => {
  s3 = await startS3()
  directory = await mkdtemp(join(tmpdir(), 'obb-offload-'))
})
afterAll(async () => {
  await s3.close()
  await rm(directory, { recursive: true })
})

const s3Store = async (): Promise<ObjectStore> => {
  const store = await openObjectStore(s3.settings)
  await store.prepare()
  return store
}
const localStore = async (): Promise<ObjectStore> => {
  const store = new LocalStore(directory)
  await store.prepare()
  return store
}

let rig: Rig
afterEach(() => rig.stop())

describe('a download by redirect', () => {
  const path = (link = LINK) => `http://127.0.0.1:${rig.port}/download/${link}/film.mkv`

  beforeEach(async () => {
    rig = await Rig.start({}, { store: await s3Store(), offload: 'redirect' })
    await rig.put(BYTES, { name: NAME })
  })

  it.each([undefined, 'bytes=5-1000', 'bytes=-7', 'bytes=2999999-'])(
    'leads to the store, which sends %s under the name of the file',
    async (range) => {
      const headers: Record<string, string> = range === undefined ? {} : { range }
      const reply = await ask(path(), headers)
      expect(reply).toMatchObject({ status: 302, headers: { 'cache-control': 'no-store' } })
      const followed = await ask(reply.headers.location ?? '', headers)
      const [start, end] = spanOf(range)
      expect(followed.status).toBe(range === undefined ? 200 : 206)
      expect(followed.body.equals(BYTES.subarray(start, end))).toBe(true)
      expect(followed.headers['content-disposition']).toContain("filename*=UTF-8''Film%20_%C3%A4_.mkv")
      expect(followed.headers['content-type']).toBe('application/octet-stream')
      expect(rig.store.reads).toEqual([])
      expect(rig.downloads.touched).toEqual([LINK])
    },
  )

  it.each([
    ['as long as the link is valid', 90_000, '90'],
    ['a week at most, which is what a signature can', 30 * 24 * 3_600_000, '604800'],
    ['a second at least', 400, '1'],
  ])('is signed for %s', async (_, leftMs, seconds) => {
    const download = rig.downloads.byLink.get(LINK)
    rig.link({ ...download, expiresAt: new Date(NOW + leftMs) })
    const { headers } = await ask(path())
    expect(new URL(headers.location ?? '').searchParams.get('X-Amz-Expires')).toBe(seconds)
  })

  it('leads away neither from a share, whose clients are counted here, nor what a browser shows', async () => {
    expect((await ask(`${path()}?inline=1`)).status).toBe(302) // a film that no browser is known to play
    rig.link({ ...rig.downloads.byLink.get(LINK), name: 'film.mp4' })
    expect((await ask(`${path()}?inline=1`)).headers['content-type']).toBe('video/mp4')
    rig.link({ ...rig.downloads.byLink.get(LINK), isShared: true })
    expect((await ask(path())).status).toBe(410)
    rig.downloads.admitted.add('127.0.0.1')
    expect(await ask(path())).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
    })
  })

  it('leads anew who comes back after its signature ended', async () => {
    const download = rig.downloads.byLink.get(LINK)
    rig.link({ ...download, expiresAt: new Date(NOW + 1_000) })
    const old = (await ask(path())).headers.location ?? ''
    while ((await ask(old)).status !== 403) await new Promise((resolve) => setTimeout(resolve, 50))
    rig.link({ ...download, expiresAt: new Date(NOW + 60_000) })
    const anew = (await ask(path())).headers.location ?? ''
    expect(await ask(anew, { range: 'bytes=5-9' })).toMatchObject({
      status: 206,
      body: BYTES.subarray(5, 10),
    })
  })

  it('and back again goes on with the bytes, by the tag and the date of the store and by ours', async () => {
    const { sha256 } = rig.downloads.byLink.get(LINK) ?? {}
    const learnt = (await ask((await ask(path())).headers.location ?? '')).headers
    const [etag = '', date = ''] = [learnt.etag, learnt['last-modified']]
    expect(etag).not.toContain(sha256)
    expect((await ask(path(), {}, 'HEAD')).headers).toMatchObject({ etag, 'last-modified': date })
    const range = 'bytes=1000000-1000099'
    for (const tag of [etag, `"${sha256}"`, date]) {
      const resumed = await ask(path(), { range, 'if-range': tag })
      expect([tag, resumed.status]).toEqual([tag, 206])
      expect(resumed.headers).toMatchObject({ etag, 'last-modified': date })
      expect(resumed.body.equals(BYTES.subarray(1_000_000, 1_000_100))).toBe(true)
    }
    for (const tag of [etag, `"${sha256}"`, `"x", W/${etag}`]) {
      expect((await ask(path(), { 'if-none-match': tag })).status).toBe(304)
    }
    for (const tag of [etag, `"${sha256}"`]) {
      expect((await ask(path(), { range, 'if-match': tag })).status).toBe(206)
    }
    expect((await ask(path(), { range, 'if-match': '"other"' })).status).toBe(412)
    expect((await ask(path(), { range, 'if-range': `W/${etag}` })).status).toBe(200)
  })

  it('is answered here where the store would decide differently', async () => {
    const { sha256 } = rig.downloads.byLink.get(LINK) ?? {}
    const range = 'bytes=0-9'
    const sent = async (headers: Record<string, string>, method = 'GET') =>
      (await ask(path(), headers, method)).status
    expect(await sent({ range, 'if-range': `"${sha256}"` })).toBe(206)
    expect(await sent({ range, 'if-range': '"other"' })).toBe(200)
    expect(await sent({ 'if-none-match': `"${sha256}"` })).toBe(304)
    expect(await sent({ range: 'bytes=0-1,5-6' })).toBe(206)
    expect(await sent({ range: 'lines=1-2' })).toBe(200)
    expect(await sent({ range: `bytes=${SIZE}-` })).toBe(416)
    expect(await sent({}, 'HEAD')).toBe(200)
  })

  it('is refused here whatever is to be refused', async () => {
    for (const [state, status] of [
      ['not_ready', 425],
      ['ended', 410],
      ['account_suspended', 403],
    ] as const) {
      rig.link({ state, size: SIZE })
      expect((await ask(path())).status).toBe(status)
    }
    expect((await ask(path('nosuchlink0123456789'))).status).toBe(404)
    rig.link({ objectKey: 'files/missing', size: SIZE, sha256: 'ab'.repeat(32) })
    expect((await ask(path())).status).toBe(425)
    expect(rig.downloads.lostFiles).toHaveLength(1)
    rig.store.failure = new Error('away')
    expect((await ask(path())).status).toBe(503)
  })
})

describe('without an nginx in front', () => {
  it('x-accel sends the bytes from here', async () => {
    rig = await Rig.start({}, { store: await localStore(), offload: 'x-accel', forwarding: NGINX })
    await rig.put(BYTES)
    const reply = await rig.get()
    expect(reply.status).toBe(200)
    expect(reply.headers).not.toHaveProperty('x-accel-redirect')
    expect(reply.body.equals(BYTES)).toBe(true)
  })
})

describe('a client that is no nginx of ours', () => {
  it.each(['1', '1, 1', 'true'])('and sends X-OBB-Accel: %s is told no place of an object', async (value) => {
    for (const open of [localStore, s3Store]) {
      const forwarding = new Forwarding(['192.0.2.7'])
      rig = await Rig.start({}, { store: await open(), offload: 'x-accel', forwarding })
      await rig.put(BYTES)
      const forged = { 'x-obb-accel': value, 'x-forwarded-for': '192.0.2.7', forwarded: 'for=192.0.2.7' }
      const reply = await rig.ask(PATH, forged)
      expect(reply.status).toBe(200)
      expect(JSON.stringify(reply.headers)).not.toMatch(/obb-(files|s3)|x-accel-redirect/)
      expect(reply.body.equals(BYTES)).toBe(true)
      await rig.stop()
    }
    rig = await Rig.start()
  })
})

// Skipped where the program is missing; `npm test` says so in its last lines.
const withNginx = hasNginx() ? describe : describe.skip
withNginx.each([
  ['a local directory', localStore],
  ['an S3', s3Store],
])('nginx with docs/nginx.conf in front, and %s (needs nginx)', (_name, open) => {
  let nginx: Nginx
  let between: Between
  const url = (link = LINK) => `http://127.0.0.1:${nginx.port}/download/${link}/film.mkv`

  beforeEach(async () => {
    rig = await Rig.start({}, { store: await open(), offload: 'x-accel', forwarding: NGINX })
    await rig.put(BYTES, { name: NAME, crc32c: '0badcafe' })
    const example = await readFile(new URL('../../../../docs/nginx.conf', import.meta.url), 'utf8')
    between = await Between.open(new URL(s3.endpoint))
    nginx = await startNginxWith((port) =>
      example
        .replace('127.0.0.1:8081', `127.0.0.1:${rig.port}`)
        .replace('server 127.0.0.1:9000', `server 127.0.0.1:${between.port}`)
        .replace('127.0.0.1:9000', new URL(s3.endpoint).host)
        .replace('/var/log/nginx/error.log', join(directory, 'nginx-s3.log'))
        .replace('/var/lib/obb/files/', `${directory}/`)
        .replace('listen 80;', `listen 127.0.0.1:${port};`),
    )
  })
  afterEach(async () => {
    await nginx.stop()
    await between.close()
  })

  it('passes on nothing that the S3 tells of itself', async () => {
    const { headers } = await ask(url())
    const names = Object.keys(headers).filter((name) => /^x-(amz|rgw)-/.test(name))
    expect(names).toEqual(headers['x-amz-meta-md5-hash'] === undefined ? [] : ['x-amz-meta-md5-hash'])
    expect(headers['x-amz-meta-md5-hash']).not.toBe('of the S3')
  })

  it('writes no signed URL into its error log', async () => {
    between.isBroken = true
    await ask(url()).catch(() => undefined) // an S3 that breaks off is an error of nginx; a local store has none
    const logged = await readFile(join(directory, 'nginx-s3.log'), 'utf8')
    expect(`${await nginx.log()}${logged}`).not.toContain('X-Amz-Signature')
  })

  it.each([undefined, 'bytes=5-1000', 'bytes=-7', 'bytes=2999999-'])(
    'sends %s with the fields of the proxy',
    async (range) => {
      const direct = await rig.ask(PATH, range === undefined ? {} : { range })
      const reads = rig.store.reads.length
      const reply = await ask(url(), range === undefined ? {} : { range, authorization: 'Bearer key' })
      const [start, end] = spanOf(range)
      expect(reply.status).toBe(direct.status)
      expect(reply.body.equals(BYTES.subarray(start, end))).toBe(true)
      for (const field of FIELDS)
        expect([field, reply.headers[field]]).toEqual([field, direct.headers[field]])
      expect(reply.headers).not.toHaveProperty('x-accel-redirect')
      expect(rig.store.reads).toHaveLength(reads)
    },
  )

  it('leaves to the proxy what it would decide differently, and every refusal', async () => {
    const { sha256 } = rig.downloads.byLink.get(LINK) ?? {}
    const range = 'bytes=0-9'
    expect(await ask(url(), { range, 'if-range': `"${sha256}"` })).toMatchObject({
      status: 206,
      body: BYTES.subarray(0, 10),
    })
    expect((await ask(url(), { range, 'if-range': '"other"' })).status).toBe(200)
    expect((await ask(url(), { 'if-none-match': `"${sha256}"` })).status).toBe(304)
    expect((await ask(url(), { range: `bytes=${SIZE}-` })).status).toBe(416)
    expect((await ask(url(), {}, 'HEAD')).headers).toMatchObject({ 'content-length': String(SIZE) })
    expect((await ask(url('nosuchlink0123456789'))).status).toBe(404)
    rig.link({ state: 'ended', size: SIZE })
    const gone = await ask(url())
    expect(gone.status).toBe(410)
    expect(JSON.parse(gone.body.toString())).toMatchObject({ success: false, status: 104 })
  })

  it('hides the places of objects from clients', async () => {
    const { objectKey } = rig.downloads.byLink.get(LINK) ?? {}
    for (const place of ['obb-files/objects', 'obb-s3/files']) {
      expect((await ask(`http://127.0.0.1:${nginx.port}/${place}/${objectKey}`)).status).toBe(404)
    }
  })
})

/** Between nginx and the S3: what a real one tells besides, and one that breaks off. */
class Between {
  isBroken = false

  private constructor(
    readonly server: Server,
    readonly port: number,
  ) {}

  static async open({ hostname, port }: URL): Promise<Between> {
    const server = createServer((asked, answer) => {
      if (between.isBroken) {
        asked.socket.destroy()
        return
      }
      const { method, url: path, headers } = asked
      request({ hostname, port, method, path, headers, agent: false }, (got) => {
        answer.writeHead(got.statusCode ?? 0, { ...got.headers, ...OF_THE_S3 })
        got.pipe(answer)
      }).end()
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const between = new Between(server, (server.address() as AddressInfo).port)
    return between
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }
}

const OF_THE_S3 = {
  'x-amz-request-id': 'tx0000',
  'x-amz-id-2': 'id',
  'x-amz-meta-md5-hash': 'of the S3',
  'x-rgw-object-type': 'Normal',
}

/** FIELDS are the header fields that clients verify and resume with. */
const FIELDS = [
  'content-length',
  'content-range',
  'content-type',
  'content-disposition',
  'etag',
  'last-modified',
  'digest',
  'repr-digest',
  'content-md5',
  'x-amz-meta-md5-hash',
  'x-content-type-options',
  'content-security-policy',
  'accept-ranges',
]

function spanOf(range: string | undefined): [number, number] {
  if (range === undefined) return [0, SIZE]
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? []
  if (first === '') return [SIZE - Number(last), SIZE]
  return [Number(first), last === '' ? SIZE : Number(last) + 1]
}
