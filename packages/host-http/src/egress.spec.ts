import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { createServer as createTcp } from 'node:net'
import type { Server } from 'node:net'
import { createSecureContext } from 'node:tls'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from '@jest/globals'
import { AddressGuard } from './address-guard.js'
import type { ResolvedAddress } from './address-guard.js'
import { createHostHttp } from './create-host-http.js'
import type { HostHttpOptions, OwnedHostHttp } from './create-host-http.js'
import { cert, key } from './fake/certificate.js'
import { listening } from './fake/listening.js'
import { startHttpProxy, startSocksProxy } from './fake/proxy.js'
import type { FakeProxy, FakeProxyOptions } from './fake/proxy.js'
import { networkCode } from './network-fault.js'
import { proxiedConnector } from './proxied-connector.js'
import { parseProxyUrl } from './proxy-url.js'

/** Everything listens on 127.0.0.1, which is closed to targets: only a proxy leads there. */
const PUBLIC = '93.184.216.34'
const NOW = 1_800_000_000_000
const LOGIN = { username: 'operator', password: 'p@ss:word' }
const USERINFO = 'operator:p%40ss%3Aword@'
const NAMES: Record<string, ResolvedAddress[]> = {
  'self.test': [{ address: '127.0.0.1', family: 4 }],
  'private.test': [{ address: '10.0.0.1', family: 4 }],
  'both.test': [
    { address: '2606:2800:220:1::1', family: 6 },
    { address: PUBLIC, family: 4 },
  ],
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function client(options: HostHttpOptions = {}): OwnedHostHttp {
  const resolver = (name: string) => {
    if (name === 'missing.test') return Promise.reject(Object.assign(new Error(name), { code: 'ENOTFOUND' }))
    return Promise.resolve(NAMES[name] ?? [{ address: PUBLIC, family: 4 as const }])
  }
  const http = createHostHttp({ resolver, ca: [cert], now: () => NOW, ...options })
  cleanups.push(() => http.close())
  return http
}

async function listen(server: Server): Promise<number> {
  const { close, port } = await listening(server)
  cleanups.push(close)
  return port
}

interface Target {
  port: number
  /** Ports the requests came from. */
  sources: Set<number>
  hosts: (string | undefined)[]
}

async function serve(
  answer: RequestListener = (_request, response) => response.end('text'),
): Promise<Target> {
  const target: Target = { port: 0, sources: new Set(), hosts: [] }
  const server = createServer((request, response) => {
    target.sources.add(request.socket.remotePort ?? 0)
    target.hosts.push(request.headers.host)
    answer(request, response)
  })
  target.port = await listen(server)
  return target
}

type Start = (options?: FakeProxyOptions) => Promise<FakeProxy>
interface Kind {
  start: Start
  url: (proxy: { port: number }, userinfo?: string) => string
}

const kind = (start: Start, scheme: string, host = '127.0.0.1'): Kind => ({
  start: async (options) => {
    const proxy = await start(options)
    cleanups.push(() => proxy.close())
    return proxy
  },
  url: ({ port }, userinfo = '') => `${scheme}://${userinfo}${host}:${port}`,
})
const HTTP = kind((options) => startHttpProxy(false, options), 'http')
const HTTPS = kind((options) => startHttpProxy(true, options), 'https', 'self.test')
const SOCKS = kind(startSocksProxy, 'socks5')
const SOCKS_H = kind(startSocksProxy, 'socks5h')
const KINDS: [string, Kind][] = [
  ['http', HTTP],
  ['https', HTTPS],
  ['socks5', SOCKS],
  ['socks5h', SOCKS_H],
]

async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error('expected a failure'),
    (reason: unknown) => reason,
  )
  return error as Error
}

function signalled(): { fired: Promise<void>; fire: () => void } {
  let fire = (): void => undefined
  const fired = new Promise<void>((resolve) => (fire = resolve))
  return { fired, fire: () => fire() }
}

function expectNoSecret(error: Error): void {
  const everything = inspect(error, { depth: Infinity, showHidden: true }) + String(error.stack)
  const basic = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')
  for (const secret of [LOGIN.password, encodeURIComponent(LOGIN.password), basic, LOGIN.username]) {
    expect(everything).not.toContain(secret)
  }
}

describe.each(KINDS)('through a proxy by %s', (_name, { start, url }) => {
  it('goes all traffic, to the judged address, over kept connections', async () => {
    const target = await serve()
    const proxy = await start({ upstream: () => target.port })
    const owner = client()
    const http = owner.through(url(proxy))
    expect(await http.request({ url: 'http://files.test/a', userUrl: true })).toMatchObject({ text: 'text' })
    for (let trip = 0; trip < 3; trip++) {
      expect((await http.request({ url: 'http://files.test/b', form: { a: 'b' } })).text).toBe('text')
      const { body } = await owner.through(url(proxy)).open({ url: 'http://files.test/c' })
      expect(Buffer.concat(await body.toArray()).toString()).toBe('text')
    }
    expect(target.hosts).toEqual(Array.from({ length: 7 }, () => 'files.test'))
    expect(target.sources).toEqual(proxy.sources)
    // One for the user's URL and one for the rest, which do not mix.
    expect([proxy.asked, proxy.connections()]).toEqual([[`${PUBLIC}:80`, `${PUBLIC}:80`], 2])
  })

  it('goes TLS to the name, end to end', async () => {
    const names: string[] = []
    const server = createHttps(
      { key, cert, SNICallback: (name, done) => (names.push(name), done(null)) },
      (request, response) => response.end(`host ${request.headers.host} ${'x'.repeat(2 ** 20)}`),
    )
    const port = await listen(server)
    const proxy = await start({ upstream: () => port })
    const http = client({ allowNetworks: ['127.0.0.1'] }).through(url(proxy))
    for (let trip = 0; trip < 2; trip++) {
      const { body } = await http.open({ url: 'https://self.test/' })
      const text = Buffer.concat(await body.toArray()).toString()
      expect([text.slice(0, 15), text.length]).toEqual(['host self.test ', 15 + 2 ** 20])
    }
    expect([names, proxy.asked]).toEqual([['self.test'], ['127.0.0.1:443']])
    // The certificate is for another name.
    const error = await failure(http.request({ url: 'https://other.test/' }))
    expect(error).toMatchObject({ kind: 'UNEXPECTED', retryable: false })
    expect(networkCode(error)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('goes the login, and a wrong one cools the account', async () => {
    const target = await serve()
    const proxy = await start({ credentials: LOGIN, upstream: () => target.port })
    const owner = client()
    const ask = (userinfo: string) =>
      owner.through(url(proxy, userinfo)).request({ url: 'http://files.test/' })
    expect((await ask(USERINFO)).text).toBe('text')
    for (const userinfo of ['', 'operator:wrong@', `${USERINFO.slice(0, -1)}x@`]) {
      const error = await failure(ask(userinfo))
      expect(error).toMatchObject({ kind: 'EGRESS_BLOCKED', scope: 'account', retryAt: NOW + 300_000 })
      expect(networkCode(error)).toMatch(/^(HTTP_407|SOCKS_AUTH)$/)
      expect(error.message).not.toContain('@')
      expectNoSecret(error)
    }
    expect(target.hosts).toHaveLength(1)
  })

  it('go redirects', async () => {
    const target = await serve((request, response) => {
      if (request.headers.host === 'one.test') response.writeHead(302, { location: 'http://two.test:8080/' })
      response.end('text')
    })
    const proxy = await start({ upstream: () => target.port })
    const answer = await client().through(url(proxy)).open({ url: 'http://one.test/', userUrl: true })
    expect(Buffer.concat(await answer.body.toArray()).toString()).toBe('text')
    expect(proxy.asked).toEqual([`${PUBLIC}:80`, `${PUBLIC}:8080`])
    expect(target.sources).toEqual(proxy.sources)
  })

  it('goes nothing to a place the guard keeps closed', async () => {
    const target = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://private.test/' }).end(),
    )
    const proxy = await start({ upstream: () => target.port })
    const http = client().through(url(proxy))
    for (const place of [
      'http://private.test/',
      'http://127.0.0.1/',
      'http://localhost/',
      'https://[::1]/',
      'http://public.test:22/',
    ]) {
      const error = await failure(http.request({ url: place, userUrl: true }))
      expect([place, error]).toMatchObject([place, { kind: 'BAD_URL' }])
    }
    expect(proxy.connections()).toBe(0)
    expect(await failure(http.request({ url: 'http://files.test/' }))).toMatchObject({ kind: 'BAD_URL' })
    expect(proxy.asked).toEqual([`${PUBLIC}:80`])
  })

  it('goes no byte astray that follows the reply at once', async () => {
    const socks = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    const reply = url({ port: 1 }).startsWith('socks') ? Buffer.from(socks) : 'HTTP/1.1 200 OK\r\n\r\n'
    const answer = Buffer.concat([Buffer.from(reply), Buffer.from('early bytes')])
    const proxy = await start({ instead: () => answer })
    const options = {
      userUrl: false,
      timeoutMs: 10_000,
      resolver: () => Promise.resolve(NAMES['self.test'] ?? []),
      secureContext: createSecureContext({ ca: cert }),
      now: () => NOW,
    }
    const connect = proxiedConnector(new AddressGuard(), parseProxyUrl(url(proxy)), options)
    const target = { protocol: 'http:', hostname: PUBLIC, port: '' }
    const socket = await connect(target, new AbortController().signal)
    expect(Buffer.concat(await socket.toArray()).toString()).toBe('early bytes')
    socket.destroy()
  })

  it('goes an abort, in the handshake and after it, which closes the connection at once', async () => {
    const handshake = signalled()
    const hello = signalled()
    const mute = await listen(createTcp((socket) => socket.once('data', hello.fire)))
    const silent = await start({ instead: () => (handshake.fire(), 'silent') })
    const open = await start({ upstream: () => mute })
    for (const [proxy, moment, target] of [
      [silent, handshake, 'http://files.test/'],
      [open, hello, 'https://files.test/'],
    ] as const) {
      const reason = new Error('stopped')
      const abort = new AbortController()
      const http = client({ connectTimeoutMs: 60_000 }).through(url(proxy))
      const asked = failure(http.open({ url: target, signal: abort.signal }))
      await moment.fired
      const closed = proxy.closed()
      abort.abort(reason)
      expect(await asked).toBe(reason)
      await closed
      expect(proxy.open()).toBe(0)
    }
  })

  it('goes nothing any more when the owner is closed', async () => {
    const target = await serve((_request, response) => void response.writeHead(200).write('x'))
    const proxy = await start({ upstream: () => target.port })
    const owner = client()
    const { body } = await owner.through(url(proxy)).open({ url: 'http://files.test/' })
    const closed = proxy.closed()
    await owner.close()
    await closed
    expect(await failure(body.toArray())).toBeInstanceOf(Error)
    expect(proxy.open()).toBe(0)
  })
})

describe('a refusal', () => {
  const http = (text: string) => ({ proxy: HTTP, answer: Buffer.from(text) })
  const socks = (...reply: number[]) => ({ proxy: SOCKS, answer: Buffer.from(reply) })
  const full = (reply: number) => socks(5, reply, 0, 1, 0, 0, 0, 0, 0, 0)
  it.each([
    [http('HTTP/1.1 403 Forbidden\r\n\r\n'), 'EGRESS_BLOCKED', 'HTTP_403'],
    [http('HTTP/1.1 407 Login\r\n\r\n'), 'EGRESS_BLOCKED', 'HTTP_407'],
    [http('HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n'), 'EGRESS_BLOCKED', 'HTTP_302'],
    [http('HTTP/1.0 500 Oops\r\n\r\n'), 'EGRESS_BLOCKED', 'HTTP_500'],
    [http('HTTP/1.1 503 Busy\r\n\r\n'), 'EGRESS_BLOCKED', 'HTTP_503'],
    [http('HTTP/1.1 503 Busy\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\n\r\n'), 'EGRESS_BLOCKED', 'HTTP_503'],
    [http('HTTP/1.1 503 Busy\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\n\r\n'), 'HOST_TEMP', 'HTTP_503'],
    [http('HTTP/1.1 502 Bad Gateway\r\n\r\n'), 'HOST_TEMP', 'HTTP_502'],
    [http('HTTP/1.1 504\r\n\r\n'), 'HOST_TEMP', 'HTTP_504'],
    [http('SSH-2.0-OpenSSH\r\n\r\n'), 'EGRESS_BLOCKED', 'NO_HTTP'],
    [http('HTTP/1.1 200 OK\r\nX-Cut: '), 'EGRESS_BLOCKED', 'ECONNRESET'],
    [http(''), 'EGRESS_BLOCKED', 'ECONNRESET'],
    [http(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(2 ** 17)}\r\n\r\n`), 'EGRESS_BLOCKED', 'OVERSIZED'],
    [full(1), 'EGRESS_BLOCKED', 'SOCKS_1'],
    [full(2), 'EGRESS_BLOCKED', 'SOCKS_2'],
    [full(3), 'EGRESS_BLOCKED', 'SOCKS_3'],
    [full(4), 'HOST_TEMP', 'EHOSTUNREACH'],
    [full(5), 'HOST_TEMP', 'ECONNREFUSED'],
    [full(6), 'HOST_TEMP', 'ETIMEDOUT'],
    [full(7), 'EGRESS_BLOCKED', 'SOCKS_7'],
    [full(8), 'EGRESS_BLOCKED', 'SOCKS_8'],
    [full(255), 'EGRESS_BLOCKED', 'SOCKS_255'],
    [socks(5, 5), 'HOST_TEMP', 'ECONNREFUSED'],
    [socks(5, 0, 0, 3, 255, 1), 'EGRESS_BLOCKED', 'ECONNRESET'],
    [socks(5, 0, 0, 9, 1, 1), 'EGRESS_BLOCKED', 'NO_SOCKS'],
    [socks(4), 'EGRESS_BLOCKED', 'NO_SOCKS'],
    [socks(), 'EGRESS_BLOCKED', 'ECONNRESET'],
  ])('%# is told apart by whose it is, and never gone around', async ({ proxy, answer }, expected, code) => {
    const running = await proxy.start({ instead: () => answer })
    const request = { url: 'http://files.test/p?token=hidden-token' }
    const error = await failure(client().through(proxy.url(running, USERINFO)).request(request))
    expect([error, networkCode(error)]).toMatchObject([{ kind: expected }, code])
    const retryAt = expected === 'EGRESS_BLOCKED' ? NOW + 300_000 : undefined
    expect(error).toMatchObject({ retryAt, retryable: true })
    expect(error.message).toContain(expected === 'EGRESS_BLOCKED' ? `:${running.port}` : 'files.test/p')
    expect(error.message).not.toContain('hidden-token')
    expectNoSecret(error)
    expect([running.connections(), running.open()]).toEqual([1, expect.any(Number)])
  })

  it('lasts as long as the proxy says', async () => {
    const answer = Buffer.from('HTTP/1.1 429 Slow down\r\nRetry-After: 60\r\n\r\n')
    const proxy = await HTTP.start({ instead: () => answer })
    const error = await failure(client().through(HTTP.url(proxy)).request({ url: 'http://files.test/' }))
    expect(error).toMatchObject({ kind: 'EGRESS_BLOCKED', retryAt: NOW + 60_000 })
  })

  it.each([
    ['a closed port', 'http://@127.0.0.1:1', 'ECONNREFUSED'],
    ['a closed port', 'socks5://@127.0.0.1:1', 'ECONNREFUSED'],
    ['an unknown name', 'socks5h://@missing.test:1080', 'ENOTFOUND'],
  ])('is %s of the proxy', async (_what, url, code) => {
    const http = client().through(url.replace('@', USERINFO))
    const error = await failure(http.open({ url: 'http://files.test/' }))
    expect([error, networkCode(error)]).toMatchObject([
      { kind: 'EGRESS_BLOCKED', retryAt: NOW + 300_000 },
      code,
    ])
    expectNoSecret(error)
  })

  it('is a certificate of the proxy that fails', async () => {
    const proxy = await HTTPS.start({ credentials: LOGIN })
    const strict = createHostHttp({ resolver: () => Promise.resolve(NAMES['self.test'] ?? []) })
    cleanups.push(() => strict.close())
    const http = strict.through(HTTPS.url(proxy, USERINFO))
    const error = await failure(http.request({ url: `http://${PUBLIC}/` }))
    expect([error, networkCode(error)]).toMatchObject([
      { kind: 'EGRESS_BLOCKED' },
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ])
    expect(proxy.asked).toEqual([])
    expectNoSecret(error)
  })

  it('is silence, before the handshake and inside it', async () => {
    const mute = { port: await listen(createTcp()) }
    const slow: FakeProxyOptions = { instead: () => 'silent' }
    for (const url of [
      HTTP.url(mute, USERINFO),
      HTTPS.url(mute, USERINFO),
      SOCKS.url(mute, USERINFO),
      HTTP.url(await HTTP.start(slow), USERINFO),
      SOCKS.url(await SOCKS.start({ ...slow, credentials: LOGIN }), USERINFO),
    ]) {
      const http = client({ connectTimeoutMs: 100 }).through(url)
      const error = await failure(http.request({ url: 'http://files.test/' }))
      expect([error, networkCode(error)]).toMatchObject([{ kind: 'EGRESS_BLOCKED' }, 'ETIMEDOUT'])
      expectNoSecret(error)
    }
  })

  it('is a URL that is none, before anything is asked for', () => {
    const http = client()
    expect(() => http.through('socks4://127.0.0.1:1080')).toThrow(expect.objectContaining({ kind: 'CONFIG' }))
  })
})

describe('a target with several addresses', () => {
  const V6 = '26062800022000010000000000000001:80'

  it('is asked for by IPv4 first, and by the next one where that fails', async () => {
    const target = await serve()
    const refused = Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0])
    const instead = (asked: string) => (asked === `${PUBLIC}:80` ? refused : undefined)
    const socks = await SOCKS.start({ instead, upstream: () => target.port })
    const answer = await client().through(SOCKS.url(socks)).request({ url: 'http://both.test/' })
    expect([answer.text, socks.asked]).toEqual(['text', [`${PUBLIC}:80`, V6]])

    const gateway = Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const plain = await HTTP.start({
      instead: (asked) => (asked === `${PUBLIC}:80` ? gateway : undefined),
      upstream: () => target.port,
    })
    expect((await client().through(HTTP.url(plain)).request({ url: 'http://both.test/' })).text).toBe('text')
    expect(plain.asked).toEqual([`${PUBLIC}:80`, '[2606:2800:220:1::1]:80'])
  })

  it('fails by the first address when no other is better', async () => {
    const replies: Record<string, number> = { [`${PUBLIC}:80`]: 5, [V6]: 8 }
    const instead = (asked: string) => Buffer.from([5, replies[asked] ?? 0])
    const proxy = await SOCKS.start({ instead })
    const error = await failure(client().through(SOCKS.url(proxy)).request({ url: 'http://both.test/' }))
    expect([error, networkCode(error)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'ECONNREFUSED'])
    expect(proxy.asked).toHaveLength(2)
  })
})

it('connections of two proxies, of two logins and of none are never exchanged', async () => {
  const target = await serve()
  const options = { upstream: () => target.port }
  const [one, two] = [await HTTP.start(options), await SOCKS.start(options)]
  const owner = client({ allowNetworks: ['127.0.0.1'] })
  const url = `http://127.0.0.1:${target.port}/`
  const ways = [
    owner,
    owner.through(HTTP.url(one)),
    owner.through(HTTP.url(one, USERINFO)),
    owner.through(SOCKS.url(two)),
  ]
  for (const way of [...ways, ...ways]) await way.request({ url })
  expect([one.asked.length, two.asked.length, target.sources.size]).toEqual([2, 1, 4])
})

it('a connection that the host ends is ended at the proxy too, and the next request makes its own', async () => {
  const target = await serve((_request, response) => response.setHeader('connection', 'close').end('text'))
  const proxy = await SOCKS.start({ upstream: () => target.port })
  const http = client().through(SOCKS.url(proxy))
  for (const connections of [1, 2]) {
    const closed = proxy.closed()
    expect((await http.request({ url: 'http://files.test/' })).text).toBe('text')
    await closed
    expect([proxy.connections(), proxy.open()]).toEqual([connections, 0])
  }
})

it('an abort without a proxy closes the connection at once as well', async () => {
  const hello = signalled()
  const gone = signalled()
  const port = await listen(
    createTcp((socket) =>
      socket
        .on('error', () => undefined)
        .on('close', gone.fire)
        .on('data', hello.fire),
    ),
  )
  const abort = new AbortController()
  const http = client({ allowNetworks: ['127.0.0.1'], connectTimeoutMs: 60_000 })
  const reason = new Error('stopped')
  const asked = failure(http.request({ url: `https://127.0.0.1:${port}/`, signal: abort.signal }))
  await hello.fired
  abort.abort(reason)
  expect(await asked).toBe(reason)
  await gone.fired
})

it('a host that speaks unasked is not connected to over and over', async () => {
  const unasked = 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
  const proxy = await HTTP.start({ instead: () => Buffer.from(unasked) })
  const error = await failure(client().through(HTTP.url(proxy)).open({ url: 'http://files.test/' }))
  expect([error, networkCode(error)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'ECONNRESET'])
  expect(proxy.connections()).toBe(1)
})
