/*
 * Connections through the egress proxy of an account. Platforms bind tokens and links to the address that
 * asked for them, so there is one rule above all: a connection goes through the proxy or does not happen.
 *
 * The target is resolved and judged here like that of a direct connection, and the proxy is asked for the
 * judged address, with `socks5h` too: a proxy that resolves the name itself could be led into a private
 * network by the second answer, which is the very thing the guard is for. What this costs is that a host
 * with regional names answers for this machine's region. SNI and Host stay the name. The proxy's own
 * address is the operator's choice and is not judged.
 *
 * Targets without TLS get a tunnel as well (no absolute-form requests), so that there is one mechanism.
 * undici's ProxyAgent and Socks5ProxyAgent cannot serve: they hand the name to the proxy.
 *
 * Errors: what is the proxy's fault is EGRESS_BLOCKED, which cools the account that uses it; what the
 * proxy says of the target is left to `networkError`, as if it had happened here. A proxy that stays
 * silent until the time is over is at fault, since nobody can tell.
 */
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { dialTcp, dialTls } from '@obb/http-engine'
import { HostError } from './host-error.js'
import type { AddressGuard, ResolvedAddress, Resolver } from './address-guard.js'
import { httpTunnel } from './http-tunnel.js'
import { NetworkFault, errorCode } from './network-fault.js'
import { allowedAddresses, pin, within } from './pinned-connector.js'
import type { ConnectorOptions } from './pinned-connector.js'
import { proxyLabel } from './proxy-url.js'
import type { ProxyEndpoint } from './proxy-url.js'
import { HTTP, type Connector } from './route.js'
import { socksTunnel } from './socks-tunnel.js'
import { TunnelFault } from './tunnel-fault.js'
import { tunnelTarget } from './tunnel-target.js'
import type { TunnelTarget } from './tunnel-target.js'

export interface ProxiedConnectorOptions extends ConnectorOptions {
  /** Finds the proxy itself. */
  resolver: Resolver
  /** Epoch ms. */
  now: () => number
}

/** How long an account rests whose proxy failed, ms. */
const EGRESS_RETRY_MS = 5 * 60_000
/** Addresses of one target that are tried in turn, each over its own connection to the proxy. */
const MAX_ADDRESSES = 3

/**
 * A connector through the proxy. `timeoutMs` bounds the resolution of the target, everything up to the
 * tunnel, and the target's TLS, each.
 */
export function proxiedConnector(
  guard: AddressGuard,
  proxy: ProxyEndpoint,
  options: ProxiedConnectorOptions,
): Connector {
  return async (target, signal, onread) => {
    const { addresses, port } = await allowedAddresses(guard, target, options)
    const socket = await firstTunnel(proxy, addresses, port, options, signal)
    if (target.protocol !== 'https:') return socket
    const { timeoutMs, secureContext } = options
    const inside = { host: target.hostname, port, timeoutMs, secureContext, protocols: HTTP, onread }
    return dialTls(inside, socket)
  }
}

/** A tunnel to the first address that has one; the fault of the first address where none has. */
async function firstTunnel(
  proxy: ProxyEndpoint,
  addresses: readonly ResolvedAddress[],
  port: number,
  options: ProxiedConnectorOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const cut = new AbortController()
  const giveUp = (): void => cut.abort()
  const timer = setTimeout(giveUp, options.timeoutMs)
  if (signal.aborted) giveUp()
  // Stays for the life of the tunnel: a socket cut this way takes the TLS inside it along.
  else signal.addEventListener('abort', giveUp, { once: true })

  let fault: TunnelFault | undefined
  try {
    // IPv4 first: every proxy has it, and one platform shall see one address of ours.
    for (const address of addresses.toSorted((a, b) => a.family - b.family).slice(0, MAX_ADDRESSES)) {
      try {
        return await tunnel(proxy, tunnelTarget(address, port), options, cut.signal)
      } catch (error) {
        fault ??= asFault(error, cut.signal)
        if (!fault.addressBound || cut.signal.aborted) break
      }
    }
  } finally {
    clearTimeout(timer)
  }
  throw verdict(fault ?? new TunnelFault('target', 'ENOTFOUND', 'was given no address'), proxy, options)
}

async function tunnel(
  proxy: ProxyEndpoint,
  target: TunnelTarget,
  options: ProxiedConnectorOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await dial(proxy, options, signal)
  try {
    if (proxy.protocol === 'http' || proxy.protocol === 'https') {
      await httpTunnel(socket, proxy.credentials, target, options.now)
    } else await socksTunnel(socket, proxy.credentials, target)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** A connection to the proxy itself, closed when the signal fires. */
async function dial(
  proxy: ProxyEndpoint,
  { resolver, timeoutMs, secureContext }: ProxiedConnectorOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { hostname: host, port } = proxy
  const addresses = isIP(host) === 0 ? await within(timeoutMs, resolver(host)) : []
  signal.throwIfAborted()
  const way = { host, port, lookup: pin(addresses), signal }
  return proxy.protocol === 'https' ? dialTls({ ...way, secureContext, protocols: HTTP }) : dialTcp(way)
}

function asFault(error: unknown, cut: AbortSignal): TunnelFault {
  if (error instanceof TunnelFault) return error
  if (cut.aborted) return new TunnelFault('proxy', 'ETIMEDOUT', 'did not answer in time')
  return new TunnelFault('proxy', errorCode(error), 'cannot be reached')
}

function verdict(fault: TunnelFault, proxy: ProxyEndpoint, { now }: ProxiedConnectorOptions): Error {
  const cause = new NetworkFault(fault.code)
  if (fault.blame === 'target') return cause
  const retryAt = fault.retryAt ?? now() + EGRESS_RETRY_MS
  const message = `Proxy ${proxyLabel(proxy)} ${fault.message} (${fault.code})`
  return new HostError('EGRESS_BLOCKED', message, { retryAt, cause })
}
