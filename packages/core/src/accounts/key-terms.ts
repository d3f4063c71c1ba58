import { BlockList, isIPv6 } from 'node:net'
import type { KeyScope } from '@obb/contracts'

/** What a key may, from where, and until when. */
export interface KeyTerms {
  id: string
  /** Counts changes of these. */
  revision: number
  scopes: readonly KeyScope[]
  /** CIDR; empty is from everywhere. */
  networks: readonly string[]
  expiresAt: Date | null
}

/** What somebody wants to do with a key. */
export interface KeyUse {
  scope: KeyScope
  /** From where: an IP address. */
  address: string
}

/** Why a key does not do for this use; undefined if it does. `now`: epoch ms. */
export function keyRefusal(
  { scopes, networks, expiresAt }: KeyTerms,
  { scope, address }: KeyUse,
  now: number,
): 'key_expired' | 'key_network_refused' | 'key_scope_missing' | undefined {
  if (expiresAt !== null && expiresAt.getTime() <= now) return 'key_expired'
  if (networks.length > 0 && !isIn(networks, address)) return 'key_network_refused'
  return scopes.includes(scope) ? undefined : 'key_scope_missing'
}

/** Whether who asks is told where files can be downloaded: by a key with that scope, or signed in as oneself. */
export function mayDownload({
  key,
  isViewed,
}: {
  key?: KeyTerms | undefined
  isViewed?: boolean | undefined
}): boolean {
  return key === undefined ? isViewed !== true : key.scopes.includes('download')
}

function isIn(networks: readonly string[], address: string): boolean {
  const [plain = ''] = address.split('%', 1)
  const bare = plain.replace(/^::ffff:(?=\d+\.)/i, '')
  const family = familyOf(bare)
  const list = new BlockList()
  for (const network of networks) {
    const [base = '', bits] = network.split('/')
    // A list takes an IPv4 address for one of ::/0, too.
    if (familyOf(base) === family) list.addSubnet(base, Number(bits), family)
  }
  return list.check(bare, family)
}

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4')
