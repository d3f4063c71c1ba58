import type { Socket } from 'node:net'
import { takeMessage } from './handshake-reader.js'
import type { ProxyEndpoint } from './proxy-url.js'
import { TunnelFault } from './tunnel-fault.js'
import type { TunnelTarget } from './tunnel-target.js'

const VERSION = 5
const NO_AUTHENTICATION = 0
const USERNAME_PASSWORD = 2
const PASSWORD_VERSION = 1
const CONNECT = 1
const IPV4 = 1
const DOMAIN = 3
const IPV6 = 4
/** The longest reply is one with a name of 255 bytes (RFC 1928 §6). */
const MAX_REPLY_BYTES = 4 + 1 + 255 + 2

/**
 * Asks a SOCKS 5 proxy for a tunnel (RFC 1928), with user and password (RFC 1929) if the proxy wants them.
 *
 * Own code rather than the `socks` package: that one cannot be aborted, and its errors carry the options
 * they were given, password included.
 */
export async function socksTunnel(
  socket: Socket,
  credentials: ProxyEndpoint['credentials'],
  target: TunnelTarget,
): Promise<void> {
  const methods = credentials === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, USERNAME_PASSWORD]
  socket.write(Buffer.from([VERSION, methods.length, ...methods]))
  const [version, method] = await takePair(socket)
  if (version !== VERSION) throw noSocks()
  if (method === USERNAME_PASSWORD && credentials !== undefined) await authenticate(socket, credentials)
  else if (method !== NO_AUTHENTICATION) {
    const what = credentials === undefined ? 'asks for credentials' : 'accepts no credentials of ours'
    throw new TunnelFault('proxy', 'SOCKS_AUTH', what)
  }
  const type = target.family === 6 ? IPV6 : IPV4
  const request = [VERSION, CONNECT, 0, type, ...target.bytes, target.port >> 8, target.port & 0xff]
  socket.write(Buffer.from(request))
  const reply = await takeMessage(socket, MAX_REPLY_BYTES, endOfReply)
  if (reply[0] !== VERSION) throw noSocks()
  if (reply[1] !== 0) throw refusal(reply[1] ?? NaN)
}

async function authenticate(
  socket: Socket,
  { username, password }: NonNullable<ProxyEndpoint['credentials']>,
): Promise<void> {
  const fields = [username, password].map((field) => Buffer.from(field))
  const lengthed = fields.flatMap((field) => [Buffer.from([field.length]), field])
  socket.write(Buffer.concat([Buffer.from([PASSWORD_VERSION]), ...lengthed]))
  const [, status] = await takePair(socket)
  if (status !== 0) throw new TunnelFault('proxy', 'SOCKS_AUTH', 'refused the credentials')
}

function takePair(socket: Socket): Promise<Buffer> {
  return takeMessage(socket, 2, () => 2)
}

/** The length of a reply; of a refusal only what is read, since some proxies end there. */
function endOfReply(received: Buffer): number | undefined {
  const [version, reply, , type, length] = received
  if (version !== VERSION) return 1
  if (reply === undefined) return undefined
  if (reply !== 0) return 2
  if (type === IPV4) return 4 + 4 + 2
  if (type === IPV6) return 4 + 16 + 2
  if (type === DOMAIN) return length === undefined ? undefined : 5 + length + 2
  if (type !== undefined) throw noSocks()
  return undefined
}

/** Reply codes, RFC 1928 §6. What says nothing about the target is the proxy's own. */
function refusal(reply: number): TunnelFault {
  if (reply === 3) {
    return new TunnelFault('proxy', 'SOCKS_3', 'has no network to the host', { addressBound: true })
  }
  if (reply === 4) return new TunnelFault('target', 'EHOSTUNREACH', 'cannot reach the host')
  if (reply === 5) return new TunnelFault('target', 'ECONNREFUSED', 'was refused by the host')
  if (reply === 6) return new TunnelFault('target', 'ETIMEDOUT', 'got no answer from the host')
  if (reply === 8) {
    return new TunnelFault('proxy', 'SOCKS_8', 'cannot use such an address', { addressBound: true })
  }
  return new TunnelFault('proxy', `SOCKS_${reply}`, 'refused the tunnel')
}

function noSocks(): TunnelFault {
  return new TunnelFault('proxy', 'NO_SOCKS', 'does not speak SOCKS 5')
}
