import { once } from 'node:events'
import { connect as connectTcp, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type SecureContext } from 'node:tls'

/** Unused connections are asked for a sign of life after so long, ms. */
const KEEP_ALIVE_MS = 60_000

export interface Dialling {
  host: string
  port: number
  /** Bounds what is done here, ms; then the code is ETIMEDOUT. When absent, the signal does. */
  timeoutMs?: number | undefined
  /** Closes the socket, however far it is and for as long as it lives. */
  signal?: AbortSignal | undefined
  /** The place where the bytes of the socket shall land. */
  onread?: OnReadOpts | undefined
  /** The look-up of the addresses of `host`; the system's when absent. */
  lookup?: LookupFunction | undefined
}

export interface Securing extends Omit<Dialling, 'lookup'> {
  /** The context that certificates are checked against; Node's own roots when absent. */
  secureContext?: SecureContext | undefined
  /** The protocols that are offered by ALPN; none when absent. */
  protocols?: string[]
}

/** A TCP connection. Raises the socket's error. */
export async function dialTcp({ host, port, timeoutMs, ...rest }: Dialling): Promise<Socket> {
  const socket = connectTcp({ host: bare(host), port, ...withoutUndefined(rest) })
  return ready(socket, 'connect', timeoutMs)
}

/** TLS, checked against `host`: over a connection of its own, or over `socket`. Raises the socket's error. */
export async function dialTls(
  { host, port, timeoutMs, protocols, ...rest }: Securing & Pick<Dialling, 'lookup'>,
  socket?: Socket,
): Promise<Socket> {
  const name = bare(host)
  const options: ConnectionOptions & { onread?: OnReadOpts } = {
    ...(socket === undefined ? { port } : { socket }),
    host: name,
    servername: isIP(name) === 0 ? name : '', // RFC 6066 §3: no addresses
    ...(protocols && { ALPNProtocols: protocols }),
    ...withoutUndefined(rest),
  }
  try {
    return await ready(connectTls(options), 'secureConnect', timeoutMs)
  } catch (error) {
    socket?.destroy()
    throw error
  }
}

async function ready(socket: Socket, event: string, timeoutMs: number | undefined): Promise<Socket> {
  socket.on('error', () => undefined) // whoever waits or reads sees it; between two of them nobody does
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => socket.destroy(late()), timeoutMs)
  try {
    await once(socket, event)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function late(): Error {
  return Object.assign(new Error('the connection did not come about in time'), { code: 'ETIMEDOUT' })
}

/** Without the brackets that an IPv6 address has in a URL. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

/** `signal` and the like must not be there where they are undefined. */
function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
