import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Refusal, failureAnswer } from '@obb/contracts'

/** How long what a refused client still sends is read and dropped, ms. */
const LINGER_MS = 1_000

/**
 * Answers on a connection on which there is no request that could be answered, and ends it. What the client still sends
 * is read and dropped for a moment: closing on it would be a reset, which may overtake the answer. `http`: a code and
 * headers instead of, and beside, those of the refusal.
 */
export function refuseSocket(
  socket: Socket,
  refusal: Refusal,
  http: { code?: number | undefined; headers?: Readonly<Record<string, string>> } = {},
): void {
  const answer = failureAnswer(refusal)
  const body = Buffer.from(JSON.stringify(answer.body))
  const code = http.code ?? answer.code
  const headers = {
    ...answer.headers,
    ...http.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.on('error', () => undefined)
  socket.write([`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`, ...lines, '', ''].join('\r\n'))
  socket.end(body)
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
}
