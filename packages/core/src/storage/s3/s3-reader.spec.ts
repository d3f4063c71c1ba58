import { afterEach, describe, expect, it } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, rootCertificates } from 'node:tls'
import tls from 'node:tls'
import type { ObjectReader } from '../index.js'
import { S3Ranges } from './s3-reader.js'

const BODY = Buffer.from('0123456789')
const HEAD = 'HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\nContent-Range: bytes 0-9/10\r\n\r\n'

type Script = (socket: Socket, request: string, count: number) => void

let server: Server | undefined
let ranges: S3Ranges | undefined
let connections: number
let signatures: number
const sockets = new Set<Socket>()
afterEach(async () => {
  ranges?.close()
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server?.close()
  if (server !== undefined) await once(server, 'close')
})

/** A store that answers each request head as the script says; `count` is the number of the request. */
async function storeOf(script: Script, secure?: { key: Buffer; cert: Buffer }): Promise<S3Ranges> {
  connections = signatures = 0
  let count = 0
  const accept = (socket: Socket): void => {
    sockets.add(socket)
    connections += 1
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      for (let end; (end = text.indexOf('\r\n\r\n')) >= 0; text = text.slice(end + 4)) {
        count += 1
        script(socket, text.slice(0, end), count)
      }
    })
  }
  server = secure === undefined ? createServer(accept) : createTlsServer(secure, accept)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `${secure === undefined ? 'http' : 'https'}://localhost:${(server.address() as AddressInfo).port}`
  ranges = new S3Ranges({
    endpoint,
    stallMs: 2_000,
    sign: async (key) => {
      signatures += 1
      return `${endpoint}/files/${key}?X-Signature=secret`
    },
    goodForMs: 60_000,
  })
  return ranges
}

async function take(reader: ObjectReader): Promise<string> {
  let text = ''
  for (let bytes; (bytes = await reader.read()) !== undefined;) text += Buffer.from(bytes).toString('latin1')
  return text
}

async function ask(store: S3Ranges, start = 0, end = 10): Promise<string> {
  return take(await store.open('a', start, end))
}

describe('the answers of a store', () => {
  it('are understood wherever a packet ends', async () => {
    const answer = `HTTP/1.1 100 Continue\r\n\r\n${HEAD}0123456789`
    const store = await storeOf((socket, _request, count) => {
      socket.setNoDelay(true)
      socket.write(answer.slice(0, count))
      setImmediate(() => setTimeout(() => socket.write(answer.slice(count)), 1))
    })
    for (let cut = 1; cut < answer.length; cut += 1) expect(await ask(store)).toBe('0123456789')
    expect(connections).toBe(1)
  })

  it('of one small range are handed over in one piece, however they came', async () => {
    const store = await storeOf((socket, _request, count) => {
      socket.setNoDelay(true)
      const answer = `${HEAD}0123456789`
      const cut = HEAD.length + ((count - 1) % 10)
      socket.write(answer.slice(0, cut))
      setTimeout(() => socket.write(answer.slice(cut)), 2)
    })
    for (let time = 0; time < 20; time += 1) {
      const reader = await store.open('a', 0, 10)
      expect(Buffer.from((await reader.read())!).toString()).toBe('0123456789')
      expect(await reader.read()).toBeUndefined()
    }
    expect(connections).toBe(1)
  })

  it('of one small range stay as they are while they are lent, whatever comes next', async () => {
    const store = await storeOf((socket, request) => {
      const digit = /bytes=(\d)/.exec(request)?.[1] ?? ''
      const range = `${digit}-${Number(digit) + 9}`
      const head = `HTTP/1.1 206 x\r\nContent-Length: 10\r\nContent-Range: bytes ${range}/20\r\n\r\n`
      socket.write(head + digit.repeat(10))
    })
    for (const start of [1, 2, 3]) {
      const reader = await store.open('a', start, start + 10)
      const bytes = (await reader.read())!
      for (const socket of sockets) if (start === 3) socket.write('rubbish behind the last answer')
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(Buffer.from(bytes).toString()).toBe(String(start).repeat(10))
      await reader.read().catch(() => undefined)
    }
    expect(connections).toBe(1)
    expect(await ask(store, 4, 14)).toBe('4'.repeat(10))
    expect(connections).toBe(2)
  })

  it('are asked for by path, host and range, with a signature made once', async () => {
    const requests: string[] = []
    const store = await storeOf((socket, request) => {
      requests.push(request)
      socket.write(`${HEAD}0123456789`)
    })
    await ask(store)
    await ask(store)
    expect(requests[0]).toMatch(
      /^GET \/files\/a\?X-Signature=secret HTTP\/1\.1\r\nhost: localhost:\d+\r\nuser-agent: obb\r\nrange: bytes=0-9$/,
    )
    expect(requests[1]).toBe(requests[0])
  })

  it('are signed once for all who begin at the same time', async () => {
    const store = await storeOf((socket) => socket.write(`${HEAD}0123456789`))
    const all = await Promise.all(Array.from({ length: 50 }, () => ask(store)))
    expect(new Set(all)).toEqual(new Set(['0123456789']))
    expect(signatures).toBe(1)
  })

  it('that are the whole object are as good as a range of all of it', async () => {
    const store = await storeOf((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789'),
    )
    expect(await ask(store)).toBe('0123456789')
    await expect(ask(store, 0, 5)).rejects.toMatchObject({ kind: 'INVALID' })
    await expect(ask(store, 5, 10)).rejects.toMatchObject({ kind: 'INVALID' })
  })

  it.each([
    [
      'another range',
      'HTTP/1.1 206 x\r\nContent-Length: 10\r\nContent-Range: bytes 1-10/11\r\n\r\n0123456789',
    ],
    ['no range', 'HTTP/1.1 206 x\r\nContent-Length: 10\r\n\r\n0123456789'],
    ['another length', 'HTTP/1.1 206 x\r\nContent-Length: 9\r\nContent-Range: bytes 0-9/10\r\n\r\n012345678'],
  ])('with %s are refused', async (_name, answer) => {
    const store = await storeOf((socket) => socket.write(answer))
    await expect(ask(store)).rejects.toMatchObject({ kind: 'INVALID' })
  })

  it.each([
    ['in chunks', 'Transfer-Encoding: chunked', 'a\r\n0123456789\r\n0\r\n\r\n'],
    ['up to the end of the connection', 'Connection: close', '0123456789'],
  ])('whose body comes %s are read as well, and are as long as asked for', async (_name, field, body) => {
    const store = await storeOf((socket, request) => {
      const range = /bytes=(\S+)/.exec(request)?.[1]
      socket.end(`HTTP/1.1 206 x\r\nContent-Range: bytes ${range}/20\r\n${field}\r\n\r\n${body}`)
    })
    expect(await ask(store)).toBe('0123456789')
    await expect(ask(store, 0, 11)).rejects.toThrow('S3 GetObject: the body is shorter than announced')
    await expect(ask(store, 0, 9)).rejects.toThrow('S3 GetObject: the body is longer than announced')
  })

  it.each<[string, string]>([
    ['HTTP/1.1 404 x\r\nContent-Length: 27\r\n\r\n<Code>NoSuchKey</Code>     ', 'NO_SUCH_OBJECT'],
    [
      'HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n<Code>NoSuchKey</Code>\r\n0\r\n\r\n',
      'NO_SUCH_OBJECT',
    ],
    ['HTTP/1.1 416 x\r\nContent-Length: 26\r\n\r\n<Code>InvalidRange</Code> ', 'INVALID'],
    ['HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n', 'UNAVAILABLE'],
    ['HTTP/1.1 301 x\r\nContent-Length: 0\r\nLocation: http://127.0.0.1/\r\n\r\n', 'UNAVAILABLE'],
    ['HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n', 'UNAVAILABLE'],
    ['HTTP/1.1 206 x\r\nContent-Length: 10\r\nContent-Length: 11\r\n\r\n0123456789', 'UNAVAILABLE'],
    ['HTTP/1.1 206 x\r\nContent-Length: -1\r\n\r\n', 'UNAVAILABLE'],
    ['HTTP/1.1 206 x\r\nContent-Length : 10\r\n\r\n0123456789', 'UNAVAILABLE'],
    ['HTTP/1.1 206 x\r\nContent-Length: 10\r\n folded\r\n\r\n0123456789', 'UNAVAILABLE'],
    ['HTTP/1.1 206 x\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'INVALID'],
    ['ICY 200 OK\r\n\r\n', 'UNAVAILABLE'],
    [`HTTP/1.1 206 x\r\nX: ${'x'.repeat(20_000)}`, 'UNAVAILABLE'],
  ])('%j are %s', async (answer, kind) => {
    const store = await storeOf((socket) => socket.end(answer))
    await expect(ask(store)).rejects.toMatchObject({ kind, message: expect.not.stringContaining('secret') })
  })

  it('that are too short or too long are errors', async () => {
    const store = await storeOf((socket, _request, count) => {
      socket.write(`${HEAD}${count === 1 ? '01234' : '0123456789!'}`)
      if (count === 1) socket.end()
    })
    await expect(ask(store)).rejects.toThrow('S3 GetObject: the body is shorter than announced')
    await expect(ask(store)).rejects.toThrow('S3 GetObject: the body is longer than announced')
  })
})

describe('a kept connection', () => {
  it.each([
    ['that is closed meanwhile', (socket: Socket) => socket.end()],
    ['that is reset meanwhile', (socket: Socket) => socket.resetAndDestroy()],
    ['on which rubbish comes', (socket: Socket) => socket.write('rubbish')],
    ['that is closed instead of an answer', () => undefined],
  ])('%s is replaced', async (name, spoil) => {
    const store = await storeOf((socket, _request, count) => {
      if (count === 2 && name.endsWith('answer')) socket.destroy()
      else socket.write(`${HEAD}0123456789`)
    })
    expect(await ask(store)).toBe('0123456789')
    for (const socket of sockets) spoil(socket)
    // Time for the news to arrive; without it the case is the one of the last line, which is right too.
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await ask(store)).toBe('0123456789')
    expect(connections).toBe(2)
  })

  it.each(['HTTP/1.0', 'HTTP/1.1'])('is not kept where the store says so in %s', async (version) => {
    const field = version === 'HTTP/1.1' ? 'Connection: close\r\n' : ''
    const store = await storeOf((socket) => {
      socket.write(`${version} 206 x\r\n${field}Content-Length: 10\r\nContent-Range: bytes 0-9/10\r\n\r\n`)
      socket.end(BODY)
    })
    expect(await ask(store)).toBe('0123456789')
    expect(await ask(store)).toBe('0123456789')
    expect(connections).toBe(2)
  })
})

describe('a store behind TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'obb-tls-'))
  const [keyFile, certFile] = [join(directory, 'key'), join(directory, 'cert')]
  const has = (() => {
    try {
      const wanted = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2']
      const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      execFileSync('openssl', [...made, '-keyout', keyFile, '-out', certFile, ...wanted], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })()
  const defaults = tls.createSecureContext
  afterEach(() => {
    tls.createSecureContext = defaults
    if (has) rmSync(directory, { recursive: true, force: true })
  })

  const itWithOpenssl = has ? it : it.skip
  itWithOpenssl('is read byte for byte, with the reader now slow, now fast', async () => {
    const [key, cert] = [readFileSync(keyFile), readFileSync(certFile)]
    tls.createSecureContext = (options) => defaults({ ...options, ca: [...rootCertificates, cert] })
    const content = Buffer.alloc(9_000_001)
    for (let at = 0; at + 4 < content.length; at += 4) content.writeUInt32LE(at, at)
    const size = content.length
    const store = await storeOf(
      (socket) => {
        socket.write(
          `HTTP/1.1 206 x\r\nContent-Length: ${size}\r\nContent-Range: bytes 0-${size - 1}/${size}\r\n\r\n`,
        )
        socket.write(content)
      },
      { key, cert },
    )
    for (const pause of [0, 40]) {
      const reader = await store.open('a', 0, size)
      const copies: Buffer[] = []
      for (let bytes; (bytes = await reader.read()) !== undefined;) {
        if (copies.length % 10 === 0 && pause > 0) await new Promise((resolve) => setTimeout(resolve, pause))
        copies.push(Buffer.from(bytes))
        bytes.fill(0xee)
      }
      expect(Buffer.concat(copies).equals(content)).toBe(true)
      expect(copies.length).toBeLessThan(300) // records are gathered
    }
    expect(connections).toBe(1)
  })
})
