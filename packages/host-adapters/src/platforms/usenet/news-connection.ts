/*
 * One connection to a news server (RFC 3977, RFC 4643): commands go out as they come, answers are told apart by
 * their order alone (pipelining, §3.5). Everything is bytes: articles are not text. A block is handed out as it was
 * on the wire, from behind the status line up to its last line `.`, so that whoever decodes it goes over it once.
 *
 * A connection that breaks, falls silent or says what is no NNTP is closed, and all who wait learn it by a HostError
 * whose cause is a LostConnection: what they asked for may be asked for again elsewhere.
 */
import type { Socket } from 'node:net'
import { HostError } from '../../kit/errors.js'
import { type HostHttp, networkCode } from '@obb/host-http'
import { AnswerReader, connectionLost } from './answer-reader.js'
import type { NewsAnswer } from './answer-reader.js'
import { refusal } from './refusals.js'
import type { NewsAddress } from './servers.js'

interface Waiting {
  resolve(answer: NewsAnswer): void
  reject(error: unknown): void
}

const SILENCE_MS = 60_000
/** Times that a command is sent whose login the server forgets: others on the connection may use up a new one. */
const TRIES = 3
/** How long a server has to say good-bye, ms; longer than an article that is under way takes. */
const FAREWELL_MS = 2_000

/** NewsContext is what all connections of a transfer share. */
export interface NewsContext {
  http: HostHttp
  /** Aborting closes the connection. */
  signal: AbortSignal
  now(): number
}

export class NewsConnection {
  private readonly waiting: Waiting[] = []
  private readonly reader = new AnswerReader()
  private closed: HostError | undefined
  private loggingIn: Promise<void> | undefined

  /** Connected and logged in. Raises CONFIG for a certificate that fails, and what the server refuses. */
  static async open(address: NewsAddress, ctx: NewsContext): Promise<NewsConnection> {
    const socket = await dial(address, ctx)
    const connection = new NewsConnection(address, socket, ctx)
    try {
      const greeting = await connection.next()
      if (greeting.status !== 200 && greeting.status !== 201)
        throw connection.refusalError('greeting', greeting)
      await connection.login()
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  private constructor(
    private readonly address: NewsAddress,
    private readonly socket: Socket,
    private readonly ctx: NewsContext,
  ) {
    const gone = (): void => this.fail('connection was lost')
    socket.setNoDelay().setTimeout(SILENCE_MS, () => this.fail('server fell silent'))
    socket.on('data', (chunk: Buffer) => this.take(chunk)).on('end', gone)
    socket.on('close', gone)
    socket.on('error', gone)
    const stop = (): void => this.close()
    ctx.signal.addEventListener('abort', stop, { once: true })
    socket.once('close', () => ctx.signal.removeEventListener('abort', stop))
    if (ctx.signal.aborted) stop()
  }

  /** Commands without an answer yet. */
  get pending(): number {
    return this.waiting.length
  }

  get usable(): boolean {
    return this.closed === undefined
  }

  /** One command; a login that the server forgot is made again. Refusals are answers. */
  async ask(command: string): Promise<NewsAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.send(command)
      if ((answer.status !== 401 && answer.status !== 480) || tries === TRIES) return answer
      if (answer.status === 401) await this.send('MODE READER')
      else await this.login()
    }
  }

  /** refusalError returns what a refusal means. */
  refusalError(at: string, { status, text }: NewsAnswer): HostError {
    return refusal({ at, status, text, now: this.ctx.now() })
  }

  /** With a QUIT: providers count a connection that was merely cut for some seconds more. */
  close(): void {
    if (this.closed !== undefined) return
    this.leave(connectionLost('connection was closed'))
    const { socket } = this
    const late = setTimeout(() => socket.destroy(), FAREWELL_MS).unref()
    socket.once('close', () => clearTimeout(late)).end('QUIT\r\n')
  }

  /** RFC 4643 §2.3. One login for all who were told to make one. */
  private login(): Promise<void> {
    this.loggingIn ??= this.authenticate().finally(() => (this.loggingIn = undefined))
    return this.loggingIn
  }

  private async authenticate(): Promise<void> {
    const { login } = this.address
    if (login === undefined) return
    const user = await this.send(`AUTHINFO USER ${login.user}`)
    if (user.status === 281) return
    if (user.status !== 381) throw this.refusalError('login', user)
    const password = await this.send(`AUTHINFO PASS ${login.password}`)
    if (password.status !== 281) throw this.refusalError('login', password)
  }

  private send(command: string): Promise<NewsAnswer> {
    const answer = this.next()
    if (this.usable) this.socket.write(`${command}\r\n`, 'utf8')
    return answer
  }

  private next(): Promise<NewsAnswer> {
    return new Promise((resolve, reject) => {
      if (this.closed !== undefined) return reject(this.closed)
      this.waiting.push({ resolve, reject })
    })
  }

  private fail(what: string): void {
    this.end(connectionLost(what))
  }

  private end(reason: HostError): void {
    if (this.closed !== undefined) return
    this.leave(reason)
    this.socket.destroy()
  }

  private leave(reason: HostError): void {
    this.closed = reason
    for (const { reject } of this.waiting.splice(0)) reject(reason)
  }

  private take(chunk: Buffer): void {
    if (!this.usable) return
    try {
      this.reader.read(chunk, (answer) => {
        const waiting = this.waiting.shift()
        // A server that speaks unasked says good-bye.
        if (waiting === undefined) throw connectionLost('server closed the connection')
        waiting.resolve(answer)
      })
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      this.end(error)
    }
  }
}

/** The signal ends what is being made; an open connection takes leave first. */
async function dial({ host, port, tls }: NewsAddress, { http, signal }: NewsContext): Promise<Socket> {
  const dialing = new AbortController()
  const stop = (): void => dialing.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await http.connect({ host, port, tls, signal: dialing.signal })
  } catch (error) {
    throw asConfiguration(error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** A certificate that fails is for the operator to set right. */
function asConfiguration(error: unknown): unknown {
  const isCertificate = error instanceof HostError && error.kind === 'UNEXPECTED' && !error.retryable
  if (!isCertificate) return error
  const message = `Usenet: certificate of the server is refused (${networkCode(error) ?? 'UNKNOWN'})`
  return new HostError('CONFIG', message, { retryable: false, cause: error })
}
