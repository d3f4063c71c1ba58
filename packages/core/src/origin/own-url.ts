import type { IncomingMessage } from 'node:http'
import { urlOf } from '../process/index.js'
import { readAuthority } from './authority.js'
import { type Forwarding, hostOf, UNCLEAR } from './forwarding.js'

/**
 * How an address is known: by a setting, by what a trusted reverse proxy told, by the name in Host, or, where that is
 * no name, by where the connection came to.
 */
export type AddressSource = 'setting' | 'proxy' | 'host' | 'connection'

export interface Address {
  /** Without a slash at the end. */
  url: string
  source: AddressSource
}

export interface OwnUrlOptions {
  /** The setting by which all clients find this server, such as PUBLIC_API_URL. */
  publicUrl?: string | undefined
  /** Without, no proxy is believed. */
  forwarding?: Forwarding
}

/**
 * OwnUrl tells a client of a server by which address he has come to it: what a trusted reverse proxy says, else the
 * name and port in Host, if they are well-formed, else where the connection came to. It is for answers that are for
 * this client only: a cache must not keep them for others.
 */
export class OwnUrl {
  constructor(private readonly options: OwnUrlOptions) {}

  /** base gives scheme, host and port, or the setting, without a slash at the end. */
  base(request: IncomingMessage): string {
    return this.address(request).url
  }

  /** The same, with how it is known. */
  address(request: IncomingMessage): Address {
    const { publicUrl, forwarding } = this.options
    if (publicUrl !== undefined) return { url: publicUrl, source: 'setting' }
    const origin = forwarding?.read(request)?.origin
    if (origin !== undefined && origin !== UNCLEAR) return { url: origin, source: 'proxy' }
    const authority = origin === undefined ? readAuthority(hostOf(request) ?? '') : undefined
    if (authority === undefined) return { url: localUrl(request), source: 'connection' }
    const { hostname, port = 80 } = authority
    return { url: new URL(`http://${hostname}:${port}`).origin, source: 'host' }
  }
}

/** localUrl is the address of this machine that a connection came to, with its port or another one. */
export function localUrl({ socket }: IncomingMessage, port = socket.localPort ?? 80): string {
  const address = (socket.localAddress ?? '127.0.0.1').replace(/^::ffff:/i, '')
  return urlOf({ address, port })
}
