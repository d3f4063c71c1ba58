import { setTimeout as sleep } from 'node:timers/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface FakeRequest {
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  /** Query and form together. */
  fields: Readonly<Record<string, string>>
  /** The body as JSON, if it is. */
  json: unknown
  text: string
}

/** An answer given instead of the real one. */
export interface CannedAnswer {
  status: number
  /** An object is sent as JSON, text as HTML. */
  body: unknown
  headers?: Record<string, string>
}

export interface FakeServer {
  readonly origin: string
  readonly calls: string[]
  connections(): number
  close(): Promise<void>
}

const MAX_FORM_BYTES = 256 * 1024

/**
 * Listens on 127.0.0.1 (port 0: a free one) and hands each request, form included, to `answer`, after the
 * delay that `knobs` ask for at that moment.
 */
export async function startFakeServer(
  port: number,
  knobs: { readonly delayMs: number },
  answer: (request: FakeRequest, response: ServerResponse, record: (call: string) => void) => Promise<void>,
): Promise<FakeServer> {
  const calls: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((message, response) => {
    readRequest(message)
      .then(async (request) => {
        if (knobs.delayMs > 0) await sleep(knobs.delayMs, undefined, { ref: false })
        await answer(request, response, (call) => calls.push(call))
      })
      .catch(() => response.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

export function sendCanned(response: ServerResponse, { status, body, headers }: CannedAnswer): void {
  const isText = typeof body === 'string'
  response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json', ...headers })
  response.end(isText ? body : JSON.stringify(body))
}

async function readRequest(message: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_FORM_BYTES) throw new Error('form is too large')
    chunks.push(chunk)
  }
  const url = new URL(message.url ?? '/', 'http://127.0.0.1')
  const text = Buffer.concat(chunks).toString('utf8')
  const json = jsonOf(text)
  const form = new URLSearchParams(json === undefined ? text : '')
  return {
    method: message.method ?? 'GET',
    url,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
    fields: Object.fromEntries([...url.searchParams, ...form]),
    json,
    text,
  }
}

function jsonOf(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
