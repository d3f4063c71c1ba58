import type { Socket } from 'node:net'
import { parseRetryAfter } from './fields.js'
import { takeMessage } from './handshake-reader.js'
import type { ProxyEndpoint } from './proxy-url.js'
import { TunnelFault } from './tunnel-fault.js'
import type { TunnelTarget } from './tunnel-target.js'

const MAX_HEAD_BYTES = 16 * 1024

/**
 * Asks an HTTP proxy for a tunnel (RFC 9110 §9.3.6): any 2xx means that from the byte after the head on
 * the socket is the target's, whatever length the head announces. Credentials go along unasked (Basic,
 * RFC 7617), since a 407 would cost a connection each time.
 */
export async function httpTunnel(
  socket: Socket,
  credentials: ProxyEndpoint['credentials'],
  target: TunnelTarget,
  now: () => number,
): Promise<void> {
  const host = target.family === 6 ? `[${target.address}]` : target.address
  const authority = `${host}:${target.port}`
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`]
  if (credentials !== undefined) {
    const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
    lines.push(`Proxy-Authorization: Basic ${basic}`)
  }
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const head = await takeMessage(socket, MAX_HEAD_BYTES, endOfHead)
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r)/.exec(head.toString('latin1'))?.[1])
  if (Number.isNaN(status)) throw new TunnelFault('proxy', 'NO_HTTP', 'does not speak HTTP')
  if (status < 200 || status > 299) throw refusal(status, head.toString('latin1'), now())
}

function refusal(status: number, head: string, now: number): TunnelFault {
  const code = `HTTP_${status}`
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*)$`, 'im').exec(head)?.[1]
  // Squid says 503 for itself and for a target that does not answer; only this field tells which.
  const squid = status === 503 && /^\s*ERR_CONNECT_FAIL/.test(field('x-squid-error') ?? '')
  if (status === 502 || status === 504 || squid)
    return new TunnelFault('target', code, 'cannot reach the host')
  const retryAt = parseRetryAfter(field('retry-after'), now)
  const what = status === 407 ? 'refused the credentials' : 'refused the tunnel'
  return new TunnelFault('proxy', code, what, { retryAt })
}

/** `endOf` of a message head, the blank line included. */
function endOfHead(received: Buffer): number | undefined {
  const at = received.indexOf('\r\n\r\n')
  return at === -1 ? undefined : at + 4
}
