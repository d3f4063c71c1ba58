import { createServer as createHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, createServer as createTcp } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { cert, key } from './certificate.js'

export interface FakeProxyOptions {
  /** Wanted from clients; nobody is asked when absent. */
  credentials?: { username: string; password: string }
  /** Given instead of a tunnel: bytes and an end, or nothing ever (`silent`). By what the proxy was asked for. */
  instead?: (asked: string) => Buffer | 'silent' | undefined
  /** The port on 127.0.0.1 that stands in for every target; the port that was asked for when absent. */
  upstream?: () => number
}

export interface FakeProxy {
  readonly port: number
  /** `address:port` of every tunnel asked for, refused ones included. */
  readonly asked: string[]
  /** Local ports from which targets are reached. */
  readonly sources: Set<number>
  /** Client connections ever made. */
  connections(): number
  /** Client connections that are open. */
  open(): number
  /** The next client connection to be closed. */
  closed(): Promise<void>
  close(): Promise<void>
}

/** An HTTP proxy that tunnels, in the clear or under the self-signed certificate of `self.test`. */
export function startHttpProxy(tls: boolean, options: FakeProxyOptions = {}): Promise<FakeProxy> {
  const server = tls ? createHttps({ key, cert }) : createHttp()
  return start(server, tls ? 'secureConnection' : 'connection', (proxy) => {
    server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => undefined)
      const asked = request.url ?? ''
      proxy.asked.push(asked)
      const { username, password } = options.credentials ?? {}
      const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
      if (options.credentials !== undefined && request.headers['proxy-authorization'] !== basic) {
        // A careless proxy repeats what it was sent.
        const echo = request.headers['proxy-authorization'] ?? ''
        return socket.end(
          `HTTP/1.1 407 ${echo}\r\nProxy-Authenticate: Basic\r\nX-Echo: ${echo}\r\n\r\n${echo}`,
        )
      }
      const instead = options.instead?.(asked)
      // Unread, a socket never learns that its peer has left; and those of HTTP servers may stay half open.
      if (instead === 'silent') return void socket.resume().on('end', () => socket.end())
      if (instead !== undefined) return socket.end(instead)
      const port = options.upstream?.() ?? Number(/:(\d+)$/.exec(asked)?.[1])
      // The length is what RFC 9110 §9.3.6 tells clients to ignore.
      tunnel(socket, head, port, proxy.sources, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n')
    })
  })
}

/** A SOCKS 5 proxy. Its tables are those of RFC 1928 and 1929, read apart from the client under test. */
export function startSocksProxy(options: FakeProxyOptions = {}): Promise<FakeProxy> {
  const server = createTcp()
  return start(server, 'connection', (proxy) => {
    server.on('connection', (socket: Socket) => {
      serveSocks(socket, options, proxy).catch(() => socket.destroy())
    })
  })
}

async function serveSocks(
  socket: Socket,
  { credentials, instead, upstream }: FakeProxyOptions,
  proxy: Pick<FakeProxy, 'asked' | 'sources'>,
): Promise<void> {
  const next = bytesOf(socket)
  const [, count = 0] = await next(2)
  const method = credentials === undefined ? 0 : 2
  if (!(await next(count)).includes(method)) return void socket.end(Buffer.from([5, 0xff]))
  socket.write(Buffer.from([5, method]))
  if (credentials !== undefined) {
    const [, userLength = 0] = await next(2)
    const username = (await next(userLength)).toString()
    const [passwordLength = 0] = await next(1)
    const password = (await next(passwordLength)).toString()
    const right = username === credentials.username && password === credentials.password
    if (!right) return void socket.end(Buffer.from([1, 1]))
    socket.write(Buffer.from([1, 0]))
  }
  const [, , , type] = await next(4)
  const address = await next(type === 1 ? 4 : 16)
  const port = (await next(2)).readUInt16BE()
  const asked = `${type === 1 ? [...address].join('.') : address.toString('hex')}:${port}`
  proxy.asked.push(asked)
  const answer = instead?.(asked)
  if (answer === 'silent') return void socket.resume()
  if (answer !== undefined) return void socket.end(answer)
  // Bound to a name: the longest form of a reply.
  const reply = Buffer.concat([Buffer.from([5, 0, 0, 3, 5]), Buffer.from('bound'), Buffer.from([0, 80])])
  tunnel(socket, Buffer.alloc(0), upstream?.() ?? port, proxy.sources, reply)
}

/** Takes an exact number of bytes at a time. */
function bytesOf(socket: Socket): (length: number) => Promise<Buffer> {
  return async (length) => {
    if (length === 0) return Buffer.alloc(0)
    for (;;) {
      const bytes = socket.read(length) as Buffer | null
      if (bytes !== null) return bytes
      await new Promise<void>((resolve, reject) => {
        socket.once('readable', resolve)
        socket.once('close', () => reject(new Error('closed')))
      })
    }
  }
}

function tunnel(
  client: Duplex,
  head: Buffer,
  port: number,
  sources: Set<number>,
  reply: string | Buffer,
): void {
  const target = connect(port, '127.0.0.1')
  target.once('connect', () => {
    sources.add((target.address() as AddressInfo).port)
    client.write(reply)
    target.write(head)
    client.pipe(target).pipe(client)
  })
  target.on('error', () => client.destroy())
  target.on('close', () => client.destroy())
  client.on('close', () => target.destroy())
}

async function start(
  server: Server,
  event: 'connection' | 'secureConnection',
  serve: (proxy: Pick<FakeProxy, 'asked' | 'sources'>) => void,
): Promise<FakeProxy> {
  const asked: string[] = []
  const sources = new Set<number>()
  const sockets = new Set<Socket>()
  let connections = 0
  const waiting: (() => void)[] = []
  server.on(event, (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      for (const resolve of waiting.splice(0)) resolve()
    })
  })
  serve({ asked, sources })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    sources,
    connections: () => connections,
    open: () => sockets.size,
    closed: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
