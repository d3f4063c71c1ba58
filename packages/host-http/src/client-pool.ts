import type { OnReadOpts } from 'node:net'
import { NetworkFault } from './network-fault.js'
import { Client, type ClientOptions, type ConnectTarget, type Connected } from './undici.js'

/**
 * Opens one connection; `signal` fires when nobody wants it any more, and then closes it, however far it is.
 * `onread` says where its bytes shall land, and is left aside inside a tunnel.
 */
export type Connector = (
  target: ConnectTarget,
  signal: AbortSignal,
  callback: Connected,
  onread?: OnReadOpts,
) => void

/** A way to origins. Connections of two routes are never exchanged. */
export interface Route {
  /** Equal for routes that lead the same way. May hold a secret. */
  readonly key: string
  readonly connect: Connector
}

/** One connection, for one exchange at a time. */
export interface Lease {
  readonly client: Client
  /** Gives the connection back for reuse, or closes it at once. Counts once. */
  end(outcome: 'reuse' | 'close'): void
}

interface Dialling {
  /** Ends it, which undici's own `destroy` would leave to run on. */
  readonly wanted: AbortController
  /** Whether the present lease has used up its one connection. */
  done: boolean
}

/**
 * Keep-alive connections per route and origin, each leased exclusively. undici's own Agent answers an aborted
 * request by opening the next connection, which a host with a connection limit would count; here the end
 * of a broken exchange is the end of its connection. Idle connections close by themselves after 4 s,
 * and with its last connection a route is forgotten.
 *
 * A lease dials once: for a new connection, or for a kept one that was closed meanwhile. undici would go on
 * dialling for as long as a connection breaks before the request is out (a host that speaks unasked).
 */
export class ClientPool {
  private readonly idle = new Map<string, Client[]>()
  private readonly open = new Map<Client, Dialling>()

  constructor(private readonly options: Omit<ClientOptions, 'connect'>) {}

  lease(route: Route, origin: string): Lease {
    const key = `${route.key} ${origin}`
    const client = this.takeIdle(key) ?? this.create(key, origin, route.connect)
    const dialling = this.open.get(client)
    if (dialling !== undefined) dialling.done = false
    let ended = false
    return {
      client,
      end: (outcome) => {
        if (ended) return
        ended = true
        if (outcome === 'reuse' && this.open.has(client)) this.keep(key, client)
        else this.drop(key, client)
      },
    }
  }

  async destroy(): Promise<void> {
    const clients = [...this.open]
    this.open.clear()
    this.idle.clear()
    await Promise.all(clients.map(([client, { wanted }]) => close(client, wanted)))
  }

  private create(key: string, origin: string, connect: Connector): Client {
    const dialling: Dialling = { wanted: new AbortController(), done: false }
    const client = new Client(origin, {
      ...this.options,
      connect: (target, callback) => {
        if (dialling.done) return callback(new NetworkFault('ECONNRESET'), null)
        dialling.done = true
        connect(target, dialling.wanted.signal, callback)
      },
    })
    this.open.set(client, dialling)
    client.on('disconnect', () => {
      if (this.idle.get(key)?.includes(client)) this.drop(key, client)
    })
    return client
  }

  private takeIdle(key: string): Client | undefined {
    const clients = this.idle.get(key)
    const client = clients?.pop()
    if (clients?.length === 0) this.idle.delete(key)
    return client
  }

  private keep(key: string, client: Client): void {
    const clients = this.idle.get(key) ?? []
    this.idle.set(key, [...clients, client])
  }

  private drop(key: string, client: Client): void {
    const rest = (this.idle.get(key) ?? []).filter((other) => other !== client)
    if (rest.length === 0) this.idle.delete(key)
    else this.idle.set(key, rest)
    const dialling = this.open.get(client)
    if (dialling === undefined) return
    this.open.delete(client)
    void close(client, dialling.wanted)
  }
}

/** The client first: its requests shall end by its own error, not by that of a socket cut under it. */
async function close(client: Client, wanted: AbortController): Promise<void> {
  const closed = client.destroy()
  wanted.abort()
  await closed
}
