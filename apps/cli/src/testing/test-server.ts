import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  method: string
  /** Path with query. */
  path: string
  headers: IncomingMessage['headers']
  body: unknown
}

export type Answerer = (request: Received, response: ServerResponse) => void

/** A real HTTP server on a free port that keeps what it was asked. */
export class TestServer {
  readonly requests: Received[] = []

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(answer: Answerer): Promise<TestServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const received = {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          body: bodyOf(text, request.headers['content-type']),
        }
        own.requests.push(received)
        answer(received, response)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const own = new TestServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    return own
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** What is no JSON is its text. */
function bodyOf(text: string, type = 'application/json'): unknown {
  if (text === '') return undefined
  return type === 'application/json' ? (JSON.parse(text) as unknown) : text
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export const ok = (data: unknown) => ({ success: true, data })
export const refused = (status: number, msg: string, more: object = {}) => ({
  success: false,
  status,
  msg,
  ...more,
})
