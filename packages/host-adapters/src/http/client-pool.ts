import { Client } from 'undici'

/** One connection, for one exchange at a time. */
export interface Lease {
  readonly client: Client
  /** Gives the connection back for reuse, or closes it at once. Counts once. */
  end(outcome: 'reuse' | 'close'): void
}

/**
 * Keep-alive connections per origin, each leased exclusively. undici's own Agent answers an aborted
 * request by opening the next connection, which a host with a connection limit would count; here the end
 * of a broken exchange is the end of its connection. Idle connections close by themselves after 4 s.
 */
export class ClientPool {
  private readonly idle = new Map<string, Client[]>()
  private readonly open = new Set<Client>()

  constructor(private readonly options: Client.Options) {}

  lease(origin: string): Lease {
    const client = this.takeIdle(origin) ?? this.create(origin)
    let ended = false
    return {
      client,
      end: (outcome) => {
        if (ended) return
        ended = true
        if (outcome === 'reuse' && this.open.has(client)) this.keep(origin, client)
        else this.drop(origin, client)
      },
    }
  }

  async destroy(): Promise<void> {
    const clients = [...this.open]
    this.open.clear()
    this.idle.clear()
    await Promise.all(clients.map((client) => client.destroy()))
  }

  private create(origin: string): Client {
    const client = new Client(origin, this.options)
    this.open.add(client)
    client.on('disconnect', () => {
      if (this.idle.get(origin)?.includes(client)) this.drop(origin, client)
    })
    return client
  }

  private takeIdle(origin: string): Client | undefined {
    const clients = this.idle.get(origin)
    const client = clients?.pop()
    if (clients?.length === 0) this.idle.delete(origin)
    return client
  }

  private keep(origin: string, client: Client): void {
    const clients = this.idle.get(origin) ?? []
    this.idle.set(origin, [...clients, client])
  }

  private drop(origin: string, client: Client): void {
    const rest = (this.idle.get(origin) ?? []).filter((other) => other !== client)
    if (rest.length === 0) this.idle.delete(origin)
    else this.idle.set(origin, rest)
    if (this.open.delete(client)) client.destroy(null, () => undefined)
  }
}
