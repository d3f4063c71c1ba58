import { type Server, type Socket, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Bench, startBench } from '../../conformance/bench.js'
import { type HttpKnobs, fake } from './fake.js'
import { adapter } from './index.js'

/*
 * Servers whose every byte is chosen: what public bug reports of download programs say that servers answer, and what
 * a browser makes of it.
 */

const SIZE = 300_000
const OK = `HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\nETag: "a"\r\n`
const PART = `HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\nETag: "a"\r\nContent-Range: bytes 0-0/${SIZE}\r\n`
const refuse = (status: number): string => `HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`

interface Asked {
  method: string
  path: string
  range: string | undefined
  cookie: string | undefined
}

let bench: Bench<HttpKnobs>
let server: Server
let asked: Asked[]
/** The head and the body of an answer; undefined is silence. */
let answer: (request: Asked) => string | undefined

function talk(socket: Socket): void {
  socket
    .on('error', () => undefined)
    .on('data', (bytes) => {
      const text = bytes.toString('latin1')
      const [, method = '', path = ''] = /^(\S+) (\S+)/.exec(text) ?? []
      const field = (name: string) => new RegExp(`\\r\\n${name}: ([^\\r]*)`).exec(text)?.[1]
      const request = { method, path, range: field('range'), cookie: field('cookie') }
      asked.push(request)
      const said = answer(request)
      if (said !== undefined) socket.end(said, 'latin1')
    })
}

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  asked = []
  server = createServer(talk)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.close()
  await bench.close()
})

const link = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const check = async (path = '/a.bin') => (await adapter.check(bench.context(), [bench.ref(link(path))]))[0]
const resolve = (path = '/a.bin') => adapter.resolve(bench.context(), bench.ref(link(path)))
const available = { state: 'available', size: SIZE }

describe('what HEAD says', () => {
  const get = `${PART}\r\nx`

  it.each([400, 401, 403, 404, 405, 410, 429, 500, 501, 503])('is not believed: %d', async (status) => {
    answer = ({ method }) => (method === 'HEAD' ? refuse(status) : get)
    expect(await check()).toMatchObject(available)
  })

  it.each([
    ['a length of 0', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['a web page', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: text/html\r\n\r\n'],
    ['a coding', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Encoding: gzip\r\n\r\n'],
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['a redirect without end', 'HTTP/1.1 302 Found\r\nLocation: /a.bin\r\nContent-Length: 0\r\n\r\n'],
    ['an end without an answer', ''],
    ['silence', undefined],
  ])('does not count: %s', async (_what, head) => {
    answer = ({ method }) => (method === 'HEAD' ? head : get)
    expect(await check()).toMatchObject(available)
  })
})

describe('a server that is misunderstood', () => {
  const ok = 'HTTP/1.1 200 OK\r\n'

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['HTTP/0.9', 'the bytes of the file'],
    ['HTTP/2 in the clear', 'HTTP/2 200\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['two lengths', `${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`],
    ['a negative length', `${ok}Content-Length: -5\r\n\r\n`],
    ['another framing', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    ['a header without a name', `${ok}: x\r\n\r\n`],
    ['NUL in a header', `${ok}ETag: "\0"\r\n\r\n`],
    ['a head without end', `${ok}${'X: y\r\n'.repeat(10_000)}`],
    ['a switch that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a redirect to nowhere', 'HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n'],
  ])('is not taken for one that is away: %s', async (_what, said) => {
    answer = () => said
    await expect(check()).rejects.toMatchObject({ kind: 'UNEXPECTED' })
    await expect(resolve()).rejects.toMatchObject({ kind: 'UNEXPECTED' })
  })

  it('is not taken for one that is away: no TLS', async () => {
    answer = () => refuse(400)
    const ref = bench.ref(link('/a.bin').replace('http:', 'https:'))
    await expect(adapter.check(bench.context(), [ref])).rejects.toMatchObject({ kind: 'UNEXPECTED' })
  })
})

describe('a file whose server', () => {
  it.each([
    ['writes Content-Range with =', PART.replace('bytes 0', 'bytes=0')],
    ['leaves Content-Range out', PART.replace(/Content-Range.*\r\n/, '')],
    ['sends another offset', PART.replace('bytes 0-0', 'bytes 5-5')],
    ['does not tell the total', PART.replace(`/${SIZE}`, '/*')],
    ...[400, 403, 405, 406, 412, 416, 417, 422, 428, 500, 501].map((status) => [
      `refuses ranges by ${status}`,
      refuse(status).slice(0, -2),
    ]),
  ])('%s is asked for as a whole', async (_what, ranged) => {
    answer = ({ method, range }) =>
      method === 'HEAD' ? refuse(404) : range ? `${ranged}\r\nx` : `${OK}\r\nx`
    expect(await check()).toMatchObject({ ...available, resumable: false })
    expect(await resolve()).toMatchObject({ size: SIZE, resumable: false })
  })

  it.each([
    ['chunked', 'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n'],
    ['until its connection ends', 'Connection: close\r\n\r\nx'],
  ])('sends it %s is there, of unknown size', async (_what, rest) => {
    answer = () => `HTTP/1.1 200 OK\r\nETag: "a"\r\n${rest}`
    const info = await check()
    expect(info).toMatchObject({ state: 'available', validator: '"a"' })
    expect(info).not.toHaveProperty('size')
    const source = await resolve()
    expect(source).toMatchObject({ kind: 'url', resumable: false, maxChunks: 1 })
    expect(source.size).toBeUndefined()
  })

  it('refuses the whole file as well is said to refuse it', async () => {
    answer = ({ range }) => refuse(range ? 400 : 403)
    await expect(check()).rejects.toMatchObject({ kind: 'FILE_RESTRICTED' })
    answer = ({ range }) => refuse(range ? 500 : 404)
    expect(await check()).toMatchObject({ state: 'gone' })
  })

  it.each(['gzip', 'x-gzip', 'br', 'aws-chunked', 'utf-8', 'gzip, aws-chunked'])(
    'says %s of a range has the bytes as they come',
    async (coding) => {
      answer = () => `${PART}Content-Encoding: ${coding}\r\n\r\nx`
      expect(await resolve()).toMatchObject({ size: SIZE, resumable: true })
    },
  )

  it('knows no ranges and says a coding is taken where the coding is the file’s own', async () => {
    answer = () => `${OK}Content-Encoding: x-gzip\r\n\r\nx`
    expect(await resolve('/a.tar.gz')).toMatchObject({ size: SIZE })
    await expect(resolve('/a.bin')).rejects.toMatchObject({ kind: 'UNEXPECTED' })
    answer = () => `${OK}Content-Encoding: aws-chunked\r\n\r\nx`
    expect(await check('/a.bin')).toMatchObject(available)
  })

  it.each([
    ['Rar!\x1a\x07\x00', true],
    ['PK\x03\x04', true],
    ['<!DOCTYPE html><title>x</title>', false],
    ['\r\n\t<p>Not here', false],
    ['too many connections', false],
  ])('calls it a page is judged by its bytes: %j', async (bytes, isFile) => {
    const page = 'Content-Type: text/html\r\n'
    answer = ({ method, range }) =>
      range
        ? `${PART}${page}\r\n${bytes[0]}`
        : `${OK}${page}\r\n${method === 'HEAD' ? '' : bytes.padEnd(600)}`
    if (isFile) {
      expect(await check()).toMatchObject(available)
      expect(await resolve()).toMatchObject({ size: SIZE, isPage: true, resumable: true })
    } else await expect(check()).rejects.toMatchObject({ kind: 'BAD_URL' })
  })

  it('sends it elsewhere once a cookie is set is followed', async () => {
    answer = ({ cookie }) =>
      cookie === 'pass=1'
        ? `${PART}\r\nx`
        : 'HTTP/1.1 302 Found\r\nLocation: /a.bin\r\nSet-Cookie: pass=1\r\nContent-Length: 0\r\n\r\n'
    expect(await resolve()).toMatchObject({ size: SIZE })
  })

  it('leads to raw UTF-8 is followed', async () => {
    const target = Buffer.from('/café-файл.bin').toString('latin1')
    answer = ({ path }) =>
      path === '/go'
        ? `HTTP/1.1 302 Found\r\nLocation: ${target}\r\nContent-Length: 0\r\n\r\n`
        : `${PART}\r\nx`
    expect(await check('/go')).toMatchObject({ ...available, nameHint: 'café-файл.bin' })
    expect(asked.map(({ path }) => path)).toContain('/caf%C3%A9-%D1%84%D0%B0%D0%B9%D0%BB.bin')
  })

  it.each([
    ['a weak ETag', 'ETag: W/"abc"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n', 'W/"abc"'],
    ['no date', 'Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n', 'Thu, 01 Jan 2026 00:00:00 GMT'],
  ])('tells %s is resumed while it repeats that', async (_what, fields, weakValidator) => {
    answer = () => `${PART.replace('ETag: "a"\r\n', fields)}\r\nx`
    expect(await resolve()).toMatchObject({ resumable: true, weakValidator })
  })
})
