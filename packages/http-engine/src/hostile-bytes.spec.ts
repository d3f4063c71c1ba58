import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { BufferPool } from './buffers.js'
import { ChunkedDecoder } from './chunked.js'
import { exchange } from './exchange.js'
import { NetworkFault } from './fault.js'
import { parseHead } from './head.js'
import { OVERSHOOT } from './landing.js'
import { ConnectionPool } from './pool.js'

/*
 * What a server sends is read as Node's own parser (llhttp) reads it, or refused: two readings of the same bytes are
 * how requests and answers are smuggled. Both sides get the same bytes over a connection that is none, so that nothing
 * depends on the network.
 */

interface Read {
  status: number
  headers: Record<string, string>
  /** Latin-1. */
  body: string
  /** Bytes behind the answer. */
  surplus?: number
  /** One of the listed laxities of `head.ts`. */
  isLax?: boolean
}

/** Bytes of the largest head that is taken. */
const MOST_HEAD = 32 * 1024

/** The answer to whatever is asked, in these slices, and the end. */
class Scripted extends Duplex {
  private asked = false

  constructor(private readonly slices: readonly Buffer[]) {
    super()
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    done()
    if (this.asked) return
    this.asked = true
    for (const slice of this.slices) if (slice.length > 0) this.push(slice)
    this.push(null)
  }

  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  setTimeout(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}

/** More does not come from a socket at once. */
const MOST = 60_000

function sliced(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((cut) => cut % (bytes.length + 1))
  for (let at = MOST; at < bytes.length; at += MOST) places.push(at)
  const ends = [...places, bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

/** Undefined: refused. */
async function ours(method: string, slices: readonly Buffer[]): Promise<Read | undefined> {
  const buffers = { large: new BufferPool(100_000), gathering: new BufferPool(OVERSHOOT + 40_000) }
  const pool = new ConnectionPool({ idleMs: 1_000, buffers })
  const dial = async (): Promise<Socket> => new Scripted(slices) as unknown as Socket
  try {
    const head = `${method} / HTTP/1.1\r\nhost: a\r\n\r\n`
    const answer = await exchange(pool, { key: '', tls: false, dial }, { method, head })
    const { status, headers, body, isLax, keepAlive } = answer
    let text = ''
    for (let bytes; (bytes = await body.read()) !== undefined;) text += bytes.toString('latin1')
    expect(isLax && keepAlive).toBe(false)
    return { status, headers: { ...headers }, body: text, surplus: body.surplus, isLax }
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkFault)
    return undefined
  } finally {
    pool.close()
  }
}

/** Undefined: refused. */
function nodes(method: string, bytes: Buffer): Promise<Read | undefined> {
  return new Promise((resolve) => {
    const socket = new Scripted([bytes])
    const asked = { method, createConnection: () => socket, headers: { host: 'a' }, maxHeaderSize: MOST_HEAD }
    const request = httpRequest(asked)
    const refuse = (): void => {
      resolve(undefined)
      request.destroy()
    }
    request.on('error', refuse).on('upgrade', refuse).end()
    request.on('response', (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
      response.on('error', refuse).on('aborted', refuse)
      response.on('end', () => {
        if (!response.complete) return refuse()
        resolve({ status: response.statusCode ?? 0, headers: joined(response.rawHeaders), body })
        request.destroy()
      })
    })
  })
}

function joined(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at]!.toLowerCase(), raw[at + 1]!]
    const before = headers[name]
    headers[name] = before === undefined || before === value ? value : `${before}, ${value}`
  }
  return headers
}

/**
 * True if it was read at all. `cuts` change nothing. What is taken by one of the laxities, Node may refuse; where it
 * does not, it reads the same.
 */
async function readAlike(method: string, text: string, cuts: readonly number[]): Promise<boolean> {
  const bytes = Buffer.from(text, 'latin1')
  const read = await ours(method, sliced(bytes, []))
  const { surplus = 0, isLax, ...answer } = read ?? {}
  const again = await ours(method, sliced(bytes, cuts))
  expect(again && { ...again, surplus }).toEqual(read)
  if (read === undefined) return false
  const theirs = await nodes(method, bytes.subarray(0, bytes.length - surplus))
  if (!isLax || theirs !== undefined) expect(theirs).toEqual(answer)
  return true
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const long = (head: string, size: number): string => `${head}${'x'.repeat(size)}`

describe('an answer is read as Node reads it', () => {
  it.each([
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more',
    'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.0 404 Not Found\r\nX-A:  b \t\r\nx-a: c\r\n\r\nto the end',
    'HTTP/1.1 206 \xe9\r\nContent-Range: bytes 0-4/9\r\nContent-Length: 005\r\n\r\nhello',
    'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nEmpty:\r\nContent-Length: 2\r\n\r\nok',
    `${CHUNKED}5\r\nhello\r\n00A;a=b;c="d e"\r\n0123456789\r\n0\r\nX-Trailer: z\r\n\r\n`,
    `${CHUNKED}0\r\n\r\nmore`,
    long('HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n', 200_000),
    long('HTTP/1.1 200 OK\r\n\r\n', 200_000),
    `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\nContent-Length: 2\r\n\r\nok`,
  ])('%#', async (text) => {
    expect(await readAlike('GET', text, [3, 17, 25, 60, 61, 62, 90])).toBe(true)
  })

  it('to HEAD, which has no body', async () => {
    expect(await readAlike('HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', [9])).toBe(true)
    expect(await readAlike('HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', [9])).toBe(true)
  })
})

describe('taken, though RFC 9112 has it otherwise, and never with a connection that is used again, is', () => {
  it.each([
    ['LF alone', 'HTTP/1.1 200 OK\nContent-Length: 5\nX: y\n\nhello', { x: 'y' }],
    ['LF, with a blank line of CRLF', 'HTTP/1.1 200 OK\nX: y\r\nContent-Length: 5\n\r\nhello', { x: 'y' }],
    ['LF until close', 'HTTP/1.0 200 OK\n\nhello', {}],
    [
      'a field in two lines',
      'HTTP/1.1 200 OK\r\nX: y\r\n \t z\r\nContent-Length: 5\r\n\r\nhello',
      { x: 'y z' },
    ],
    ['a length said twice', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello', {}],
    ['a length said twice in a line', 'HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello', {}],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      {},
    ],
  ])('%s', async (_what, text, headers) => {
    expect(await readAlike('GET', text, [3, 15, 16, 17, 40, 41, 42])).toBe(true)
    const read = await ours('GET', sliced(Buffer.from(`${text}HTTP/1.1 200 OK\r\n\r\n`, 'latin1'), []))
    expect(read).toMatchObject({ headers, isLax: true })
    expect(read?.body.startsWith('hello')).toBe(true)
  })
})

describe('refused is', () => {
  it.each([
    'HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n',
    'HTTP/1.1 200 OK\r\n folded\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n 5\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n , x\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello!',
    'HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n\r\nhello',
    'HTTP/1.1 200 OK\nContent-Length: 5\nContent-Length: 05\n\nhello',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\nhello',
    '',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/2 200 OK\r\n\r\n',
    'HTTP/1.1 99 OK\r\n\r\n',
    'HTTP/1.1 101 Switching\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA : b\r\n\r\n',
    'HTTP/1.1 200 OK\r\n: b\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n',
    'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell',
    `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
    'HTTP/1.0 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    'HTTP/1.1 103 Early\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    `${'HTTP/1.1 103 Early\r\n\r\n'.repeat(10_000)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
    ...[
      'g\r\n',
      '-1\r\n',
      '0x5\r\nhello\r\n',
      '5 \r\nhello\r\n',
      '5\nhello\n',
      '5\r\nhelloX\r\n',
      '5\r\nhell',
    ].map((chunk) => `${CHUNKED}${chunk}0\r\n\r\n`),
    `${CHUNKED}fffffffffffffffff\r\n`,
    `${CHUNKED}5;${'e'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
    `${CHUNKED}5\r\nhello\r\n`,
    `${CHUNKED}0\r\nno trailer\r\n\r\n`,
    `${CHUNKED}0\r\n${'a: b\r\n'.repeat(10_000)}\r\n`,
  ])('%#', async (text) => {
    expect(await readAlike('GET', text, [1, 16, 40, 45, 46])).toBe(false)
  })
})

const octet = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const octets = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(octet, { maxLength }).map((list) => list.join(''))
const lineEnd = fc.oneof(
  { weight: 60, arbitrary: fc.constant('\r\n') },
  fc.constantFrom('\n', '\r', '\r\r\n', ''),
)
const blank = fc.constantFrom('', ' ', '\t', ' \t ', '\x0b', '\xa0')
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Content-Length', 'Transfer-Encoding', 'content-length') },
  fc.constantFrom('X-A', 'Connection', 'Set-Cookie', 'Location', 'Trailer', 'Upgrade', 'x', ''),
  octets(4),
)
const value = fc.oneof(
  fc.constantFrom('0', '5', '05', '5, 5', '+5', '0x5', '5 5', '18446744073709551621', '1e1'),
  fc.constantFrom(
    'chunked',
    'Chunked',
    'chunked, chunked',
    'gzip, chunked',
    'identity',
    'close',
    'keep-alive',
  ),
  octets(8),
)
const field = fc.tuple(name, blank, fc.constantFrom(':', ':', ':', ''), blank, value, blank, lineEnd)
const statusLine = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.1 206', 'HTTP/1.0 404 x', 'HTTP/1.1 200 '),
  },
  fc.constantFrom('HTTP/1.1 204 x', 'HTTP/1.1 304 x', 'HTTP/1.1 100 x', 'HTTP/1.1 101 x', 'HTTP/1.1 199 x'),
  fc.constantFrom(
    'HTTP/1.2 200 OK',
    'HTTP/2.0 200 OK',
    'HTTP/1.1  200 OK',
    'http/1.1 200 OK',
    'HTTP/1.1 999 x',
  ),
  octets(12),
)
const chunk = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('5\r\nhello\r\n', '1;a=b\r\nx\r\n', '0\r\n\r\n', '0\r\nA: b\r\n\r\n'),
  },
  fc.constantFrom(
    '5 \r\nhello\r\n',
    '5\nhello\n',
    '5;\r\nhello\r\n',
    '5; a\r\nhello\r\n',
    '5;a="\x7f"\r\nhello\r\n',
  ),
  fc.constantFrom(
    '0\r\nContent-Length: 1\r\n\r\n',
    '0\r\nTransfer-Encoding: chunked\r\n\r\n',
    'hello',
    '\r\n',
  ),
  octets(6),
)
const heads = fc
  .tuple(statusLine, lineEnd, fc.array(field, { maxLength: 4 }), lineEnd)
  .map(([line, end, fields, last]) => line + end + fields.flat().join('') + last)
const messages = fc
  .tuple(fc.array(heads, { minLength: 1, maxLength: 2 }), fc.array(chunk, { maxLength: 4 }))
  .map(([all, chunks]) => all.join('') + chunks.join(''))
/** A good message with a few bytes changed, put in or left out. */
const spoilt = fc
  .tuple(
    fc.constantFrom(
      'HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello',
      `${CHUNKED}5\r\nhello\r\n3;a=b\r\nabc\r\n0\r\nX-T: z\r\n\r\n`,
      'HTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.0 200 OK\r\nConnection: keep-alive\r\nX: y\r\n\r\nhello',
    ),
    fc.array(fc.tuple(fc.nat(200), fc.nat(2), fc.oneof(octet, fc.constantFrom('\r\n', ':', ' ', '0', ';'))), {
      maxLength: 3,
    }),
  )
  .map(([text, changes]) =>
    changes.reduce<string>((before, [place, left, put]) => {
      const at = place % before.length
      return before.slice(0, at) + put + before.slice(at + left)
    }, text),
  )

describe('whatever a server sends', () => {
  const cuts = fc.array(fc.nat(300), { maxLength: 4 })
  const method = fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST')

  it.each([
    ['put together', messages],
    ['spoilt', spoilt],
  ])('is read as Node reads it, or refused: %s', async (_how, texts) => {
    let read = 0
    await fc.assert(
      fc.asyncProperty(method, texts, cuts, async (asked, text, places) => {
        if (await readAlike(asked, text, places)) read += 1
      }),
      { numRuns: 4_000 },
    )
    expect(read).toBeGreaterThan(100)
  })

  it('takes no time that grows faster than it', () => {
    const readers = [
      (text: string) => parseHead(text, 'GET'),
      (text: string) => parseHead(`HTTP/1.1 200 OK\r\n${text}`, 'GET'),
      (text: string) => new ChunkedDecoder().decode(Buffer.from(text, 'latin1')),
    ]
    for (const unit of ['a', '0', ' ', '\r\n', ':', 'a: b\r\n', '1\r\na\r\n', ';a', ';a="b"', '\t', 'a:']) {
      for (const read of readers) {
        const begun = performance.now()
        try {
          read(unit.repeat(Math.ceil(100_000 / unit.length)))
        } catch (error) {
          expect(error).toBeInstanceOf(NetworkFault)
        }
        expect(performance.now() - begun).toBeLessThan(1_000) // a catastrophic expression takes minutes
      }
    }
  })
})
