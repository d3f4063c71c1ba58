import { isIPv6 } from 'node:net'

/** Groups of an IPv6 address that are its network's: providers give every customer at least a /64. */
const NETWORK_GROUPS = 4

/**
 * The network that an address is counted under: an IPv4 address by itself, also as IPv6 writes it; an IPv6 address by
 * its /64. What is no address is its own.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(bare)) return bare
  const [head = '', tail] = bare.toLowerCase().split('::')
  const groups = head.split(':').filter((group) => group !== '')
  const after = tail?.split(':').filter((group) => group !== '') ?? []
  // An address that ends in an IPv4 one has two groups there.
  const missing = 8 - groups.length - after.length - (bare.includes('.') ? 1 : 0)
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...after]
  return all
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
