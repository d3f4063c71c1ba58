import ipaddr from 'ipaddr.js'
import type { ResolvedAddress } from './address-guard.js'

/** TunnelTarget is what a proxy is asked for: an address that was judged, never a name. */
export interface TunnelTarget extends ResolvedAddress {
  port: number
  /** The address in network order, 4 or 16 bytes. */
  bytes: readonly number[]
}

/** The one spelling of an address, without zone (it means nothing on another machine); IPv4 where mapped. */
export function tunnelTarget({ address }: ResolvedAddress, port: number): TunnelTarget {
  const parsed = ipaddr.process(address.split('%', 1)[0] ?? '')
  return {
    address: parsed.toString(),
    family: parsed.kind() === 'ipv6' ? 6 : 4,
    port,
    bytes: parsed.toByteArray(),
  }
}
