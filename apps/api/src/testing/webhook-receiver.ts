import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedWebhook {
  headers: IncomingHttpHeaders
  body: string
}

/** Somebody's server that takes webhooks, or does not; on a free port. */
export class WebhookReceiver {
  /** What came, also where it was refused. */
  readonly received: ReceivedWebhook[] = []
  /** What it answers next, one after the other; then 204. */
  readonly answers: { status: number; headers?: Record<string, string>; body?: string }[] = []
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
        const { status, headers, body } = this.answers.shift() ?? { status: 204 }
        response.writeHead(status, headers).end(body)
      })
    })
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver()
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook/secret-path`
  }

  /** What came since the last call of this. */
  take(): ReceivedWebhook[] {
    return this.received.splice(0)
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}
