import { isIPv6 } from 'node:net'

/** Groups of an IPv6 address that are its network's: providers give every customer at least a /64. */
const NETWORK_GROUPS = 4

/**
 * The network that an address is counted under: an IPv4 address by itself, also as IPv6 writes it; an IPv6 address by
 * its /64. What is no address is its own.
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%', 1)
  const bare = plain.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(bare)) return bare
  const [head = '', tail] = canonical(bare).split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const after = tail?.split(':').filter((group) => group !== '') ?? []
  const all = [...groups, ...Array<string>(8 - groups.length - after.length).fill('0'), ...after]
  return `${canonical(`${all.slice(0, NETWORK_GROUPS).join(':')}::`)}/64`
}

/** The one way to write an IPv6 address (RFC 5952). */
function canonical(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1)
}
