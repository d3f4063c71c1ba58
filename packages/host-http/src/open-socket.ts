import { once } from 'node:events'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { Connector } from './client-pool.js'
import type { SocketTarget } from './host-http.js'
import { networkError } from './network-fault.js'

/** Time for the TLS handshake; the connector bounds what comes before it, ms. */
const HANDSHAKE_MS = 10_000

/**
 * A connection by way of `connect`. TLS is put on top here, without ALPN: the connector's own would offer
 * HTTP. Raises HostErrors as HTTP exchanges do, or the signal's reason.
 */
export async function openSocket(
  connect: Connector,
  { host, port, tls, signal }: SocketTarget,
  secureContext: SecureContext | undefined,
): Promise<Socket> {
  signal?.throwIfAborted()
  const wanted = signal ?? new AbortController().signal
  try {
    const socket = await plainSocket(connect, host, port, wanted)
    return tls ? await secured(socket, host, secureContext, wanted) : socket
  } catch (error) {
    signal?.throwIfAborted()
    throw networkError(error, `socket://${host}:${port}`, 'head')
  }
}

function plainSocket(
  connect: Connector,
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const target = { hostname, host: `${hostname}:${port}`, port: String(port), protocol: 'http:' }
    connect(target, signal, (error, socket) => {
      if (error !== null) return reject(error)
      socket.on('error', () => undefined) // whoever uses it finds it closed
      resolve(socket)
    })
  })
}

async function secured(
  socket: Socket,
  host: string,
  secureContext: SecureContext | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const named = isIP(host) === 0
  const secure = connectTls({ socket, host, secureContext, ...(named && { servername: host }) })
  secure.on('error', () => undefined)
  const late = AbortSignal.any([signal, AbortSignal.timeout(HANDSHAKE_MS)])
  try {
    await once(secure, 'secureConnect', { signal: late })
    return secure
  } catch (error) {
    secure.destroy()
    throw late.aborted ? Object.assign(new Error('handshake is late'), { code: 'ETIMEDOUT' }) : error
  }
}
