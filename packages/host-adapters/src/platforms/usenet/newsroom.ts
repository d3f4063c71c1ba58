/* All news servers of an account: who is asked for an article, and who next. */
import { setMaxListeners } from 'node:events'
import type { HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import { type ArticlePart, DamagedArticle } from './article.js'
import { NewsServer } from './news-server.js'
import { CREDENTIALS, parseServers } from './servers.js'
import type { NewsAddress } from './servers.js'

/** A server that is out of order is left out for so long while there are others, ms. */
const OUTAGE_MS = 60_000

/** Says nothing about whether the article exists or is whole. */
interface Outage {
  error: HostError
  until: number
}

/** The servers of an account, as its operator wrote them. */
export function serversOf(ctx: HostContext): NewsAddress[] {
  return parseServers(credentialsOf(ctx, 'Usenet', CREDENTIALS).servers)
}

/**
 * The servers of an account by priority, with connections of its own, `most` to each server. What one server does
 * not have, or has damaged, is asked of the next.
 */
export class Newsroom {
  private readonly closing = new AbortController()
  private readonly servers: readonly NewsServer[]
  private readonly outages = new Map<NewsServer, Outage>()

  constructor(
    private readonly ctx: Pick<HostContext, 'http' | 'now'>,
    addresses: readonly NewsAddress[],
    most: (address: NewsAddress) => number,
    private readonly signal?: AbortSignal,
  ) {
    const closed = AbortSignal.any([...(signal ? [signal] : []), this.closing.signal])
    setMaxListeners(0, closed) // every connection listens
    const shared = { http: ctx.http, now: ctx.now, signal: closed }
    this.servers = addresses.map((address) => new NewsServer(address, shared, most(address)))
  }

  /** Raises what the first server that cannot be used says. */
  async greet(): Promise<void> {
    for (const server of this.servers) await this.unlessStopped(server.greet())
  }

  /**
   * The first whole one of articles that hold the same, or of damaged ones the longest. Raises FILE_GONE where no server
   * has any, CORRUPT where nothing can be had of what there is, and what keeps a server from telling.
   */
  async article(messageIds: readonly string[]): Promise<ArticlePart> {
    const failures: HostError[] = []
    for (const messageId of messageIds) {
      const found = await this.anywhere((server) => server.article(messageId), failures)
      if (found !== undefined) return found
    }
    const failure = verdict(failures)
    if (failure.kind !== 'CORRUPT') throw failure
    const damaged = failures.filter((error) => error instanceof DamagedArticle)
    const [best] = damaged.filter(({ part }) => part).sort((a, b) => b.got - a.got)
    if (best?.part === undefined) throw failure
    return best.part
  }

  /** Whether any server says that it has one of the articles. Raises what keeps a server from telling when none has. */
  async has(messageIds: readonly string[]): Promise<boolean> {
    const failures: HostError[] = []
    for (const messageId of messageIds) {
      const found = await this.anywhere(async (server) => {
        if (await server.has(messageId)) return true
        throw new HostError('FILE_GONE', 'Usenet: server does not have an article')
      }, failures)
      if (found === true) return true
    }
    const failure = verdict(failures)
    if (failure.kind === 'FILE_GONE') return false
    throw failure
  }

  close(): void {
    this.closing.abort(new HostError('HOST_TEMP', 'Usenet: transfer has ended'))
  }

  /** What the first server gives that can; undefined, and their failures, where none can. */
  private async anywhere<T>(
    work: (server: NewsServer) => Promise<T>,
    failures: HostError[],
  ): Promise<T | undefined> {
    for (const server of this.servers) {
      try {
        const outage = this.outages.get(server)
        if (outage !== undefined && outage.until > this.ctx.now()) throw outage.error
        return await this.unlessStopped(work(server))
      } catch (error) {
        if (!(error instanceof HostError)) throw error
        failures.push(error)
        if (error.scope === 'file' || error.scope === 'job' || this.servers.length === 1) continue
        this.outages.set(server, { error, until: this.ctx.now() + OUTAGE_MS })
      }
    }
    return undefined
  }

  private async unlessStopped<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      this.signal?.throwIfAborted()
      throw error
    }
  }
}

/** A server that could not tell may have it; one that has it damaged has it. Without a failure nobody could be asked. */
function verdict(failures: readonly HostError[]): HostError {
  const of = (kind: HostError['kind']) => failures.find((failure) => failure.kind === kind)
  const untold = failures.find(({ kind }) => kind !== 'FILE_GONE' && kind !== 'CORRUPT')
  const unlisted = new HostError('FILE_GONE', 'Usenet: NZB does not list the article')
  return untold ?? of('CORRUPT') ?? of('FILE_GONE') ?? unlisted
}
