import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { dialTls } from '@obb/http-engine'
import type { SocketTarget } from './host-http.js'
import { networkError } from './network-fault.js'
import type { Connector } from './route.js'

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
    const socket = await connect({ hostname: host, port: String(port), protocol: 'http:' }, wanted)
    if (!tls) return socket
    return await dialTls({ host, port, timeoutMs: HANDSHAKE_MS, signal: wanted, secureContext }, socket)
  } catch (error) {
    signal?.throwIfAborted()
    throw networkError(error, `socket://${host}:${port}`, 'head')
  }
}
