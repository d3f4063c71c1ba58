import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { readAuthority } from './authority.js'

/** A Hop is what one proxy says of the request that it passed on. */
interface Hop {
  /** By whom it was sent to that proxy. */
  for?: string | undefined
  host?: string | undefined
  proto?: string | undefined
  port?: string | undefined
}

/** How a request came to the first of the proxies that are trusted. */
export interface Forwarded {
  /** The client, where it is told. */
  address: string | undefined
  /** Scheme, host and port that the client used; undefined where nothing is told of them. */
  origin: string | typeof UNCLEAR | undefined
}

/** UNCLEAR stands for an origin where what is told of it is not well-formed, or contradicts itself. */
export const UNCLEAR = Symbol('unclear')

/** Reads what reverse proxies tell of a request: `Forwarded` (RFC 7239) and `X-Forwarded-For`, `-Host`, `-Proto`, `-Port`. */
export class Forwarding {
  private readonly trusted = new BlockList()

  /** `networks`: addresses and CIDRs of the proxies that are believed. */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', prefix] = network.split('/')
      const type = isIPv6(address) ? 'ipv6' : 'ipv4'
      if (prefix === undefined) this.trusted.addAddress(address, type)
      else this.trusted.addSubnet(address, Number(prefix), type)
    }
  }

  /** Undefined for a request that no trusted proxy passed on. */
  read(request: IncomingMessage): Forwarded | undefined {
    if (!this.isTrusted(request.socket.remoteAddress)) return undefined
    const { headers } = request
    const standard = headers.forwarded === undefined ? undefined : elements(headers.forwarded)
    const usual = lists(headers)
    const [one, other] = [standard, usual].map((hops) => hops && this.forwardedFrom(hops, request))
    // A proxy that sets one kind may pass on the other one as its client sent it.
    const isBoth = headers.forwarded !== undefined && usual.length > 0
    return isBoth && one?.origin !== other?.origin ? { address: undefined, origin: UNCLEAR } : (one ?? other)
  }

  /** Of the client, as far as proxies that are trusted tell it; '' where they do not. */
  clientAddress(request: IncomingMessage): string {
    const { remoteAddress } = request.socket
    return this.isTrusted(remoteAddress)
      ? (this.read(request)?.address ?? '')
      : this.peerAddress(remoteAddress)
  }

  /** The other end of a connection as the client's address; '' for a proxy that is trusted. */
  peerAddress(address: string | undefined): string {
    return this.isTrusted(address) ? '' : (bareAddress(address) ?? '')
  }

  /** From the nearest proxy on, as long as the one before it is trusted, too. */
  private forwardedFrom(hops: readonly Hop[], request: IncomingMessage): Forwarded {
    let told: Hop = {}
    for (const hop of hops) {
      told = { ...told, ...hop }
      if (!this.isTrusted(addressOf(hop.for))) break
    }
    const { host, proto, port } = told
    const isTold = host !== undefined || proto !== undefined || port !== undefined
    return {
      address: addressOf(told.for),
      origin: isTold ? (originOf(told, request) ?? UNCLEAR) : undefined,
    }
  }

  /**
   * The address of a reverse proxy that passed a request on and is not believed; undefined where none did, or is. What
   * a client writes into these fields itself looks the same.
   */
  unbelieved({ headers, socket: { remoteAddress } }: IncomingMessage): string | undefined {
    const isPassedOn = headers.forwarded !== undefined || lists(headers).length > 0
    return isPassedOn && !this.isTrusted(remoteAddress) ? bareAddress(remoteAddress) : undefined
  }

  /** Whether an address is one of the proxies that are believed. */
  isTrusted(address: string | undefined): boolean {
    const bare = bareAddress(address) ?? ''
    const version = isIP(bare)
    return version !== 0 && this.trusted.check(bare, version === 6 ? 'ipv6' : 'ipv4')
  }
}

/** An IPv4 address that came over IPv6 as what it is. */
function bareAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** The one Host field of a request; undefined where there is none, or several (RFC 9112 §3.2). */
export function hostOf({ headersDistinct }: IncomingMessage): string | undefined {
  const [host, another] = headersDistinct['host'] ?? []
  return another === undefined ? host : undefined
}

/**
 * Whether a request names its host as RFC 9112 §3.2 wants it: in one field, which HTTP/1.0 may leave out. Whoever
 * stands between us and the client may have read another field than we would.
 */
export function isHostNamed({ httpVersion, rawHeaders }: IncomingMessage): boolean {
  let fields = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') fields++
  }
  return fields === 1 || (fields === 0 && httpVersion === '1.0')
}

function originOf({ host, proto = 'http', port }: Hop, request: IncomingMessage): string | undefined {
  const authority = readAuthority(host ?? hostOf(request) ?? '')
  if (authority === undefined || !/^https?$/i.test(proto)) return undefined
  const named =
    authority.port ?? (port === undefined ? undefined : (readAuthority(`port:${port}`)?.port ?? NaN))
  if (Number.isNaN(named)) return undefined
  const { hostname } = authority
  return new URL(`${proto}://${hostname}${named === undefined ? '' : `:${named}`}`).origin
}

const TOKEN = "[!#$%&'*+.^_`|~0-9a-z:\\[\\]-]+"
const PAIR = new RegExp(`[ \\t]*([a-z]+)=(${TOKEN}|"(?:[^"\\\\]|\\\\.)*")[ \\t]*(;|,|$)`, 'iy')

/** The elements of `Forwarded`, the nearest proxy's first; undefined if it is not well-formed. */
function elements(text: string): Hop[] | undefined {
  const hops: Record<string, string>[] = [{}]
  for (PAIR.lastIndex = 0; PAIR.lastIndex < text.length;) {
    const [, name = '', value = '', end] = PAIR.exec(text) ?? []
    if (end === undefined) return undefined
    const hop = hops.at(-1) ?? {}
    if (name.toLowerCase() in hop) return undefined
    hop[name.toLowerCase()] = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
    if (end === ',') hops.push({})
  }
  return hops.reverse()
}

/** Proxies before us that are looked at: whoever tells of more has made them up. */
const MAX_HOPS = 64

/** The same in the fields that came before the standard: lists that may be of different lengths. */
function lists(headers: IncomingMessage['headers']): Hop[] {
  const of = (name: string): string[] =>
    [headers[`x-forwarded-${name}`] ?? []]
      .flat()
      .flatMap((field) => field.split(','))
      .slice(-MAX_HOPS)
      .map((each) => each.trim())
      .reverse()
  const [from, host, proto, port] = [of('for'), of('host'), of('proto'), of('port')] as const
  const count = Math.max(from.length, host.length, proto.length, port.length)
  return Array.from({ length: count }, (_, n) => {
    const hop: Hop = { for: from[n], host: host[n], proto: proto[n], port: port[n] }
    return Object.fromEntries(Object.entries(hop).filter(([, value]) => value !== undefined))
  })
}

/** The address in a node identifier, with or without its port; undefined for `unknown` and obfuscated ones. */
function addressOf(node: string | undefined): string | undefined {
  if (node === undefined) return undefined
  if (isIP(node) !== 0) return node
  const [, six, four] = /^(?:\[([0-9a-f:.]+)\]|([\d.]+))(?::\w+)?$/i.exec(node) ?? []
  const address = six ?? four ?? ''
  return isIP(address) === 0 ? undefined : address
}
