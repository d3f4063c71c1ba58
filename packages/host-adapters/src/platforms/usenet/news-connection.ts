/*
 * One connection to a news server (RFC 3977, RFC 4643): commands go out as they come, answers are told apart by
 * their order alone (pipelining, §3.5). Everything is bytes: articles are not text. A block is handed out as it was
 * on the wire, from behind the status line up to its last line `.`, so that whoever decodes it goes over it once.
 *
 * A connection that breaks, falls silent or says what is no NNTP is closed, and all who wait learn it by a HostError
 * whose cause is a LostConnection: what they asked for may be asked for again elsewhere.
 */
import type { Socket } from 'node:net'
import { HostError } from '../../errors.js'
import type { HostHttp } from '../../http/host-http.js'
import { networkCode } from '../../http/network-fault.js'
import { refusal } from './refusals.js'
import type { NewsAddress } from './servers.js'

export interface NewsAnswer {
  status: number
  /** The rest of the status line. May repeat what was sent. */
  text: string
  /** As on the wire, without the last line; empty where the answer is one line. */
  block: Buffer
}

/** Marks a HostError that says nothing about what was asked for. */
export class LostConnection extends Error {}

interface Waiting {
  resolve(answer: NewsAnswer): void
  reject(error: unknown): void
}

const WITH_BLOCK: ReadonlySet<number> = new Set([101, 220, 221, 222])
const SILENCE_MS = 60_000
const MAX_LINE = 4096
const MAX_BLOCK = 16 * 1024 * 1024
const FIRST_CAPACITY = 64 * 1024
const END = Buffer.from('\r\n.\r\n')

/** What all connections of a transfer share. */
export interface NewsContext {
  http: HostHttp
  /** Aborting closes the connection. */
  signal: AbortSignal
  now(): number
}

export class NewsConnection {
  private readonly waiting: Waiting[] = []
  private buffer = Buffer.allocUnsafe(FIRST_CAPACITY)
  private length = 0
  /** Of the answer that is coming in: where its status line ends. */
  private statusEnd: number | undefined
  /** No end of a block begins before it. */
  private searched = 0
  private closed: HostError | undefined
  private loggingIn: Promise<void> | undefined

  /** Connected and logged in. Raises CONFIG for a certificate that fails, and what the server refuses. */
  static async open(address: NewsAddress, ctx: NewsContext): Promise<NewsConnection> {
    const { host, port, tls } = address
    const socket = await ctx.http.connect({ host, port, tls, signal: ctx.signal }).catch((error: unknown) => {
      throw asConfiguration(error)
    })
    const connection = new NewsConnection(address, socket, ctx)
    try {
      const greeting = await connection.next()
      if (greeting.status !== 200 && greeting.status !== 201) throw connection.refused('greeting', greeting)
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
    const lost = (): void => this.fail('connection was lost')
    socket.setNoDelay().setTimeout(SILENCE_MS, () => this.fail('server fell silent'))
    socket.on('data', (chunk: Buffer) => this.take(chunk)).on('end', lost)
    socket.on('close', lost)
    socket.on('error', lost)
    const stop = (): void => this.fail('connection was closed')
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

  /** One command; a login that the server forgot is made once more. Refusals are answers. */
  async ask(command: string): Promise<NewsAnswer> {
    const answer = await this.send(command)
    if (answer.status === 401) await this.send('MODE READER')
    else if (answer.status !== 480) return answer
    else await this.login()
    return this.send(command)
  }

  /** What a refusal means. */
  refused(at: string, { status, text }: NewsAnswer): HostError {
    return refusal({ at, status, text, now: this.ctx.now() })
  }

  close(): void {
    this.fail('connection was closed')
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
    if (user.status !== 381) throw this.refused('login', user)
    const password = await this.send(`AUTHINFO PASS ${login.password}`)
    if (password.status !== 281) throw this.refused('login', password)
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
    if (this.closed !== undefined) return
    const cause = new LostConnection(what)
    this.closed = new HostError('HOST_TEMP', `Usenet: ${what}`, { cause })
    this.socket.destroy()
    for (const { reject } of this.waiting.splice(0)) reject(this.closed)
  }

  private take(chunk: Buffer): void {
    const needed = this.length + chunk.length
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2))
      this.buffer.copy(larger, 0, 0, this.length)
      this.buffer = larger
    }
    chunk.copy(this.buffer, this.length)
    this.length = needed
    while (this.usable && this.length > 0 && this.takeAnswer());
  }

  /** Whether there was a whole one. */
  private takeAnswer(): boolean {
    const received = this.buffer.subarray(0, this.length)
    this.statusEnd ??= this.findStatusEnd(received)
    if (this.statusEnd === undefined) return false
    const line = received.toString('latin1', 0, this.statusEnd)
    const [, digits, text = ''] = /^(\d{3})(?:[ \t](.*))?$/.exec(line) ?? []
    if (digits === undefined) return this.refuseStream('server does not speak NNTP')
    const status = Number(digits)
    const afterLine = this.statusEnd + 2
    if (!WITH_BLOCK.has(status)) {
      this.hand({ status, text, block: Buffer.alloc(0) }, afterLine)
      return true
    }
    // The line break of the status line may be that of an empty block.
    const end = received.indexOf(END, Math.max(this.statusEnd, this.searched))
    if (end === -1) {
      this.searched = Math.max(0, this.length - END.length + 1)
      return this.length > MAX_BLOCK && this.refuseStream('article has no end')
    }
    this.hand(
      { status, text, block: received.subarray(afterLine, Math.max(afterLine, end + 2)) },
      end + END.length,
    )
    return true
  }

  private findStatusEnd(received: Buffer): number | undefined {
    const end = received.subarray(0, MAX_LINE).indexOf('\r\n')
    if (end === -1 && this.length >= MAX_LINE) this.refuseStream('server does not speak NNTP')
    return end === -1 ? undefined : end
  }

  private refuseStream(what: string): false {
    this.fail(what)
    return false
  }

  /** The buffer itself goes to who asked for a block; what came behind it is kept. */
  private hand(answer: NewsAnswer, consumed: number): void {
    const rest = this.buffer.subarray(consumed, this.length)
    if (answer.block.length > 0) {
      const next = Buffer.allocUnsafe(Math.max(this.buffer.length, rest.length))
      rest.copy(next)
      this.buffer = next
    } else this.buffer.copyWithin(0, consumed, this.length)
    this.length = rest.length
    this.statusEnd = undefined
    this.searched = 0
    const waiting = this.waiting.shift()
    // A server that speaks unasked says good-bye.
    if (waiting === undefined) this.fail('server closed the connection')
    else waiting.resolve(answer)
  }
}

/** A certificate that fails is for the operator to set right. */
function asConfiguration(error: unknown): unknown {
  const isCertificate = error instanceof HostError && error.kind === 'UNEXPECTED' && !error.retryable
  if (!isCertificate) return error
  const message = `Usenet: certificate of the server is refused (${networkCode(error) ?? 'UNKNOWN'})`
  return new HostError('CONFIG', message, { retryable: false, cause: error })
}
