import { once } from 'node:events'
import { type Socket, connect } from 'node:net'

export interface RawAnswer {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  text: string
}

/** A TCP connection to the gateway, for requests that no HTTP client would send. */
export class RawConnection {
  private received = Buffer.alloc(0)
  private ended = false
  private readonly changed: (() => void)[] = []

  private constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => this.take(data))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.ended = true
      this.wake()
    })
  }

  /** `from`: an address of the loopback network, each of which is another client's. */
  static async open(port: number, from = '127.0.0.1'): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from })
    await once(socket, 'connect')
    return new RawConnection(socket)
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  /** The next answer; undefined if the connection ends without one. `head`: answers to HEAD have no body. */
  async answer({ head = false } = {}): Promise<RawAnswer | undefined> {
    for (;;) {
      const answer = this.parse(head)
      if (answer || this.ended) return answer
      await new Promise<void>((resolve) => this.changed.push(resolve))
    }
  }

  close(): void {
    this.socket.destroy()
  }

  private parse(head: boolean): RawAnswer | undefined {
    const end = this.received.indexOf('\r\n\r\n')
    if (end < 0) return undefined
    const [first = '', ...lines] = this.received.subarray(0, end).toString('latin1').split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    ) as Record<string, string>
    const length = head ? 0 : Number(headers['content-length'] ?? 0)
    const body = this.received.subarray(end + 4, end + 4 + length)
    if (body.length < length) return undefined
    this.received = this.received.subarray(end + 4 + length)
    return { status: Number(first.split(' ')[1]), headers, text: body.toString('utf8') }
  }

  private take(data: Buffer): void {
    this.received = Buffer.concat([this.received, data])
    this.wake()
  }

  private wake(): void {
    for (const resolve of this.changed.splice(0)) resolve()
  }
}
