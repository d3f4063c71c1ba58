/* A news server behind its connections. */
import { HostError } from '../../kit/errors.js'
import type { ArticlePart } from './article.js'
import { LostConnection } from './answer-reader.js'
import type { NewsAnswer } from './answer-reader.js'
import { decodeArticle } from './decode-article.js'
import { NewsConnection } from './news-connection.js'
import type { NewsContext } from './news-connection.js'
import { refusal } from './refusals.js'
import type { NewsAddress } from './servers.js'

/** Commands that one connection is asked at once: the next article begins when the last one ends. */
const PIPELINE = 2
const TRIES = 2
const UNKNOWN_COMMAND = 500
const HEADER_END = Buffer.from('\r\n\r\n')

/**
 * A news server behind at most so many connections, which are opened as they are needed. A server that refuses
 * a further one is believed: what is open has to do.
 */
export class NewsServer {
  private readonly connections: NewsConnection[] = []
  private readonly wakeUps: (() => void)[] = []
  private opening = 0
  private limit: number

  constructor(
    private readonly address: NewsAddress,
    private readonly ctx: NewsContext,
    most: number,
  ) {
    this.limit = Math.min(most, address.connections)
  }

  /** Connects and logs in. */
  async greet(): Promise<void> {
    const answer = await this.ask('DATE')
    // Reachable and logged in is enough; not every server tells the time.
    if (answer.status !== 111 && answer.status !== UNKNOWN_COMMAND) throw this.refusalError(answer)
  }

  /** Whether the server says that it has an article. */
  async has(messageId: string): Promise<boolean> {
    let answer = await this.ask(`STAT <${messageId}>`)
    if (answer.status === UNKNOWN_COMMAND || answer.status === 503)
      answer = await this.ask(`HEAD <${messageId}>`)
    if (answer.status === 223 || answer.status === 221) return true
    const error = this.refusalError(answer)
    if (error.kind !== 'FILE_GONE') throw error
    return false
  }

  /** Raises FILE_GONE for an article that the server does not have, and CORRUPT for one that it has damaged. */
  async article(messageId: string): Promise<ArticlePart> {
    let answer = await this.ask(`BODY <${messageId}>`)
    if (answer.status === UNKNOWN_COMMAND) answer = await this.ask(`ARTICLE <${messageId}>`)
    if (answer.status === 222) return decodeArticle(answer.block)
    if (answer.status !== 220) throw this.refusalError(answer)
    const head = answer.block.indexOf(HEADER_END)
    return decodeArticle(answer.block.subarray(head === -1 ? answer.block.length : head + HEADER_END.length))
  }

  close(): void {
    for (const connection of this.connections.splice(0)) connection.close()
    this.wakeUp()
  }

  private refusalError({ status, text }: NewsAnswer): HostError {
    return refusal({ at: 'command', status, text, now: this.ctx.now() })
  }

  /** On some connection; once more on another when that one is lost, or closed by the server with a 400. */
  private async ask(command: string): Promise<NewsAnswer> {
    for (let attempt = 1; ; attempt++) {
      const connection = await this.free()
      try {
        const answer = await connection.ask(command)
        if (answer.status !== 400) return answer
        connection.close()
        if (attempt === TRIES) return answer
      } catch (error) {
        this.ctx.signal.throwIfAborted()
        const lost = error instanceof HostError && error.cause instanceof LostConnection
        if (!lost || attempt === TRIES) throw error
      } finally {
        this.wakeUp()
      }
    }
  }

  /** An idle connection, a new one while there may be more, or one that has little to do. */
  private async free(): Promise<NewsConnection> {
    for (;;) {
      this.ctx.signal.throwIfAborted()
      const usable = this.connections.filter((connection) => connection.usable)
      this.connections.splice(0, Infinity, ...usable)
      const [least] = usable.sort((a, b) => a.pending - b.pending)
      if (least?.pending === 0) return least
      if (usable.length + this.opening < this.limit) {
        const opened = await this.open()
        if (opened !== undefined) return opened
      } else if (least !== undefined && least.pending < PIPELINE) return least
      else await new Promise<void>((resolve) => this.wakeUps.push(resolve))
    }
  }

  /** Undefined when the server allows no further one and there are others to wait for. */
  private async open(): Promise<NewsConnection | undefined> {
    this.opening++
    try {
      const connection = await NewsConnection.open(this.address, this.ctx)
      this.connections.push(connection)
      return connection
    } catch (error) {
      this.ctx.signal.throwIfAborted()
      const others = this.connections.filter(({ usable }) => usable).length + this.opening - 1
      if (!(error instanceof HostError) || error.kind !== 'ACCOUNT_BUSY' || others === 0) throw error
      this.limit = Math.max(1, Math.min(this.limit, others))
      return undefined
    } finally {
      this.opening--
      this.wakeUp()
    }
  }

  private wakeUp(): void {
    for (const wakeUp of this.wakeUps.splice(0)) wakeUp()
  }
}
