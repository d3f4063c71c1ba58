import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp } from 'node:net'
import type { Server, Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createHostHttp } from './create-host-http.js'
import type { HostHttpOptions, OwnedHostHttp } from './create-host-http.js'
import { cert, key } from './fake/certificate.js'
import { listening } from './fake/listening.js'
import { startHttpProxy, startSocksProxy } from './fake/proxy.js'
import type { BodyReader } from './host-http.js'
import { networkCode } from './network-fault.js'

const MIB = 1024 * 1024
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function client(options: HostHttpOptions = {}): OwnedHostHttp {
  const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'], ...options })
  cleanups.push(() => http.close())
  return http
}

async function listen(server: Server): Promise<number> {
  const { close, port } = await listening(server)
  cleanups.push(close)
  return port
}

const serve = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(answer))}`

/** A host that answers every connection with these very bytes, in these slices. */
async function verbatim(bytes: Buffer, slices: readonly number[] = [], end = true): Promise<string> {
  const answer = async (socket: Socket): Promise<void> => {
    let at = 0
    for (const slice of slices) {
      socket.write(bytes.subarray(at, (at += slice)))
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.write(bytes.subarray(at))
    if (end) socket.end()
  }
  const server = createTcp((socket) => {
    socket.setNoDelay(true).on('error', () => undefined)
    socket.once('data', () => void answer(socket))
  })
  return `http://127.0.0.1:${await listen(server)}`
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error('expected a failure'),
    (reason: unknown) => reason,
  )
  return error as Error
}

/** Reads to the end; each chunk is looked at and then given up, as its contract says. */
async function read(body: BodyReader, each: () => unknown = () => undefined): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let chunk = await body.next(); chunk; chunk = await body.next()) {
    await each()
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const head = (length: number): Buffer =>
  Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nX-A: b\r\n\r\n`)

describe('a streamed body', () => {
  const content = randomBytes(24 * MIB + 17)

  describe.each([
    ['plain', false],
    ['by TLS', true],
  ])('%s', (_how, tls) => {
    const host = async (bytes: Buffer): Promise<{ http: OwnedHostHttp; url: string }> => {
      const answer: RequestListener = (_request, response) => response.end(bytes)
      const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
      const port = await listen(tls ? createHttps({ key, cert }, answer) : createServer(answer))
      const url = tls ? `https://self.test:${port}/` : `http://127.0.0.1:${port}/`
      return { http: client({ resolver, ca: [cert] }), url }
    }
    let turn = 0
    const nowAndThen = () => (++turn % 7 === 0 ? new Promise((resolve) => setTimeout(resolve, 5)) : undefined)

    it('comes whole and in order, however slowly it is read', async () => {
      const { http, url } = await host(content)
      for (const pace of [() => undefined, nowAndThen]) {
        const { body, status } = await http.stream({ url })
        expect(status).toBe(200)
        expect(digest(await read(body, pace))).toBe(digest(content))
      }
    })

    it('comes whole and in order over each of many connections, whose buffers are small', async () => {
      const part = content.subarray(0, MIB + 17)
      const { http, url } = await host(part)
      const bodies = await Promise.all(Array.from({ length: 40 }, () => http.stream({ url })))
      const come = await Promise.all(bodies.map(({ body }) => read(body, nowAndThen)))
      expect(new Set(come.map(digest))).toEqual(new Set([digest(part)]))
    })
  })

  it.each([
    ['http', startHttpProxy.bind(undefined, false)],
    ['socks5', startSocksProxy],
  ] as const)('comes through a proxy by %s', async (scheme, start) => {
    const port = await listen(createServer((_request, response) => response.end(content)))
    const proxy = await start({ upstream: () => port })
    cleanups.push(() => proxy.close())
    const http = client().through(`${scheme}://127.0.0.1:${proxy.port}`)
    for (let trip = 0; trip < 2; trip++) {
      const { body } = await http.stream({ url: `http://127.0.0.1:${port}/` })
      expect(digest(await read(body))).toBe(digest(content))
    }
    expect(proxy.connections()).toBe(1)
  })

  it('keeps its connection for the next one, and only then', async () => {
    const ports: (number | undefined)[] = []
    const origin = await serve((request, response) => {
      ports.push(request.socket.remotePort)
      if (request.url === '/close') response.setHeader('connection', 'close')
      response.end(content.subarray(0, MIB))
    })
    const http = client()
    for (const path of ['/a', '/b', '/close', '/c'])
      await read((await http.stream({ url: origin + path })).body)
    expect([ports[0] === ports[1], ports[1] === ports[2], ports[2] === ports[3]]).toEqual([true, true, false])
    const { body } = await http.stream({ url: origin })
    await body.next()
    body.close()
    await read((await http.stream({ url: origin })).body)
    expect(ports.at(-1)).not.toBe(ports.at(-2))
  })

  it('comes over a new connection when the kept one was closed just then', async () => {
    let connections = 0
    const server = createTcp((socket) => {
      connections++
      let asked = 0
      socket.on('data', () => {
        if (++asked === 1) socket.write(Buffer.concat([head(2), Buffer.from('ok')]))
        else socket.destroy()
      })
    })
    const url = `http://127.0.0.1:${await listen(server)}/`
    const http = client()
    for (let trip = 0; trip < 2; trip++)
      expect(String(await read((await http.stream({ url })).body))).toBe('ok')
    expect(connections).toBe(2)
  })

  it('holds the host up while nobody reads', async () => {
    let written = 0
    const origin = await serve((request, response) => {
      if (request.url === '/ping') return void response.end()
      response.writeHead(200, { 'content-length': String(2 ** 30) })
      const block = Buffer.alloc(MIB)
      const more = (): void => {
        while (written < 2 ** 30 && !response.destroyed) {
          written += MIB
          if (!response.write(block)) return void response.once('drain', more)
        }
      }
      more()
    })
    const http = client()
    const { body } = await http.stream({ url: origin })
    for (let trip = 0; trip < 100; trip++) await http.request({ url: `${origin}/ping` })
    expect(written).toBeLessThan(64 * MIB)
    body.close()
  })

  it('is TRUNCATED when the connection is lost inside it, after all that came', async () => {
    const framings: [string, Buffer][] = [
      ['length', Buffer.concat([head(10), Buffer.from('12345')])],
      ['chunked', Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n')],
    ]
    for (const [name, bytes] of framings) {
      const { body } = await client().stream({ url: await verbatim(bytes) })
      expect(String(await body.next())).toBe('12345')
      expect([name, await failure(body.next())]).toMatchObject([name, { kind: 'TRUNCATED' }])
    }
  })

  it.each([
    ['LF alone', 'HTTP/1.1 200 OK\nContent-Length: 5\nX: y\n\nhello'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX: y\r\n z\r\nContent-Length: 5\r\n\r\nhello'],
    ['two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'],
    ['a list of equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello'],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ],
  ])('comes by both readers, and over a connection of its own, with %s', async (_what, text) => {
    let connections = 0
    const server = createTcp((socket) => {
      connections++
      socket.on('error', () => undefined).on('data', () => socket.write(text))
    })
    const url = `http://127.0.0.1:${await listen(server)}/`
    const http = client()
    expect((await http.request({ url })).text).toBe('hello')
    expect((await read((await http.stream({ url })).body)).toString()).toBe('hello')
    expect(connections).toBe(2)
  })

  it('bounds the silence before and inside, not the time that its reader takes', async () => {
    const url = await verbatim(Buffer.concat([head(200_000), Buffer.alloc(100_000)]), [], false)
    const silent = await listen(createTcp((socket) => socket.resume()))
    const late = await failure(client().stream({ url: `http://127.0.0.1:${silent}/`, timeoutMs: 60 }))
    expect([late, networkCode(late)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'UND_ERR_HEADERS_TIMEOUT'])
    const { body } = await client().stream({ url, timeoutMs: 250 })
    for (let got = 0; got < 100_000;) {
      got += (await body.next())?.length ?? NaN
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    const error = await failure(body.next())
    expect([error, networkCode(error)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'UND_ERR_BODY_TIMEOUT'])
  })

  it('ends with an abort at once, by its reason, and so does its connection', async () => {
    const gone = new Promise((resolve) => {
      const server = createTcp((socket) => {
        socket.on('error', () => undefined).on('close', resolve)
        socket.once('data', () => socket.write(head(10)))
      })
      void listen(server).then(async (port) => {
        const abort = new AbortController()
        const { body } = await client().stream({ url: `http://127.0.0.1:${port}/`, signal: abort.signal })
        const reading = failure(body.next())
        const reason = new Error('stopped')
        abort.abort(reason)
        expect(await reading).toBe(reason)
      })
    })
    await gone
    const reason = new Error('before')
    const early = client().stream({ url: 'http://127.0.0.1:1/', signal: AbortSignal.abort(reason) })
    expect(await failure(early)).toBe(reason)
  })

  it('goes nowhere the guard keeps closed, on no hop', async () => {
    const origin = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
    )
    for (const url of [origin, 'http://10.0.0.1/', 'http://127.0.0.1.nip:1/']) {
      const asked = client({ resolver: () => Promise.resolve([{ address: '10.0.0.1', family: 4 }]) })
      expect([url, await failure(asked.stream({ url, userUrl: true }))]).toMatchObject([
        url,
        { kind: 'BAD_URL' },
      ])
    }
  })

  it('refuses to send a header that would be two', async () => {
    const sent = client().stream({ url: 'http://127.0.0.1:1/', headers: { a: 'b\r\nc: secret' } })
    const error = await failure(sent)
    expect(error).toMatchObject({ kind: 'UNEXPECTED' })
    expect(error.message).not.toContain('secret')
  })

  it('is the same in whatever slices the answer comes, and however it is framed', async () => {
    const framed = fc.record({
      body: fc.uint8Array({ maxLength: 3_000 }),
      framing: fc.constantFrom('length', 'chunked', 'close'),
      cuts: fc.array(fc.nat(400), { maxLength: 12 }),
      chunk: fc.integer({ min: 1, max: 900 }),
    })
    await fc.assert(
      fc.asyncProperty(framed, async ({ body, framing, cuts, chunk }) => {
        const bytes = Buffer.from(body)
        const parts: Buffer[] = [Buffer.from('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n')]
        if (framing === 'length') parts.push(head(bytes.length), bytes)
        else if (framing === 'close') parts.push(Buffer.from('HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n'), bytes)
        else {
          parts.push(Buffer.from('HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n'))
          for (let at = 0; at < bytes.length; at += chunk) {
            const piece = bytes.subarray(at, at + chunk)
            parts.push(Buffer.from(`${piece.length.toString(16)};x=y\r\n`), piece, Buffer.from('\r\n'))
          }
          parts.push(Buffer.from('0\r\nTrailer: z\r\n\r\n'))
        }
        const answer = await client().stream({ url: await verbatim(Buffer.concat(parts), cuts) })
        expect(answer).toMatchObject({ status: 200, headers: { 'x-a': 'b' } })
        expect(digest(await read(answer.body))).toBe(digest(bytes))
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['HTTP/2 200 OK\r\n\r\n', 'HPE_INVALID_STATUS'],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'HPE_INVALID_STATUS'],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'HPE_INVALID_STATUS'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\n', 'HPE_INVALID_HEADER_TOKEN'],
    ['HTTP/1.1 200 OK\r\nNo colon\r\n\r\n', 'HPE_INVALID_HEADER_TOKEN'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'HPE_INVALID_CONTENT_LENGTH'],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n', 'HPE_INVALID_CONTENT_LENGTH'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'HPE_INVALID_TRANSFER_ENCODING'],
    [`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`, 'UND_ERR_HEADERS_OVERFLOW'],
  ])('%# is refused where its head is not HTTP', async (text, code) => {
    const error = await failure(client().stream({ url: await verbatim(Buffer.from(text)) }))
    expect([error, networkCode(error)]).toMatchObject([{ kind: 'UNEXPECTED' }, code])
  })

  it.each(['xyz\r\n', '-1\r\n', '5\nabcde\r\n', '5\r\nabcdeX\r\n0\r\n\r\n', `${'0'.repeat(20_000)}`])(
    '%# is TRUNCATED where its chunks are none',
    async (text) => {
      const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`
      const { body } = await client().stream({ url: await verbatim(Buffer.from(chunked)) })
      expect(await failure(read(body))).toMatchObject({ kind: 'TRUNCATED' })
    },
  )
})
