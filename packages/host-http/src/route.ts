import type { OnReadOpts, Socket } from 'node:net'

/** Target is what of a URL says where a connection goes. */
export type Target = Pick<URL, 'hostname' | 'port' | 'protocol'>

/**
 * Opens one connection, with TLS for `https:`; `signal` fires when nobody wants it any more, and then closes it, however
 * far it is. `onread` says where its bytes shall land, and is left aside inside a tunnel. Raises HostError, NetworkFault
 * or the socket's error.
 */
export type Connector = (target: Target, signal: AbortSignal, onread?: OnReadOpts) => Promise<Socket>

/** A way to origins. Connections of two routes are never exchanged. */
export interface Route {
  /** Equal for routes that lead the same way. May hold a secret. */
  readonly key: string
  readonly connect: Connector
  /** For addresses that users choose. */
  readonly elsewhere: boolean
}

/** HTTP is what is offered by ALPN where HTTP is meant. */
export const HTTP = ['http/1.1']
