import { lookup } from 'node:dns/promises'
import { type AddressInfo, isIP } from 'node:net'

/** A ListenAt is where to listen; `host` is an address or a name. */
export interface ListenAt {
  host: string
  port: number
}

/**
 * The address to listen on for a HOST: an address as it is, of a name its first one. The IPv4 one if there are both,
 * which is where people look for `localhost`. Raises what the look-up raises.
 */
export async function listenAddress(host: string): Promise<string> {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) === 0 ? (await lookup(bare, { order: 'ipv4first' })).address : bare
}

/** urlOf tells where something that listens there can be reached from here: a wildcard is everywhere, so it is here. */
export function urlOf({ address, port }: Pick<AddressInfo, 'address' | 'port'>): string {
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
