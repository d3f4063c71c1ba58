import { once } from 'node:events'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'

/** A stretch of network between a program and its database that a test can break. */
export class Wire {
  private state: 'up' | 'cut' | 'black-hole' = 'up'
  private readonly port: number
  private readonly pairs = new Set<[Socket, Socket]>()

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    this.port = (server.address() as AddressInfo).port
  }

  static async to(url: string): Promise<Wire> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const wire = new Wire(server, new URL(url))
    server.on('connection', (socket: Socket) => wire.join(socket))
    return wire
  }

  /** The target's address by way of this wire. */
  get url(): string {
    const url = new URL(this.target)
    url.hostname = '127.0.0.1'
    url.port = String(this.port)
    return url.href
  }

  /** Connections break, and new ones are closed at once. */
  cut(): void {
    this.state = 'cut'
    this.drop()
  }

  /** Connections break, and new ones are refused, as where the server has ended. */
  async refuse(): Promise<void> {
    this.drop()
    this.server.close()
    await once(this.server, 'close')
  }

  /** After `refuse`: new connections work again. */
  async accept(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
  }

  /** Connections stay and nothing comes through any more; new ones are accepted and hear nothing. */
  blackHole(): void {
    this.state = 'black-hole'
    for (const [near, far] of this.pairs) {
      near.unpipe(far)
      far.unpipe(near)
      near.resume()
      far.resume()
    }
  }

  /** New connections work again. What fell into the black hole stays silent for ever. */
  restore(): void {
    this.state = 'up'
  }

  async close(): Promise<void> {
    if (this.server.listening) await this.refuse()
  }

  private join(near: Socket): void {
    near.on('error', () => undefined)
    if (this.state === 'cut') {
      near.destroy()
      return
    }
    const far = connect({ host: this.target.hostname, port: Number(this.target.port) })
    far.on('error', () => undefined)
    const pair: [Socket, Socket] = [near, far]
    this.pairs.add(pair)
    const end = () => {
      near.destroy()
      far.destroy()
      this.pairs.delete(pair)
    }
    near.on('close', end)
    far.on('close', end)
    if (this.state === 'up') near.pipe(far).pipe(near)
    else near.resume()
  }

  private drop(): void {
    for (const [near, far] of [...this.pairs]) {
      near.destroy()
      far.destroy()
    }
  }
}
