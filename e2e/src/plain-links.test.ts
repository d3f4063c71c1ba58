import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { openObjectStore, storeSettings } from '@obb/core/storage'
import { Installation } from './installation.js'

const MIB = 2 ** 20
const MOST = 40 * MIB
const BYTES = randomBytes(MIB)

/* Plain links through gateway, fetcher and proxy, from a server that answers as the test says. */
describe('a plain link', () => {
  let obb: Installation
  let server: Server
  let key: string
  let path: string
  let asked: string[]
  let answer: (request: IncomingMessage, response: ServerResponse) => void
  let n = 0

  beforeAll(async () => {
    obb = await Installation.start('embedded', { HTTP_UNKNOWN_SIZE_MAX: String(MOST) })
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.on('error', () => undefined)
      answer(request, response)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    await obb.admin('PATCH', '/hosts/Http', { enabled: true, maxDownloads: 100 })
    await obb.startFetcher()
  })
  afterAll(async () => {
    await obb.close()
    server.closeAllConnections()
    server.close()
  })
  beforeEach(async () => {
    asked = []
    path = `/${++n}.bin`
    key = await user(1000 * MIB)
  })

  const user = async (traffic: number, plan = {}): Promise<string> =>
    (await obb.admin('POST', '/users', { email: email(), traffic, ...plan })).apiKey
  let users = 0
  const email = (): string => `u${++users}@example.test`
  const left = async (): Promise<number> =>
    (await obb.admin('GET', `/ledger?email=u${users}@example.test`)).trafficLeft
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const unrestrict = (by = key) => obb.call(by, 'POST', '/unrestrict', { url: url() })
  const linkOf = async (by = key) => {
    const { code, body } = await unrestrict(by)
    expect([code, body.msg]).toEqual([200, undefined])
    return body.data
  }
  const settled = async (linkId: string, by = key) => (await obb.settled(by, linkId)).body.data
  const download = async (link: string) => Buffer.from(await (await fetch(link)).arrayBuffer())

  /** Nothing of unfinished files lies in the store, once fetchers have cleared up. */
  async function keepsNothing(): Promise<void> {
    const store = await openObjectStore(storeSettings(obb.config))
    for (;;) {
      const [{ files }] = await obb.database.query(
        `SELECT count(*)::int AS files FROM source_file WHERE upload_id IS NOT NULL`,
      )
      const [{ discards }] = await obb.database.query(
        'SELECT count(*)::int AS discards FROM discarded_object',
      )
      if (files === 0 && discards === 0) break
      await obb.pass(60_000)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(await store.listUploads()).toEqual([])
    await store.close()
  }

  describe('whose server closes each connection after a little', () => {
    /** Its ranges, or those of requests with If-Range alone. */
    const cutting =
      (serves: (request: IncomingMessage) => boolean) =>
      (request: IncomingMessage, response: ServerResponse): void => {
        const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
        const isRange = first !== undefined && serves(request)
        const start = isRange ? Number(first) : 0
        const end = isRange && last ? Math.min(Number(last) + 1, MIB) : MIB
        response.writeHead(isRange ? 206 : 200, {
          'content-length': end - start,
          etag: '"a"',
          ...(isRange && { 'content-range': `bytes ${start}-${end - 1}/${MIB}` }),
        })
        if (request.method === 'HEAD') return void response.end()
        const some = Math.min(end, start + 40_000 + ((start * 7) % 20_000))
        response.write(BYTES.subarray(start, some), () => response.socket?.destroySoon())
      }

    it.each([
      ['serves ranges', () => true],
      ['serves the rest of what it began alone', ({ headers }: IncomingMessage) => 'if-range' in headers],
    ])('is fetched whole where it %s', async (_which, serves) => {
      answer = cutting(serves)
      const { linkId } = await linkOf()
      const { link, remote_status } = await settled(linkId)
      expect(remote_status).toBe('done')
      expect((await download(link)).equals(BYTES)).toBe(true)
      expect(await left()).toBe(999 * MIB)
    })
  })

  describe('whose server breaks off every answer in its head', () => {
    const HOUR = 3_600_000
    const broken = (_request: IncomingMessage, { socket }: ServerResponse): void => {
      socket?.write('HTTP/1.1 200 OK\r\nContent-Le', () => socket.destroy())
    }
    const whole = ({ method }: IncomingMessage, response: ServerResponse): void => {
      response.writeHead(200, { 'content-length': MIB, etag: '"a"' })
      response.end(method === 'HEAD' ? undefined : BYTES)
    }
    const said = async () => {
      const { code, body } = await unrestrict()
      return [code, body.status, body.retry_in_seconds > 0]
    }

    /** How an attempt that is due has ended. Nothing is under way then, so that no lease runs out. */
    async function attempted(linkId: string): Promise<'in vain' | 'over'> {
      for (;;) {
        const [file] = await obb.database.query(
          `SELECT f.state, f.next_attempt_at FROM source_file f JOIN link l ON l.file_id = f.id WHERE l.id = $1`,
          [linkId],
        )
        if (file.state === 'error') return 'over'
        if (file.state === 'pending' && file.next_attempt_at.getTime() > obb.clock.now()) return 'in vain'
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }

    it('answers 105 for an hour, then 106, and is there again with its server', async () => {
      answer = broken
      expect(await said()).toEqual([503, 105, true])
      await obb.pass(HOUR)
      expect(await said()).toEqual([502, 106, true])
      expect((await unrestrict()).body.msg).toMatch(/^The server of this link cannot be reached/)
      answer = whole
      await obb.pass(HOUR)
      const { linkId } = await linkOf()
      expect((await settled(linkId)).remote_status).toBe('done')
    })

    it('ends a link that was made of what is known of it, and gives its traffic back', async () => {
      answer = whole
      await obb.call(key, 'POST', '/check', { urls: [url()] })
      answer = broken
      await obb.pass(HOUR)
      const { linkId, remote_status: waits } = await linkOf()
      expect([waits, await left()]).toEqual(['pending', 999 * MIB])
      const attempts: string[] = []
      for (let at = ''; at !== 'over'; attempts.push(at)) {
        at = await attempted(linkId)
        await obb.pass(20 * 60_000)
      }
      // One may be before the first attempt was due.
      expect([3, 4]).toContain(attempts.filter((at) => at === 'in vain').length)
      expect([(await settled(linkId)).error.status, await left()]).toEqual([106, 1000 * MIB])
      await obb.pass(HOUR)
      expect(await said()).toEqual([502, 106, true])
    })
  })

  describe('of unknown size', () => {
    /** Chunks of 1 MiB, and a last one unless it breaks off before. */
    const chunks =
      (count: number, { breaks = false } = {}) =>
      ({ method }: IncomingMessage, response: ServerResponse): void => {
        response.writeHead(200, { 'content-type': 'application/octet-stream' })
        if (method === 'HEAD') return void response.end()
        const more = (done: number): void => {
          if (response.destroyed) return
          if (done < count) response.write(BYTES, () => setImmediate(more, done + 1))
          else if (breaks) response.socket?.end()
          else response.end('end')
        }
        more(0)
      }

    it('is fetched in chunks, stored, and charged by what came', async () => {
      answer = chunks(20)
      const { linkId, filesize } = await linkOf()
      expect(Number(filesize)).toBeLessThanOrEqual(20 * MIB + 3)
      const { remote_status: status, filesize: size, hashes, link } = await settled(linkId)
      expect([status, size]).toEqual(['done', String(20 * MIB + 3)])
      const bytes = await download(link)
      expect(bytes.length).toBe(20 * MIB + 3)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(hashes.sha256)
      expect(await left()).toBe(980 * MIB - 3)
      // Another user is charged for all of it at once.
      key = await user(20 * MIB + 2)
      expect((await unrestrict()).body.status).toBe(52)
    })

    it('is fetched until its connection ends', async () => {
      answer = (_request, response) =>
        void response.socket?.end(`HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n${'x'.repeat(41)}`)
      const { linkId } = await linkOf()
      const { filesize, link } = await settled(linkId)
      expect([filesize, String(await download(link))]).toEqual(['41', 'x'.repeat(41)])
      expect(await left()).toBe(1000 * MIB - 41)
    })

    it.each([
      ['52', 1, {}],
      ['52', 17 * MIB, {}],
      ['54', 1000 * MIB, { dailyPerHost: 17 * MIB }],
    ])('brings no more than the account may have: %s with %d bytes', async (status, traffic, plan) => {
      key = await user(traffic, plan)
      let sent = 0
      answer = ({ method }, response) => {
        response.writeHead(200)
        if (method === 'HEAD') return void response.end()
        const more = (): void => {
          if (response.destroyed) return
          sent += MIB
          response.write(BYTES, () => setImmediate(more))
        }
        more()
      }
      const { remote_status, error } = await settled((await linkOf()).linkId)
      expect([remote_status, String(error.status)]).toEqual(['error', status])
      expect(await left()).toBe(traffic)
      expect(sent).toBeLessThan(60 * MIB)
      await keepsNothing()
    })

    it('ends with 101 beyond the bound, and costs nothing', async () => {
      answer = chunks(MOST / MIB + 1)
      const { remote_status: status, error } = await settled((await linkOf()).linkId)
      expect([status, error.status]).toEqual(['error', 101])
      expect(await left()).toBe(1000 * MIB)
      await keepsNothing()
    })

    it('is not whole where its last chunk is missing', async () => {
      let whole = 0
      answer = (request, response) => {
        const isTransfer = request.method === 'GET' && request.headers.range === undefined
        chunks(9, { breaks: isTransfer && ++whole === 1 })(request, response)
      }
      const { remote_status: status, filesize } = await settled((await linkOf()).linkId)
      expect(whole).toBe(2)
      expect([status, filesize]).toEqual(['done', String(9 * MIB + 3)])
      expect(await left()).toBe(991 * MIB - 3)
    })

    it('has no price before it is whole', async () => {
      answer = chunks(1)
      const [result] = (await obb.call(key, 'POST', '/check', { urls: [url()] })).body.data.results
      expect(result).toMatchObject({ availability: 'online', filesize: null, cost: null })
      key = await user(0)
      expect((await unrestrict()).body.status).toBe(52)
    })
  })

  describe('whose file has changed at the host', () => {
    /** Serves `text` by ranges, with this ETag where there is one. */
    const file =
      (text: string, etag?: string | (() => string)) =>
      (request: IncomingMessage, response: ServerResponse): void => {
        const validator = typeof etag === 'function' ? etag() : etag
        const headers = { ...(validator !== undefined && { etag: validator }) }
        const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
        const part = start === undefined ? text : text.slice(Number(start), Number(end) + 1)
        response.writeHead(start === undefined ? 200 : 206, {
          ...headers,
          'content-length': part.length,
          ...(start !== undefined && {
            'content-range': `bytes ${start}-${Number(start) + part.length - 1}/${text.length}`,
          }),
        })
        response.end(request.method === 'HEAD' ? undefined : part)
      }
    const MINUTES = 6 * 60_000
    const got = async (by = key) => {
      const made = await linkOf(by)
      const done = await settled(made.linkId, by)
      return { ...done, reused: made.reusedExisting, text: String(await download(done.link)) }
    }

    it.each([
      ['another size', file('old', undefined), file('young', undefined)],
      ['another ETag', file('old', '"1"'), file('new', '"2"')],
      ['another weak ETag', file('old', 'W/"1"'), file('new', 'W/"2"')],
    ])('is a new one for who asks from then on: %s', async (_what, before, after) => {
      answer = before
      const old = await got()
      answer = after
      // Asked within minutes, the host is not.
      const calls = asked.length
      expect(await got()).toMatchObject({ linkId: old.linkId, reused: true })
      expect(asked.length).toBe(calls)
      await obb.pass(MINUTES)
      const [result] = (await obb.call(key, 'POST', '/check', { urls: [url()] })).body.data.results
      const young = await got()
      expect(result).toMatchObject({ reusable: false, filesize: young.filesize })
      expect(young).toMatchObject({ reused: false })
      expect([old.text, young.text === old.text, young.linkId === old.linkId]).toEqual(['old', false, false])
      expect(await left()).toBe(1000 * MIB - 3 - young.text.length)
      // Who has the old one keeps it, and others get the new one.
      expect(String(await download(old.link))).toBe('old')
      const other = await user(MIB)
      expect((await got(other)).text).toBe(young.text)
    })

    it.each([
      ['the same', file('same', '"1"')],
      ['another version each time', file('same', () => `"${Math.random()}"`)],
      ['no version', file('same')],
      [
        'a wrong size to HEAD',
        (request: IncomingMessage, response: ServerResponse) => {
          if (request.method === 'HEAD') response.writeHead(200, { 'content-length': 9 }).end()
          else file('same', '"1"')(request, response)
        },
      ],
    ])('is not where the host tells %s, and costs nothing', async (_what, before) => {
      answer = before
      const { linkId } = await got()
      for (let time = 0; time < 3; time++) {
        await obb.pass(MINUTES)
        const calls = asked.length
        expect(await got()).toMatchObject({ linkId, reused: true, text: 'same' })
        expect(asked.length).toBeGreaterThan(calls)
      }
      expect(await left()).toBe(1000 * MIB - 4)
    })

    it('is a new one at once for who ended the link to the old one, which is charged as such', async () => {
      answer = file('old', '"1"')
      const { linkId } = await got()
      const end = await obb.call(key, 'DELETE', `/link/${linkId}`)
      expect(end.body.data).toMatchObject({ linkId, remote_status: 'error', link: null })
      expect(await left()).toBe(1000 * MIB - 3)
      const calls = asked.length
      const same = await got()
      expect(asked.length).toBeGreaterThan(calls)
      expect(same).toMatchObject({ text: 'old', reused: false })
      expect(await left()).toBe(1000 * MIB - 6)
      answer = file('new', '"2"')
      await obb.call(key, 'DELETE', `/link/${same.linkId}`)
      expect(await got()).toMatchObject({ text: 'new', reused: false })
      expect(await left()).toBe(1000 * MIB - 9)
    })

    it.each([404, 500])('is served as it is stored where the host answers %d', async (status) => {
      answer = file('kept', '"1"')
      const { linkId } = await got()
      answer = (_request, response) => void response.writeHead(status).end()
      await obb.pass(MINUTES)
      expect(await got()).toMatchObject({ linkId, reused: true, text: 'kept' })
    })
  })
})
