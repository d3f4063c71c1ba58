import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { HostError } from './host-error.js'
import { parseUrl, portOf } from './url.js'

/**
 * Decides where this server may connect to, because a user's link must never reach the operator's own
 * network (SSRF). Only global unicast addresses pass, plus what the operator lists in `allowNetworks`. A link does not
 * reach this machine by its public addresses either: from inside, they lead past the firewall in front of it.
 *
 * Judging a name and then connecting to the name would be two resolutions, and the second may differ
 * (DNS rebinding). So `addresses` resolves once, refuses the name if any of its addresses is refused, and
 * the connector dials exactly what was returned. Literals skip every lookup of `net`, hence they pass
 * through the same function; odd spellings (decimal, octal, hex, mapped) are brought to one form first.
 */
export interface ResolvedAddress {
  address: string
  family: 4 | 6
}

/** All addresses of a name. Rejects with an Error that has a `code` (`ENOTFOUND`, `EAI_AGAIN` …). */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>

export interface AddressGuardOptions {
  /** CIDRs or single addresses that may be connected to although they are not public, on any port. */
  allowNetworks?: readonly string[]
  resolver?: Resolver
  /** The addresses of this machine, now; asked of the system unless given. */
  ownAddresses?: () => readonly string[]
}

export interface Destination {
  hostname: string
  port: number
  /** A user wrote this URL: only the ports of the web are open. */
  userUrl: boolean
}

/** How long the addresses of this machine are taken as they were, ms. */
const OWN_AGE_MS = 10_000
const USER_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443])
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96')
/** Instance services of clouds that live inside public space (Azure). */
const METADATA_IPV4 = ipaddr.parseCIDR('168.63.129.16/32')

type Address = ReturnType<typeof ipaddr.parse>
type Network = ReturnType<typeof ipaddr.parseCIDR>

export class AddressGuard {
  private readonly networks: readonly Network[]
  private readonly resolver: Resolver
  private readonly ownAddresses: () => readonly string[]
  private own: readonly Address[] = []
  private ownReadAt = Number.NEGATIVE_INFINITY

  /** Throws an Error naming the entry when `allowNetworks` holds something that is no network. */
  constructor(options: AddressGuardOptions = {}) {
    this.networks = (options.allowNetworks ?? []).map(parseNetwork)
    this.resolver = options.resolver ?? systemResolver
    this.ownAddresses = options.ownAddresses ?? systemAddresses
  }

  /** Whether an address, in any spelling, may be connected to. */
  allows(address: string): boolean {
    const parsed = parseAddress(address)
    return parsed !== undefined && (this.isListed(parsed) || isPublic(parsed))
  }

  /** Refuses at once what needs no resolution: the scheme, and a literal address or its port. */
  checkUrl(url: URL, userUrl: boolean): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refusal('scheme is not http or https')
    const hostname = bareHostname(url.hostname)
    if (hostname === '') throw refusal('host is missing')
    const literal = literalAddress(hostname)
    if (literal !== undefined) this.judge([literal], { hostname, port: portOf(url), userUrl })
  }

  /**
   * Every address of the destination, all of them checked: connect to these and to nothing else.
   * Raises BAD_URL when one is refused, and the resolver's own error when the name has none.
   */
  async addresses(destination: Destination): Promise<readonly ResolvedAddress[]> {
    const hostname = bareHostname(destination.hostname)
    const literal = literalAddress(hostname)
    const found = literal === undefined ? await this.resolver(hostname) : [literal]
    if (found.length === 0) throw Object.assign(new Error('name has no address'), { code: 'ENOTFOUND' })
    this.judge(found, destination)
    return found
  }

  private judge(found: readonly ResolvedAddress[], { port, userUrl }: Destination): void {
    for (const { address } of found) {
      const parsed = parseAddress(address)
      if (parsed === undefined) throw refusal('address is not an IP address')
      if (this.isListed(parsed)) continue
      if (!isPublic(parsed)) throw refusal('address is not public')
      if (userUrl && this.isOwn(parsed)) throw refusal('address is of this server')
      if (userUrl && !USER_PORTS.has(port)) throw refusal('port is not open to links')
    }
  }

  private isOwn(address: Address): boolean {
    if (performance.now() - this.ownReadAt >= OWN_AGE_MS) {
      this.own = this.ownAddresses().flatMap((each) => parseAddress(each) ?? [])
      this.ownReadAt = performance.now()
    }
    return this.own.some((each) => each.toNormalizedString() === address.toNormalizedString())
  }

  private isListed(address: Address): boolean {
    return this.networks.some(([network, bits]) => within(address, network, bits))
  }
}

function refusal(reason: string): HostError {
  return new HostError('BAD_URL', `Destination refused: ${reason}`, { retryable: false })
}

/** The names as this machine knows them. */
export async function systemResolver(hostname: string): Promise<ResolvedAddress[]> {
  const found = await lookup(hostname, { all: true, verbatim: true })
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

/** The addresses of this machine's interfaces. */
export const systemAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address))

function bareHostname(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/(?<!\.)\.+$/, '')
}

/** The address a host spells out itself; RFC 6761 makes `localhost` one of them. */
function literalAddress(hostname: string): ResolvedAddress | undefined {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return { address: '127.0.0.1', family: 4 }
  const family = isIP(hostname)
  if (family !== 0) return { address: hostname, family: family === 6 ? 6 : 4 }
  // A host whose last label is a number is an IPv4 address to every URL parser (WHATWG URL, host parsing).
  if (!/(^|\.)(\d+|0x[\da-f]*)$/.test(hostname)) return undefined
  const url = parseUrl(`http://${hostname}/`)
  if (url === undefined) throw refusal('host is not a valid address')
  return { address: url.hostname, family: 4 }
}

function parseAddress(address: string): Address | undefined {
  const [bare = ''] = address.split('%', 1)
  if (isIP(bare) === 0) return undefined
  const parsed = ipaddr.process(bare)
  if (parsed.kind() !== 'ipv6' || !within(parsed, ...NAT64)) return parsed
  return ipaddr.fromByteArray(parsed.toByteArray().slice(12))
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  if (address.kind() === 'ipv6') return within(address, ...GLOBAL_IPV6)
  return !within(address, ...METADATA_IPV4)
}

function within(address: Address, network: Address, bits: number): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}

function parseNetwork(text: string): Network {
  const entry = text.trim()
  try {
    if (entry.includes('/')) return ipaddr.parseCIDR(entry)
    const single = ipaddr.process(entry)
    return [single, single.kind() === 'ipv6' ? 128 : 32]
  } catch {
    throw new Error(`Not a network: ${JSON.stringify(entry)} (expected a CIDR such as 10.0.0.0/8)`)
  }
}
