import { describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { Forwarding } from './forwarding.js'
import { OwnUrl, type OwnUrlOptions } from './own-url.js'

/** baseFor gives what a server makes of this head, sent over a real connection from and to 127.0.0.1. */
async function baseFor(lines: string[], options: OwnUrlOptions = {}): Promise<string> {
  const server = createServer({ requireHostHeader: false }, (request: IncomingMessage, response) => {
    response.end(new OwnUrl(options).base(request))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write(['GET / HTTP/1.0', ...lines, '', ''].join('\r\n'))
    const chunks: Buffer[] = []
    for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk)
    const [, body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n')
    return body.replace(`:${port}`, ':own')
  } finally {
    server.close()
  }
}

describe('the address of a server, told to its clients', () => {
  it.each([
    [['Host: nas.lan:9000'], 'http://nas.lan:9000'],
    [['Host: obb.example'], 'http://obb.example'],
    [['Host: [2001:db8::5]:8080'], 'http://[2001:db8::5]:8080'],
  ])('is what they came by: %j is %s', async (lines, base) => {
    expect(await baseFor(lines)).toBe(base)
  })

  it.each([
    [['Host: "><script>alert(1)</script>']],
    [["Host: a'b"]],
    [['Host: user@evil.example']],
    [['Host: nas.lan', 'Host: evil.example']],
    [[]],
  ])('is where they came to, where %j names none', async (lines) => {
    expect(await baseFor(lines)).toBe('http://127.0.0.1:own')
  })

  it('is what a trusted proxy says, and of no other one', async () => {
    const lines = ['Host: inner:8080', 'X-Forwarded-Host: obb.example', 'X-Forwarded-Proto: https']
    expect(await baseFor(lines)).toBe('http://inner:8080')
    expect(await baseFor(lines, { forwarding: new Forwarding(['127.0.0.0/8']) })).toBe('https://obb.example')
    const unclear = ['Host: inner', 'X-Forwarded-Host: "><script>']
    expect(await baseFor(unclear, { forwarding: new Forwarding(['127.0.0.0/8']) })).toBe(
      'http://127.0.0.1:own',
    )
  })

  it('is the setting, whatever is said', async () => {
    const options = { publicUrl: 'https://api.example/x', forwarding: new Forwarding(['127.0.0.0/8']) }
    expect(await baseFor(['Host: evil.example'], options)).toBe('https://api.example/x')
  })
})
