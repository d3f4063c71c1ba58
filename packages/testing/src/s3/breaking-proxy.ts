import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer, request as ask } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { parseTarget } from './exchange.js'
import { type Break, type Fault, Faults } from './faults.js'
import { errorDocument } from './xml.js'

/** BreakingS3 stands before a real S3, counts what is asked of it, and breaks what a test wants broken. */
export interface BreakingS3 {
  endpoint: string
  faults: Faults
  /** Requests so far, by operation. */
  requests: Readonly<Record<string, number>>
  close(): Promise<void>
}

const BROKEN = Symbol('broken as asked')

/** `upstream`: an S3 addressed by path. The Host that clients sign is passed on. */
export async function breakS3(upstream: string): Promise<BreakingS3> {
  const sockets = new Set<Socket>()
  const requests: Record<string, number> = {}
  const faults = new Faults(() => sockets.forEach((socket) => socket.destroy()))
  const { hostname, port } = new URL(upstream)
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    const fault = faultOf(request)
    if (fault?.kind === 'fail') return refuse(request, response, fault)
    pass(request, response, fault).catch(() => response.destroy())
  })

  function faultOf(request: IncomingMessage): Fault | undefined {
    try {
      const target = parseTarget(request.method ?? '', request.url ?? '', request.headers)
      requests[target.operation] = (requests[target.operation] ?? 0) + 1
      return faults.take(target)
    } catch {
      return undefined // what the stand-in does not know, a real S3 may
    }
  }

  async function pass(request: IncomingMessage, response: ServerResponse, fault?: Fault): Promise<void> {
    const { method, url: path, rawHeaders: headers } = request
    const onward = ask({ hostname, port, method, path, headers, agent: false })
    response.on('close', () => onward.destroy())
    onward.on('error', () => undefined)
    const answered = once(onward, 'response') as Promise<[IncomingMessage]>
    answered.catch(() => undefined)
    const sent = flow(request, onward, breakOn(fault, 'request'), request.socket).catch((error: unknown) => {
      if (error === BROKEN) throw error // else what does not want the body may have answered
    })
    const [answer] = await Promise.race([answered, sent.then(() => answered)])
    sent.catch(() => undefined)
    request.resume()
    const cut = breakOn(fault, 'response')
    if (cut?.afterBytes !== 0) response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    await flow(answer, response, cut, request.socket)
  }

  /** `source` into `target`, up to where it breaks. */
  async function flow(
    source: Readable,
    target: NodeJS.WritableStream,
    cut: (Break & { kind: 'reset' | 'stall' }) | undefined,
    socket: Socket,
  ): Promise<void> {
    let left = cut?.afterBytes ?? Infinity
    for await (const bytes of source as AsyncIterable<Buffer>) {
      const part = bytes.subarray(0, Math.min(left, bytes.length))
      left -= part.length
      if (part.length > 0 && !target.write(part)) await once(target, 'drain')
      if (left === 0) break
    }
    if (!cut) return void target.end()
    if (cut.kind === 'stall') await Promise.race([faults.released(), once(socket, 'close')])
    socket.resetAndDestroy()
    throw BROKEN
  }

  server.on('connection', (socket) => {
    if (faults.isDown) return socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    requests,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      sockets.forEach((socket) => socket.destroy())
      faults.clear()
      await closed
    },
  }
}

function breakOn(fault: Fault | undefined, side: Break['on']) {
  return fault && fault.kind !== 'fail' && fault.on === side ? fault : undefined
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code }: { status: number; code: string },
): void {
  request.resume()
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' })
  response.end(
    request.method === 'HEAD' ? '' : errorDocument({ Code: code, Message: 'A fault was asked for' }),
  )
}
