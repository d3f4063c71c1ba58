import { describe, expect, it } from '@jest/globals'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { downloadUrl, DownloadUrls, type DownloadUrlsOptions } from './download-urls.js'
import { Forwarding } from './forwarding.js'

/** baseFor gives what a server makes of this head, sent over a real connection from and to 127.0.0.1. */
async function baseFor(lines: string[], options: DownloadUrlsOptions): Promise<string> {
  const server = createServer({ requireHostHeader: false }, (request: IncomingMessage, response) => {
    response.end(new DownloadUrls(options).base(request))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write(['GET / HTTP/1.1', ...lines, 'Connection: close', '', ''].join('\r\n'))
    const chunks: Buffer[] = []
    for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk)
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n')
    if (!head.startsWith('HTTP/1.1 200')) throw new Error(head)
    return body.replace(`:${port}`, ':own').replace(/^\w+\r\n|\r\n0$/g, '')
  } finally {
    server.close()
  }
}

const PORT = 8081

describe('without PUBLIC_PROXY_URL, links to the gateway’s clients', () => {
  const direct = (...lines: string[]) => baseFor(lines, { port: PORT })

  it.each([
    ['nas.lan:8080', 'http://nas.lan:8081'],
    ['192.168.1.5:8080', 'http://192.168.1.5:8081'],
    ['[2001:db8::5]:8080', 'http://[2001:db8::5]:8081'],
    ['localhost', 'http://localhost:8081'],
  ])('who come by %s lead to %s', async (host, base) => {
    expect(await direct(`Host: ${host}`)).toBe(base)
  })

  it.each([
    ['Host: a b'],
    ['Host: user@evil.example'],
    ['Host: evil.example/path?'],
    ['Host: nas.lan:99999'],
    ['Host: "><script>alert(1)</script>'],
    [`Host: ${'a'.repeat(5_000)}`],
    ['Host: '],
    ['X-No: Host'],
  ])('who say %s lead to the address they came to', async (line) => {
    expect(await direct(line)).toBe('http://127.0.0.1:8081')
  })

  it('who name two hosts lead to the address they came to', async () => {
    expect(await direct('Host: nas.lan', 'Host: evil.example')).toBe('http://127.0.0.1:8081')
  })

  it('follow no proxy that is not trusted', async () => {
    const said = ['Forwarded: host=evil.example;proto=https', 'X-Forwarded-Host: evil.example']
    expect(await direct('Host: nas.lan', ...said)).toBe('http://nas.lan:8081')
    const others = { port: PORT, forwarding: new Forwarding(['10.0.0.0/8', '::1']) }
    expect(await baseFor(['Host: nas.lan', ...said], others)).toBe('http://nas.lan:8081')
  })

  it('of the proxy itself lead to the address and port that they came to, whatever Host says', async () => {
    for (const host of ['evil.example:9000', '127.0.0.1', '192.0.2.1:1', 'localhost:0']) {
      expect(await baseFor([`Host: ${host}`], {})).toBe('http://127.0.0.1:own')
    }
  })
})

it('PUBLIC_PROXY_URL is what links begin with, whatever clients and proxies say', async () => {
  const options = {
    publicUrl: 'https://dl.example.org/x',
    port: PORT,
    forwarding: new Forwarding(['127.0.0.0/8']),
  }
  const lines = ['Host: evil.example', 'X-Forwarded-Host: evil.example']
  expect(await baseFor(lines, options)).toBe('https://dl.example.org/x')
})

describe('behind a trusted proxy, links', () => {
  const behind = (...lines: string[]) =>
    baseFor(['Host: 127.0.0.1:8080', ...lines], {
      port: PORT,
      forwarding: new Forwarding(['127.0.0.0/8', '10.0.0.0/8']),
    })

  it.each<[string[], string]>([
    [['Forwarded: for=192.0.2.1;host=obb.example.org;proto=https'], 'https://obb.example.org'],
    [
      ['Forwarded: For="[2001:db8::1]:4711"; HOST="obb.example.org:8443" ; proto=https'],
      'https://obb.example.org:8443',
    ],
    [['X-Forwarded-Host: obb.example.org', 'X-Forwarded-Proto: https'], 'https://obb.example.org'],
    [
      ['X-Forwarded-Host: obb.example.org', 'X-Forwarded-Proto: https', 'X-Forwarded-Port: 8443'],
      'https://obb.example.org:8443',
    ],
    [
      ['X-Forwarded-Host: obb.example.org:1443', 'X-Forwarded-Proto: https', 'X-Forwarded-Port: 443'],
      'https://obb.example.org:1443',
    ],
    [['X-Forwarded-Host: obb.example.org'], 'http://obb.example.org'],
    [['X-Forwarded-Proto: https', 'X-Forwarded-Port: 443'], 'https://127.0.0.1:8080'],
  ])('follow %j to %s', async (lines, base) => {
    expect(await behind(...lines)).toBe(base)
  })

  it('believe the nearest proxy, and the one before only if the nearest vouches for it', async () => {
    const spoofed =
      'Forwarded: for=192.0.2.1;host=evil.example, for=192.0.2.9;host=obb.example.org;proto=https'
    expect(await behind(spoofed)).toBe('https://obb.example.org')
    const chain =
      'Forwarded: for=192.0.2.1;host=obb.example.org;proto=https, for=10.0.0.2;host=inner;proto=http'
    expect(await behind(chain)).toBe('https://obb.example.org')
    const lists = ['X-Forwarded-For: 192.0.2.1, 192.0.2.9', 'X-Forwarded-Host: evil.example, obb.example.org']
    expect(await behind(...lists)).toBe('http://obb.example.org')
  })

  it('of a proxy that passes the other kind of field on from its client lead nowhere else', async () => {
    const both = [
      'X-Forwarded-Host: obb.example.org',
      'X-Forwarded-Proto: https',
      'Forwarded: host=evil.example',
    ]
    expect(await behind(...both)).toBe('http://127.0.0.1:8081')
  })

  it.each([
    ['X-Forwarded-Host: evil.example/x'],
    ['X-Forwarded-Host: user@evil.example'],
    ['X-Forwarded-Host: obb.example.org', 'X-Forwarded-Proto: javascript'],
    ['X-Forwarded-Host: obb.example.org', 'X-Forwarded-Port: 70000'],
    ['X-Forwarded-Host: obb.example.org', 'X-Forwarded-Port: 80/x'],
    ['Forwarded: host="obb.example.org'],
    ['Forwarded: host=a;host=b'],
    ['Forwarded: host="a b";proto=https'],
  ])('are not made of what is not well-formed: %s %s', async (...lines) => {
    expect(await behind(...lines)).toMatch(/^http:\/\/127\.0\.0\.1:808[01]$/)
  })

  it('follow Host where it tells nothing', async () => {
    expect(await behind('X-Forwarded-For: 192.0.2.1')).toBe('http://127.0.0.1:8081')
  })
})

it.each([
  ['a b.mkv', 'http://p/download/L/a%20b.mkv'],
  ['..', 'http://p/download/L/file'],
  ['', 'http://p/download/L/file'],
])('the URL of a file called %j is %s', (name, url) => {
  expect(downloadUrl('http://p', 'L', name)).toBe(url)
})
