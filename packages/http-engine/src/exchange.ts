import { validateHeaderName, validateHeaderValue } from 'node:http'
import { SMALL } from './buffers.js'
import { ChunkedDecoder } from './chunked.js'
import type { Reading, Verdict } from './connection.js'
import { NetworkFault } from './fault.js'
import { type MessageHead, findHeadEnd, parseHead } from './head.js'
import { onAbort } from './on-abort.js'
import type { ConnectionPool, Destination, ClientLease } from './pool.js'

/** Bytes of a head; servers send a few hundred, and those with long policies 20 KiB. */
const MAX_HEAD = 32 * 1024

export interface Request {
  method: string
  /** Request line and fields, with the empty line: see `requestHead`. */
  head: string
  body?: string | undefined
}

export interface Terms {
  /** Bounds the silence before the head and inside the body while somebody reads, ms. */
  silenceMs?: number | undefined
  /** Its reason ends the exchange and its connection: up to its last byte, or up to the head of the answer. */
  signal?: AbortSignal | undefined
  signalEnds?: 'exchange' | 'opening'
}

/** The bytes of a body, in order, in memory that is used again. */
export interface Body {
  /**
   * The next bytes, at least one; undefined after the last. Valid until the next call of anything here. Raises
   * NetworkFault, the socket's error, or the signal's reason; after a failure or `close`, too. One call at a time.
   */
  read(): Promise<Buffer | undefined>
  /** The last bytes are valid no more; a body that was not read to its end loses its connection. Idempotent. */
  close(): void
  /** Bytes that came behind the body, which nobody asked for. */
  readonly surplus: number
}

export interface Answer extends MessageHead {
  body: Body
}

/**
 * One request and its answer. A kept connection that turns out to be closed is replaced by a fresh one, where the
 * request may be sent twice (RFC 9112 §9.3.1). Raises NetworkFault, the socket's error, what `dial` raises, or the
 * signal's reason; then the connection is closed.
 */
export async function exchange(
  pool: ConnectionPool,
  destination: Destination,
  request: Request,
  { silenceMs, signal, signalEnds = 'exchange' }: Terms = {},
): Promise<Answer> {
  for (let fresh = false; ; fresh = true) {
    signal?.throwIfAborted()
    const lease = await pool.lease(destination, signal, fresh)
    const { connection } = lease
    const forget = signal && onAbort(signal, () => connection.close(reasonOf(signal)))
    const incoming = new Incoming(request.method, lease, forget)
    try {
      signal?.throwIfAborted()
      connection.begin(silenceMs)
      connection.send(request.head, request.body)
      const head = await incoming.open()
      if (signalEnds === 'opening') forget?.()
      return { ...head, body: incoming }
    } catch (error) {
      incoming.close()
      signal?.throwIfAborted()
      const mayRepeat = lease.wasKept && request.method !== 'POST'
      if (!mayRepeat || connection.answered || connection.isLate) throw error
    }
  }
}

const BEGINNING = 'HTTP/'

/** Whether `bytes` from `at` on are the beginning of a head, or of one that has not come yet. */
function beginsAsHttp(bytes: Buffer, at: number): boolean {
  return BEGINNING.startsWith(bytes.toString('latin1', at, Math.min(bytes.length, at + BEGINNING.length)))
}

/** An answer as it comes: judges what is there of it, and hands out its body. */
class Incoming implements Reading, Body {
  left = Infinity
  surplus = 0
  lateCode = 'UND_ERR_HEADERS_TIMEOUT'
  #head: MessageHead | undefined
  /** #at is where the head, or the interim one before it, ends in what came first; #seen is how much was looked at. */
  #at = 0
  #seen = 0
  /** Bytes of a body of known length that were not handed out. */
  #awaited = Infinity
  #chunked: ChunkedDecoder | undefined
  /** #first is what came of the body with the head. */
  #first: Buffer | undefined
  #isOpen = false
  #isOver = false
  #isClosed = false

  constructor(
    private readonly method: string,
    private readonly lease: ClientLease,
    private readonly forget: (() => void) | undefined,
  ) {}

  async open(): Promise<MessageHead> {
    const bytes = await this.lease.connection.read(this)
    const head = this.#head
    if (bytes === undefined || head === undefined) throw new NetworkFault('ECONNRESET')
    this.#isOpen = true
    this.lateCode = 'UND_ERR_BODY_TIMEOUT'
    if (head.length === 'chunked') this.#chunked = new ChunkedDecoder()
    if (typeof head.length === 'number') this.#awaited = head.length
    this.#first = bytes.subarray(this.#at)
    if (this.#awaited > 0) return head
    this.#content(this.#first)
    this.#finish()
    return head
  }

  judge(unread: Buffer, worth: number): Verdict {
    if (!this.#isOpen) return this.#judgeOpening(unread)
    this.left = Math.max(0, this.#awaited - unread.length)
    return this.left === 0 || this.left === Infinity || unread.length >= worth ? 'enough' : 'gather'
  }

  async read(): Promise<Buffer | undefined> {
    if (this.#isClosed) throw new NetworkFault('ECONNABORTED')
    try {
      while (!this.#isOver) {
        if (this.#awaited === 0 || this.#chunked?.done === true) return this.#finish()
        const bytes = this.#first ?? (await this.lease.connection.read(this))
        this.#first = undefined
        if (bytes === undefined) {
          if (this.#head?.length === 'until close') return this.#finish()
          throw new NetworkFault('ECONNRESET')
        }
        const content = this.#content(bytes)
        if (content.length > 0) return content
      }
      return undefined
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = this.#isClosed = true
    this.forget?.()
    this.lease.end('close')
  }

  #judgeOpening(unread: Buffer): Verdict {
    while (this.#head === undefined) {
      const found = findHeadEnd(unread, this.#at, this.#seen)
      const length = (found?.end ?? unread.length) - this.#at
      if (length > MAX_HEAD) throw new NetworkFault('UND_ERR_HEADERS_OVERFLOW')
      this.#seen = unread.length
      // What does not begin as HTTP does not become it, however long one waits.
      if (!found && !beginsAsHttp(unread, this.#at)) throw new NetworkFault('HPE_INVALID_CONSTANT')
      if (!found) return 'more'
      const text = unread.toString('latin1', this.#at, found.end)
      const head = parseHead(text, this.method, found.bareLf)
      this.#at = this.#seen = found.next
      if (head.status === 101) throw new NetworkFault('HPE_INVALID_STATUS') // nobody asked for it
      if (head.status >= 200) this.#head = head
      // An interim answer (RFC 9110 §15.2): the real one follows, unless this one says that nothing does.
      else if (!head.keepAlive) throw new NetworkFault('HPE_CLOSED_CONNECTION')
    }
    const { length } = this.#head
    if (typeof length === 'string') return 'enough'
    this.left = Math.max(0, this.#at + length - unread.length)
    if (this.left === 0) return 'last'
    return this.#at + length <= SMALL ? 'gather' : 'enough'
  }

  /** #content gives what of these bytes is content. */
  #content(bytes: Buffer): Buffer {
    if (this.#chunked !== undefined) {
      const content = this.#chunked.decode(bytes)
      this.surplus = this.#chunked.surplus
      return content
    }
    const content = bytes.length > this.#awaited ? bytes.subarray(0, this.#awaited) : bytes
    this.#awaited -= content.length
    this.surplus = bytes.length - content.length
    return content
  }

  #finish(): undefined {
    if (this.#isOver) return
    this.#isOver = true
    this.forget?.()
    this.lease.end(this.#head?.keepAlive === true && this.surplus === 0 ? 'reuse' : 'close')
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new DOMException('The operation was aborted', 'AbortError')
}

/**
 * The head of a request that asks `url`'s origin for its path. Raises NetworkFault for what would be another request
 * than meant. `body`: see Request.
 */
export function requestHead(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body?: string,
): string {
  const length = body ?? (method === 'POST' ? '' : undefined)
  const own = length === undefined ? {} : { 'content-length': String(Buffer.byteLength(length)) }
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`]
  try {
    for (const [name, value] of Object.entries({ connection: 'keep-alive', ...headers, ...own })) {
      validateHeaderName(name)
      validateHeaderValue(name, value)
      lines.push(`${name}: ${value}`)
    }
  } catch (error) {
    throw new NetworkFault((error as NodeJS.ErrnoException).code ?? 'ERR_INVALID_CHAR')
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}
