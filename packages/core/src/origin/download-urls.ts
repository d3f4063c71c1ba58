import type { IncomingMessage } from 'node:http'
import { readAuthority } from './authority.js'
import { type Forwarding, hostOf, UNCLEAR } from './forwarding.js'
import { type Address, localUrl } from './own-url.js'

export interface DownloadUrlsOptions {
  /** PUBLIC_PROXY_URL: where all clients find the proxy. */
  publicUrl?: string | undefined
  /** Without, no proxy is believed. */
  forwarding?: Forwarding
  /** Port that the proxy listens on; undefined where a request has come to the proxy itself. */
  port?: number
}

/**
 * The URLs of downloads. Clients come by different addresses (this machine, the home network, a tunnel), and whoever
 * asks gets links by the address that he has come by:
 *
 * - where a trusted reverse proxy passed the request on, the origin that it tells; it leads `/download/` to the proxy
 * - else, at the gateway, the name in Host, with the proxy's port, if that is a name; who asks there has a key, and at
 *   the proxy itself a Metalink would lead its readers to whatever somebody else's request said
 * - else the address of this machine that the connection came to
 */
export class DownloadUrls {
  constructor(private readonly options: DownloadUrlsOptions) {}

  /** base gives what the URLs of downloads begin with, without a slash at the end. */
  base(request: IncomingMessage): string {
    return this.address(request).url
  }

  /** The same, with how it is known. */
  address(request: IncomingMessage): Address {
    const { port, publicUrl } = this.options
    if (publicUrl !== undefined) return { url: publicUrl, source: 'setting' }
    const origin = this.options.forwarding?.read(request)?.origin
    if (origin !== undefined && origin !== UNCLEAR) return { url: origin, source: 'proxy' }
    const named = origin === undefined && port !== undefined
    const authority = named ? readAuthority(hostOf(request) ?? '') : undefined
    if (authority === undefined) return { url: localUrl(request, port), source: 'connection' }
    return { url: new URL(`http://${authority.hostname}:${port}`).origin, source: 'host' }
  }
}

/**
 * downloadUrl tells where the file of a link is downloaded. Its name is decoration, for people and for what clients
 * call the file.
 */
export function downloadUrl(base: string, linkId: string, name: string): string {
  return `${base}/download/${linkId}/${urlName(name)}`
}

/** A dot segment would be resolved away by the client (RFC 3986 §5.2.4); `'` ends what some take for a URL in text. */
function urlName(name: string): string {
  return /^\.{1,2}$/.test(name) || name === '' ? 'file' : encodeURIComponent(name).replaceAll("'", '%27')
}
