import type { IncomingMessage } from 'node:http'
import { urlOf } from '../process/index.js'
import { readAuthority } from './authority.js'
import { type Forwarding, hostOf, UNCLEAR } from './forwarding.js'

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
    const { publicUrl, forwarding } = this.options
    if (publicUrl !== undefined) return publicUrl
    const origin = forwarding?.read(request)?.origin
    if (origin !== undefined) return origin === UNCLEAR ? localUrl(request) : origin
    const authority = readAuthority(hostOf(request) ?? '')
    if (authority === undefined) return localUrl(request)
    return new URL(`http://${authority.hostname}:${authority.port ?? 80}`).origin
  }
}

/** localUrl is the address of this machine that a connection came to, with its port or another one. */
export function localUrl({ socket }: IncomingMessage, port = socket.localPort ?? 80): string {
  const address = (socket.localAddress ?? '127.0.0.1').replace(/^::ffff:/i, '')
  return urlOf({ address, port })
}
