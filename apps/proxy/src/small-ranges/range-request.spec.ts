import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createServer, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { readRangeRequest } from './range-request.js'

const ID = 'abcdefghij0123456789'

function head(fields: string[] = [], line = `GET /download/${ID}/name.bin HTTP/1.1`): string {
  return [line, 'Host: x', 'Range: bytes=0-9', ...fields, '', ''].join('\r\n')
}

describe('a head is taken', () => {
  it.each([
    ['as clients send it', head(['User-Agent: aria2/1.36', 'Accept: */*']), false],
    ['without a name', head([], `GET /download/${ID} HTTP/1.1`), false],
    ['with an encoded name', head([], `GET /download/${ID}/%C3%A9%20x.bin HTTP/1.1`), false],
    ['with JSON announced and none sent', head(['Content-Type: application/json']), false],
    ['with its connection kept', head(['Connection: Keep-Alive']), false],
    ['with its connection to be closed', head(['connection: close']), true],
  ])('%s', (_name, text, isLast) => {
    expect(readRangeRequest(text)).toMatchObject({ linkId: ID, range: 'bytes=0-9', isLast })
  })

  it('with the name of its client, if it has one', () => {
    expect(readRangeRequest(head(['User-Agent: aria2/1.36']))?.client).toBe('aria2/1.36')
    expect(readRangeRequest(head())?.client).toBeUndefined()
  })
})

describe('a head is left to the HTTP server', () => {
  it.each([
    ['of another method', head([], `HEAD /download/${ID} HTTP/1.1`)],
    ['of an old version', head([], `GET /download/${ID} HTTP/1.0`)],
    ['with a query', head([], `GET /download/${ID}/x?stream=1 HTTP/1.1`)],
    ['of a longer path', head([], `GET /download/${ID}/x/y HTTP/1.1`)],
    ['of another path', head([], 'GET /health HTTP/1.1')],
    ['of a link that cannot be', head([], 'GET /download/short HTTP/1.1')],
    ['of a Metalink', head([], `GET /download/${ID}/x.meta4 HTTP/1.1`)],
    ['of a Metalink in disguise', head([], `GET /download/${ID}/x%2emeta4 HTTP/1.1`)],
    ['with a name that is no UTF-8', head([], `GET /download/${ID}/%ff HTTP/1.1`)],
    ['with two ranges fields', head(['Range: bytes=1-2'])],
    ['with two hosts', head(['Host: y'])],
    ['with a condition', head(['If-Range: "x"'])],
    ['with a body', head(['Content-Length: 1'])],
    ['with a body of any length', head(['Transfer-Encoding: chunked'])],
    ['with an expectation', head(['Expect: 100-continue'])],
    ['with an upgrade', head(['Connection: upgrade', 'Upgrade: h2c'])],
    ['with a folded field', head(['X: a', ' b'])],
    ['with a blank before the colon', head(['X : a'])],
    ['with a control character', head(['X: a\u0000'])],
    ['with bare line feeds', head(['X: a\nY: b'])],
    ['without its end', head().slice(0, -2)],
    ['with something behind it', `${head()}GET`],
    ['without a host', `GET /download/${ID} HTTP/1.1\r\nRange: bytes=0-9\r\n\r\n`],
    ['without a range', `GET /download/${ID} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])('%s', (_name, text) => {
    expect(readRangeRequest(text)).toBeUndefined()
  })
})

/** parsed is what Node's HTTP server makes of a text. */
function parsed(text: string): Promise<IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const server = createServer((request) => resolve(request))
    server.on('clientError', () => resolve(undefined))
    const socket = new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() })
    server.emit('connection', socket)
    socket.push(Buffer.from(text, 'latin1'))
    setImmediate(() => resolve(undefined))
  })
}

it("whatever is taken means the same to Node's HTTP server", async () => {
  const odd = fc.string({ unit: fc.constantFrom(...'aZ0-_:;,="/ \t\r\n\u0000\u007fé%'), maxLength: 8 })
  const field = fc.oneof(
    fc.constantFrom('Accept: */*', 'Connection: close', 'X-Y:', 'A:b\t', 'range: bytes=1-', 'Expect: x'),
    fc.tuple(odd, odd).map(([name, value]) => `${name}: ${value}`),
    odd,
  )
  const name = fc.oneof(
    fc.constant(''),
    odd.map((text) => `/${text}`),
  )
  let taken = 0
  await fc.assert(
    fc.asyncProperty(name, fc.array(field, { maxLength: 3 }), async (path, fields) => {
      const text = head(fields, `GET /download/${ID}${path} HTTP/1.1`)
      const mine = readRangeRequest(text)
      if (mine === undefined) return
      taken += 1
      const theirs = await parsed(text)
      expect(theirs?.url).toBe(`/download/${ID}${path}`)
      expect(theirs?.headers.range).toBe(mine.range)
      expect(/close/i.test(theirs?.headers.connection ?? '')).toBe(mine.isLast)
    }),
    { numRuns: 2_000 },
  )
  expect(taken).toBeGreaterThan(50)
})
