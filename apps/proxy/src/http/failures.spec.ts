import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { REFUSALS } from '@obb/contracts'
import { LINK, pattern, Rig } from '../testing/rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

interface RawReply {
  code: number
  headers: Map<string, string>
  body: unknown
}

/** Takes the only answer of a connection apart; its body has to be as long as it says. */
function parse(answer: string): RawReply {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const headers = new Map(
    fields.map((field): [string, string] => {
      const colon = field.indexOf(':')
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
    }),
  )
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body, 'latin1')))
  return { code: Number(line.split(' ')[1]), headers, body: JSON.parse(body) }
}

describe('what is not a download is refused with the envelope', () => {
  it.each<[string, number, number, string]>([
    ['an unknown route', 404, 900, 'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    ['the root', 404, 900, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
    [
      'a path below a file',
      404,
      900,
      `GET /download/${LINK}/a/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    ],
    [
      'a malformed escape',
      400,
      900,
      `GET /download/${LINK}/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    ],
    [
      'a POST nowhere',
      404,
      900,
      'POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    ],
    ['a missing Host', 400, 900, 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two Hosts', 400, 900, 'GET /health HTTP/1.1\r\nHost: x\r\nHOST: x\r\nConnection: close\r\n\r\n'],
    [
      'two Hosts of a range',
      400,
      900,
      `GET /download/${LINK} HTTP/1.1\r\nHost: x\r\nHost: y\r\nRange: bytes=0-0\r\nConnection: close\r\n\r\n`,
    ],
    ['rubbish', 400, 900, 'hello\r\n\r\n'],
    ['a TLS handshake', 400, 900, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    [
      'a head that is too large',
      431,
      900,
      `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
    ],
    ['a huge head', 431, 900, `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(2_000_000)}\r\n\r\n`],
    [
      'a URL that is too long',
      431,
      900,
      `GET /download/${LINK}/${'x'.repeat(17_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    ],
    [
      'a contradictory length',
      400,
      900,
      'GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
  ])('%s: %i', async (_name, code, status, text) => {
    const reply = parse(await rig.say(Buffer.from(text, 'latin1')))
    expect(reply.code).toBe(code)
    expect(reply.body).toEqual({
      ...{ success: false, status },
      ...{ msg: expect.any(String), action: expect.any(String) },
    })
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(reply.headers.get('cache-control')).toBe('no-store')
    expect(rig.log).toEqual([])
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s of a link or the health check is 405 and says what is allowed',
    async (method) => {
      for (const path of [`/download/${LINK}`, `/download/${LINK}/a.zip?x=1`, '/health']) {
        const text = `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{"x`
        const reply = parse(await rig.say(text))
        expect([reply.code, reply.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
        expect(reply.body).toMatchObject({ success: false, status: 900 })
      }
    },
  )

  it('CONNECT is 405', async () => {
    expect(parse(await rig.say('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n')).code).toBe(
      405,
    )
  })

  it('a head that never ends is 408', async () => {
    rig.server.headersTimeout = 1
    rig.server.requestTimeout = 1
    expect(parse(await rig.say('GET /health HTTP/1.1\r\nHost: x\r\n')).code).toBe(408)
  }, 20_000)

  it('an unforeseen error is 500, in one line of log without the URL', async () => {
    await rig.put(pattern(10))
    rig.downloads.find = () => {
      throw new TypeError('bug')
    }
    const reply = parse(
      await rig.say(`GET /download/${LINK}?secret=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    )
    expect(reply.code).toBe(500)
    expect(reply.body).toEqual({
      success: false,
      status: 999,
      msg: 'Internal error.',
      action: REFUSALS.internal.action,
    })
    expect(rig.log).toEqual([
      { level: 'error', message: 'request failed', fields: { cause: 'internal', reason: 'TypeError: bug' } },
    ])
  })
})

it('a refusal leaves the connection usable', async () => {
  await rig.put(Buffer.from('0123456789'))
  const answer = await rig.say(
    `POST /download/${LINK} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody` +
      `GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n` +
      `GET /download/${LINK} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 405', 'HTTP/1.1 404', 'HTTP/1.1 200'])
  expect(answer.endsWith('\r\n\r\n0123456789')).toBe(true)
})
