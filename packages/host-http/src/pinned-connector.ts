import type { LookupFunction } from 'node:net'
import type { SecureContext } from 'node:tls'
import { dialTcp, dialTls } from '@obb/http-engine'
import type { AddressGuard, ResolvedAddress } from './address-guard.js'
import { HTTP, type Connector, type Target } from './route.js'
import { portOf } from './url.js'

export interface ConnectorOptions {
  /** A user wrote the URL, see `DownloadTarget`. */
  userUrl: boolean
  /** Bounds the resolution and, separately, the connection. */
  timeoutMs: number
  /** The context that certificates are checked against; Node's own roots when absent. */
  secureContext?: SecureContext | undefined
}

/** A connector that dials only addresses the guard has just checked; Host and SNI stay those of the URL. */
export function pinnedConnector(guard: AddressGuard, options: ConnectorOptions): Connector {
  const { timeoutMs, secureContext } = options
  return async (target, signal, onread) => {
    const { addresses, port } = await allowedAddresses(guard, target, options)
    signal.throwIfAborted()
    const way = { host: target.hostname, port, timeoutMs, lookup: pin(addresses), signal, onread }
    return target.protocol === 'https:' ? dialTls({ ...way, secureContext, protocols: HTTP }) : dialTcp(way)
  }
}

/** allowedAddresses tells where a connection to the target may go. */
export async function allowedAddresses(
  guard: AddressGuard,
  target: Target,
  { userUrl, timeoutMs }: ConnectorOptions,
): Promise<{ addresses: readonly ResolvedAddress[]; port: number }> {
  const { hostname, protocol } = target
  const port = portOf({ protocol, port: target.port })
  const addresses = await within(timeoutMs, guard.addresses({ hostname, port, userUrl }))
  return { addresses, port }
}

/** A `lookup` that knows these addresses and nothing else. */
export function pin(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, { all, family }, callback) => {
    if (all) return callback(null, [...addresses])
    const one = addresses.find((entry) => entry.family === family) ?? addresses[0]
    callback(null, one?.address ?? '', one?.family)
  }
}

/** The outcome of a name's resolution, or EAI_AGAIN after the time. */
export async function within<T>(timeoutMs: number, resolution: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    const late = (): void =>
      reject(Object.assign(new Error('name resolution timed out'), { code: 'EAI_AGAIN' }))
    timer = setTimeout(late, timeoutMs)
  })
  try {
    return await Promise.race([resolution, deadline])
  } finally {
    clearTimeout(timer)
  }
}
