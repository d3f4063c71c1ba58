import type { OnReadOpts, Socket } from 'node:net'
import { Connection } from './connection.js'
import type { Buffers } from './landing.js'
import { onAbort } from './on-abort.js'

/** Destination is where an exchange goes, and the only way there. */
export interface Destination {
  /** Equal for destinations whose connections may serve one another. May hold a secret. */
  key: string
  /** Bytes come in records. */
  tls: boolean
  /**
   * A socket that is connected. `signal` fires when nobody wants it any more, and then closes it, however far it is.
   * `onread` says where its bytes shall land; a socket that cannot is good as well.
   */
  dial(onread: OnReadOpts, signal: AbortSignal): Promise<Socket>
}

/** A connection for one exchange. */
export interface ClientLease {
  readonly connection: Connection
  /** It has served an exchange before, and may have been closed by the other side meanwhile. */
  readonly wasKept: boolean
  /** Keeps it for the next exchange, or closes it. Counts once. */
  end(outcome: 'reuse' | 'close'): void
}

export interface PoolOptions {
  /** How long a connection stays that nobody uses, ms; and how many of them do. */
  idleMs: number
  kept?: number
  buffers: Buffers
}

interface Member {
  readonly connection: Connection
  readonly key: string
  /** Ends what is underneath, too. */
  readonly cut: AbortController
  readonly idle: NodeJS.Timeout
}

/** Kept-alive connections by destination, each leased exclusively; the one used last is used first. */
export class ConnectionPool {
  readonly #idle = new Map<string, Member[]>()
  readonly #all = new Set<Member>()
  readonly #options: Required<PoolOptions>
  #idleCount = 0
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = { kept: 128, ...options }
  }

  /** Raises what `dial` raises, or the signal's reason. `fresh`: not one that was used before. */
  async lease(to: Destination, signal?: AbortSignal, fresh = false): Promise<ClientLease> {
    const kept = fresh ? undefined : this.#takeIdle(to.key)
    const member = kept ?? (await this.#dial(to, signal))
    let ended = false
    return {
      connection: member.connection,
      wasKept: kept !== undefined,
      end: (outcome) => {
        if (ended) return
        ended = true
        if (outcome === 'reuse') this.#keep(member)
        else this.#drop(member)
      },
    }
  }

  close(): void {
    this.#isClosed = true
    for (const member of this.#all) this.#drop(member)
  }

  #takeIdle(key: string): Member | undefined {
    for (let member; (member = this.#idle.get(key)?.at(-1)) !== undefined; this.#drop(member)) {
      if (!member.connection.isUsable) continue
      this.#removeIdle(member)
      return member
    }
    return undefined
  }

  #removeIdle(member: Member): void {
    const members = this.#idle.get(member.key)
    const index = members?.lastIndexOf(member) ?? -1
    if (members === undefined || index < 0) return
    members.splice(index, 1)
    if (members.length === 0) this.#idle.delete(member.key)
    this.#idleCount -= 1
  }

  #keep(member: Member): void {
    const { connection, key } = member
    if (this.#idleCount >= this.#options.kept) return this.#drop(member)
    connection.rest()
    if (!connection.isUsable || this.#isClosed) return this.#drop(member)
    const members = this.#idle.get(key)
    if (members === undefined) this.#idle.set(key, [member])
    else members.push(member)
    this.#idleCount += 1
    member.idle.refresh()
  }

  #drop(member: Member): void {
    this.#removeIdle(member)
    this.#all.delete(member)
    clearTimeout(member.idle)
    member.connection.close()
    member.cut.abort()
  }

  async #dial({ key, tls, dial }: Destination, signal: AbortSignal | undefined): Promise<Member> {
    const connection = new Connection(this.#options.buffers, tls)
    const late = (): void => {
      if (this.#idle.get(key)?.includes(member)) this.#drop(member)
    }
    const member: Member = {
      ...{ connection, key, cut: new AbortController() },
      idle: setTimeout(late, this.#options.idleMs).unref(),
    }
    connection.onGone = late
    this.#all.add(member)
    let forget: (() => void) | undefined
    try {
      const stopped = new Promise<never>((_resolve, reject) => {
        forget = signal && onAbort(signal, () => (reject(signal.reason as Error), member.cut.abort()))
      })
      const dialled = dial(connection.onread, member.cut.signal).then((socket) => connection.attach(socket))
      await Promise.race([dialled, stopped])
      return member
    } catch (error) {
      this.#drop(member)
      throw error
    } finally {
      forget?.()
    }
  }
}
