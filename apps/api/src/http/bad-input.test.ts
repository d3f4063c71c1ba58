import { METHODS } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { failureSchema } from '@obb/contracts'
import { Gateway } from '../testing/gateway.js'
import type { RawAnswer } from '../testing/raw-connection.js'
import { strict } from '../testing/strict.js'

const MIB = 2 ** 20
const BASE = '/api/external/v1'

let gateway: Gateway
let key: string

beforeAll(async () => {
  gateway = await Gateway.start()
  key = (await gateway.user()).apiKey
})
afterAll(() => gateway.close())
beforeEach(() => void gateway.takeLog())

/** One connection, these bytes, the answer. */
async function exchange(
  bytes: string | Buffer,
  { port, ...options }: { head?: boolean; port?: number } = {},
): Promise<RawAnswer> {
  const connection = await gateway.connection({ port })
  connection.write(bytes)
  const answer = await connection.answer(options)
  connection.close()
  if (!answer) throw new Error('the connection ended without an answer')
  return answer
}

function request(method: string, path: string, headers: Record<string, string> = {}, body = ''): string {
  const all = { Host: 'portal.test', Authorization: `Bearer ${key}`, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

function post(
  body: string,
  type: string | undefined = 'application/json',
  path = `${BASE}/unrestrict`,
): string {
  const length = String(Buffer.byteLength(body))
  return request(
    'POST',
    path,
    { ...(type === '' ? {} : { 'Content-Type': type }), 'Content-Length': length },
    body,
  )
}

/** The envelope with this number, one line of log at most, no key in it, and the process goes on. */
async function expectEnvelope(answer: RawAnswer, http: number, status: number): Promise<void> {
  expect([answer.status, answer.headers['content-type']]).toEqual([http, 'application/json; charset=utf-8'])
  expect(strict(failureSchema).parse(JSON.parse(answer.text))).toMatchObject({ success: false, status })
  expect(answer.headers['cache-control']).toBe('no-store')
  const log = gateway.takeLog()
  expect(log.length).toBeLessThanOrEqual(1)
  expect(log.join('')).not.toContain(key.slice(4))
  expect((await gateway.call(key, 'GET', '/account')).code).toBe(200)
}

describe('POST /unrestrict with a body that is no request', () => {
  const bodies: [string, string][] = [
    ['nothing', ''],
    ['half an object', '{"url": "https://rapidgator.net/'],
    ['no JSON', 'url=https://rapidgator.net/file/1'],
    ['a NUL', '\0'],
    ['an array', '["https://rapidgator.net/file/1"]'],
    ['null', 'null'],
    ['a number', '7'],
    ['a string', '"https://rapidgator.net/file/1"'],
    ['an empty object', '{}'],
    ['an empty url', '{"url": ""}'],
    ['a url that is null', '{"url": null}'],
    ['a url that is a number', '{"url": 1}'],
    ['a url that is true', '{"url": true}'],
    ['a url that is a list', '{"url": ["https://rapidgator.net/file/1"]}'],
    ['a url that is an object', '{"url": {"toString": "x"}}'],
    ['a password that is a number', '{"url": "https://rapidgator.net/file/1", "password": 1}'],
    ['a password that is an object', '{"url": "https://rapidgator.net/file/1", "password": {}}'],
    ['an endless password', `{"url": "https://rapidgator.net/file/1", "password": "${'x'.repeat(20_000)}"}`],
    ['__proto__', '{"url": "https://rapidgator.net/file/1", "__proto__": {"admin": true}}'],
    ['constructor.prototype', '{"url": "x", "constructor": {"prototype": {"admin": true}}}'],
    ['a __proto__ far below', '{"url": "x", "a": {"b": [{"__proto__": null}]}}'],
    ['a thousand levels', `${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['ten thousand levels of objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ]
  it.each(bodies)('400 with 900 for %s', async (_what, body) => {
    await expectEnvelope(await exchange(post(body)), 400, 900)
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    'json',
    ';;;',
    '',
  ])('415 with 900 for the content type %j', async (type) => {
    await expectEnvelope(await exchange(post('{"url": "https://rapidgator.net/file/1"}', type)), 415, 900)
  })

  it('413 with 900 for 1 MB at once, and for a url of 100 kB', async () => {
    await expectEnvelope(await exchange(post(JSON.stringify({ url: 'x'.repeat(MIB) }))), 413, 900)
    const url = `https://rapidgator.net/file/${'x'.repeat(100_000)}`
    await expectEnvelope(await exchange(post(JSON.stringify({ url }))), 413, 900)
  })

  it('413 with 900 for 1 MB in chunks', async () => {
    const head = request('POST', `${BASE}/unrestrict`, {
      'Content-Type': 'application/json',
      'Transfer-Encoding': 'chunked',
    })
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    await expectEnvelope(await exchange(`${head}${chunk.repeat(64)}0\r\n\r\n`), 413, 900)
  })

  it('400 with 900 for a body that contradicts its length or its coding', async () => {
    const json = { 'Content-Type': 'application/json' }
    const twice = request('POST', `${BASE}/unrestrict`, {
      ...json,
      'Content-Length': '2',
      'Transfer-Encoding': 'chunked',
    })
    await expectEnvelope(await exchange(`${twice}{}`), 400, 900)
    const negative = request('POST', `${BASE}/unrestrict`, { ...json, 'Content-Length': '-1' })
    await expectEnvelope(await exchange(`${negative}{}`), 400, 900)
    const chunked = request('POST', `${BASE}/unrestrict`, { ...json, 'Transfer-Encoding': 'chunked' })
    await expectEnvelope(await exchange(`${chunked}zz\r\n{}\r\n0\r\n\r\n`), 400, 900)
  })
})

describe('POST /unrestrict with a url that leads nowhere', () => {
  it.each([
    'x',
    ' ',
    'http://',
    'https:///file',
    'ftp://rapidgator.net/file/00000000000000000000000000000001',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/plain,x',
    'usenet://rapidgator.net/file/00000000000000000000000000000001',
    'https://unknown.example/file/1',
    'https://127.0.0.1:5432/',
    'https://rapidgator.net',
    'https://rapidgator.net/folder/1/x.html',
    'https://rapidgator.net.evil.example/file/00000000000000000000000000000001',
    'https://rapidgator.net\0/file/00000000000000000000000000000001',
    'https://rapidgator.net/file/00000000000000000000000000000001\u0000',
    '\u0007https://rapidgator.net/file/00000000000000000000000000000001',
    'https://rapidgator.net/file/\ud800',
    `https://rapidgator.net/file/${'x'.repeat(3000)}`,
    `https://${'a'.repeat(300)}.example/`,
    'https://xn--/',
    'https://[::1/',
    'https://rapidgator.net:99999/file/00000000000000000000000000000001',
  ])('400 with 101 for %j', async (url) => {
    await expectEnvelope(await exchange(post(JSON.stringify({ url }))), 400, 101)
  })

  // There is no fetcher: they get as far as that.
  it.each([
    '//rapidgator.net/file/1',
    'rapidgator.net/file/00000000000000000000000000000001',
    'https://rapidgator.net/file/00000000000000000000000000000001\r\npassword: none',
    "https://rapidgator.net/file/1' OR '1'='1",
  ])('takes %j for the link in it, as people paste it', async (url) => {
    await expectEnvelope(await exchange(post(JSON.stringify({ url }))), 503, 105)
  })

  it.each([
    ['a path of thousands of characters that grow as they are encoded', 'x'.repeat(1_000) + 'é'.repeat(330)],
    ['a path as long as may be', 'x'.repeat(2_000)],
    ['an encoded NUL', 'a%00b'],
  ])('no 999 for %s, at whatever looks at URLs', async (_, path) => {
    const url = `https://pixeldrain.com/d/abcdefgh/${path}`
    const answers = [
      await exchange(post(JSON.stringify({ url }))),
      await exchange(post(JSON.stringify({ url }), 'application/json', `${BASE}/expand`)),
    ]
    expect(answers.map(({ text }) => JSON.parse(text).status)).not.toContain(999)
    const checked = await exchange(post(JSON.stringify({ urls: [url] }), 'application/json', `${BASE}/check`))
    expect(checked.status).toBe(200)
    const explained = await exchange(request('GET', `${BASE}/explain?url=${encodeURIComponent(url)}`))
    expect(explained.status).toBe(200)
    expect(gateway.takeLog().filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  })

  it('takes control characters in a password for what they are', async () => {
    const url = 'https://rapidgator.net/file/00000000000000000000000000000001'
    // There is no fetcher: it gets as far as that.
    await expectEnvelope(await exchange(post(JSON.stringify({ url, password: '\0\r\n\ud800' }))), 503, 105)
  })
})

describe('a route that is not there', () => {
  it.each([
    '/index.html',
    '/api',
    '/api/external/v1',
    `${BASE}/`,
    `${BASE}/nothing`,
    `${BASE}/link`,
    `${BASE}/link/a/b`,
    `${BASE}//account`,
    '/api/external/v2/account',
    '/API/external/v1/account',
    '/favicon.svg',
    '/..%2f..%2fetc/passwd',
    '/__proto__',
    '/constructor',
    '*',
    'http://other.test/account',
    `/${'x'.repeat(8000)}`,
  ])('404 with 900 for GET %s', async (path) => {
    await expectEnvelope(await exchange(request('GET', path)), 404, 900)
  })

  it.each(['/%', '/%zz', `${BASE}/link/%`, `${BASE}/link/%ff`, `${BASE}/%E0%A4%A`])(
    '400 with 900 for the broken encoding %s',
    async (path) => {
      await expectEnvelope(await exchange(request('GET', path)), 400, 900)
    },
  )

  it('404 with 104 for what is no link id', async () => {
    for (const id of ['x', '%00', '%0d%0a', '..%2f', `'`, '%F0%9F%98%80', 'x'.repeat(4000)]) {
      await expectEnvelope(await exchange(request('GET', `${BASE}/link/${id}`)), 404, 104)
    }
  })
})

describe('a method that a path does not have', () => {
  it.each([
    ['POST', '/account', 'GET, HEAD'],
    ['DELETE', '/hosts', 'GET, HEAD'],
    ['PUT', '/hosts/grouped', 'GET, HEAD'],
    ['GET', '/unrestrict', 'POST'],
    ['HEAD', '/unrestrict', 'POST'],
    ['PATCH', '/unrestrict?x=1', 'POST'],
    ['OPTIONS', '/account', 'GET, HEAD'],
    ['TRACE', '/account', 'GET, HEAD'],
    ['POST', '/link/abc', 'DELETE, GET, HEAD'],
    ['PUT', '/link/abc/', 'DELETE, GET, HEAD'],
    ['POST', '/explain', 'GET, HEAD'],
    ['GET', '/check', 'POST'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('405 with 900 and Allow for %s %s', async (method, path, allow) => {
    const headers = { 'Content-Length': '0' }
    const head = method === 'HEAD'
    const answer = await exchange(request(method, BASE + path, headers), { head })
    expect(answer.headers['allow']?.split(', ').sort().join(', ')).toBe(allow)
    if (!head) await expectEnvelope(answer, 405, 900)
    else expect(answer.status).toBe(405)
  })

  it('405 with 900 on the paths of the admin API, with ids as well', async () => {
    const id = '00000000-0000-4000-8000-000000000000'
    for (const path of ['/users/suspend', '/hosts/RapidGator', `/accounts/${id}/check`]) {
      const answer = await exchange(request('DELETE', `/api/admin/v1${path}`), {
        port: gateway.adminPort,
      })
      expect(answer.headers['allow']).toBeDefined()
      await expectEnvelope(answer, 405, 900)
    }
  })

  it('every method that HTTP knows gets an envelope', async () => {
    for (const method of METHODS.filter((each) => !['GET', 'HEAD', 'CONNECT'].includes(each))) {
      const answer = await exchange(request(method, `${BASE}/account`))
      await expectEnvelope(answer, 405, 900)
    }
    await expectEnvelope(
      await exchange('CONNECT other.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n'),
      404,
      900,
    )
  })

  it('the path is judged before the body: 404 and 405 whatever is sent along', async () => {
    for (const [type, body] of [
      ['application/json', '{'],
      ['text/plain', 'x'],
      ['application/json', 'x'.repeat(MIB)],
    ] as const) {
      await expectEnvelope(await exchange(post(body, type, `${BASE}/nothing`)), 404, 900)
      await expectEnvelope(await exchange(post(body, type, `${BASE}/account`)), 405, 900)
    }
  })

  it('HEAD is GET without its body', async () => {
    const answer = await exchange(request('HEAD', `${BASE}/account`), { head: true })
    expect([answer.status, Number(answer.headers['content-length']) > 0]).toEqual([200, true])
  })
})

describe('what is no HTTP', () => {
  it.each([
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a wrong method', 'BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a wrong version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: x\r\nNonsense\r\n\r\n'],
    ['a control character in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX-Api-Key: a\0b\r\n\r\n'],
    ['a space in the target', `GET ${BASE}/account and more HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['no Host', `GET ${BASE}/account HTTP/1.1\r\n\r\n`],
    ['two Hosts', `GET ${BASE}/account HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n`],
    ['two Hosts of HTTP/1.0', `GET ${BASE}/account HTTP/1.0\r\nHost: x\r\nhOST: y\r\n\r\n`],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('400 with 900 for %s', async (_what, bytes) => {
    await expectEnvelope(await exchange(Buffer.from(bytes, 'latin1')), 400, 900)
  })

  it('431 with 900 for a head that is too large', async () => {
    await expectEnvelope(
      await exchange(request('GET', `${BASE}/account`, { 'X-A': 'a'.repeat(20_000) })),
      431,
      900,
    )
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`X-${n}`, 'y']))
    await expectEnvelope(await exchange(request('GET', `${BASE}/account`, many)), 431, 900)
  })

  it('serves a request that expects what nobody knows', async () => {
    expect((await exchange(request('GET', `${BASE}/account`, { Expect: 'cake' }))).status).toBe(200)
  })

  it('breaks no answer that is under way when rubbish follows it on the connection', async () => {
    const connection = await gateway.connection()
    connection.write(`${request('GET', `${BASE}/account`)}\0\0\0`)
    const answer = await connection.answer()
    expect(answer === undefined || (answer.status === 200 && answer.text.endsWith('}'))).toBe(true)
    connection.close()
    expect((await gateway.call(key, 'GET', '/account')).code).toBe(200)
  })
})
