import { validateHeaderName, validateHeaderValue } from 'node:http'
import { HostError } from './host-error.js'
import { ChunkedDecoder, type MessageHead, NetworkFault, parseHead } from '@obb/http-engine'
import type { Route } from './client-pool.js'
import type { Hop } from './hop.js'
import type { BodyReader } from './host-http.js'
import { networkError } from './network-fault.js'
import type { WireLease, WirePool } from './wire-pool.js'

const MAX_HEAD = 16 * 1024

/** One request and its answer over a wire, without redirects. */
export interface WireExchange {
  status: number
  headers: Readonly<Record<string, string>>
  body: BodyReader
}

/**
 * Runs one exchange. Raises HostErrors or the signal's reason, which also end the body's reads; then the
 * connection is closed. `idleMs` bounds the silence before the head and inside the body while somebody reads.
 */
export async function wireExchange(
  pool: WirePool,
  route: Route,
  hop: Hop,
  { idleMs, signal }: { idleMs: number; signal: AbortSignal },
): Promise<WireExchange> {
  const url = hop.url.href
  const request = requestText(hop)
  for (let fresh = false; ; fresh = true) {
    signal.throwIfAborted()
    let attempt: Attempt | undefined
    try {
      attempt = new Attempt(await pool.lease(route, hop.url, signal, fresh), idleMs, signal)
      const head = await attempt.head(request, hop.method)
      const { status, headers } = head
      return { status, headers, body: new WireBody(attempt, head, url) }
    } catch (error) {
      attempt?.end('close')
      signal.throwIfAborted()
      // A host may close a kept connection just when it is used again: RFC 9112 §9.3.1.
      if (attempt?.wasKept && !attempt.answered && !attempt.late && hop.method !== 'POST') continue
      throw networkError(error, url, 'head')
    }
  }
}

/** Raises UNEXPECTED for what would be another request than meant. */
function requestText({ method, url, headers, body }: Hop): string {
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`]
  const own = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  try {
    for (const [name, value] of Object.entries({ connection: 'keep-alive', ...headers, ...own })) {
      validateHeaderName(name)
      validateHeaderValue(name, value)
      lines.push(`${name}: ${value}`)
    }
  } catch (error) {
    const cause = new NetworkFault((error as NodeJS.ErrnoException).code ?? 'ERR_INVALID_CHAR')
    throw new HostError('UNEXPECTED', 'A header cannot be sent', { cause, retryable: false })
  }
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`
}

/** A leased wire with its times and its end. */
class Attempt {
  answered = false
  late = false
  private readonly timer: NodeJS.Timeout
  private phase: 'HEADERS' | 'BODY' = 'HEADERS'
  /** Odd while somebody waits; each wait has a number of its own. */
  private waits = 0
  private readonly judge = (wait: number): void => {
    if (wait !== this.waits || wait % 2 === 0) return
    this.late = true
    this.lease.wire.fail(new NetworkFault(`UND_ERR_${this.phase}_TIMEOUT`))
  }
  private readonly abort = (): void => this.lease.wire.fail(reasonOf(this.signal))

  constructor(
    private readonly lease: WireLease,
    idleMs: number,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.abort, { once: true })
    // What came while the process was busy is handed out before anybody is called late.
    this.timer = setTimeout(() => setImmediate(this.judge, this.waits), idleMs)
    if (signal.aborted) this.abort()
  }

  get wasKept(): boolean {
    return this.lease.used
  }

  async head(request: string, method: string): Promise<MessageHead> {
    const { wire } = this.lease
    wire.write(request)
    for (let seen = 0; ;) {
      const bytes = await this.awaited(wire.peek(seen))
      if (!bytes) throw new NetworkFault('ECONNRESET')
      this.answered = true
      const end = bytes.subarray(0, MAX_HEAD + 4).indexOf('\r\n\r\n')
      if (end === -1) {
        if (bytes.length > MAX_HEAD) throw new NetworkFault('UND_ERR_HEADERS_OVERFLOW')
        seen = bytes.length
        continue
      }
      const head = parseHead(bytes.toString('latin1', 0, end), method)
      wire.skip(end + 4)
      if (head.status === 101) throw new NetworkFault('HPE_INVALID_STATUS')
      if (head.status >= 200) {
        this.phase = 'BODY'
        return head
      }
      seen = 0
    }
  }

  next(most: number): Promise<Buffer | undefined> {
    return this.awaited(this.lease.wire.next(most))
  }

  end(outcome: 'reuse' | 'close'): void {
    clearTimeout(this.timer)
    this.signal.removeEventListener('abort', this.abort)
    this.lease.end(outcome)
  }

  /** The silence counts only while somebody waits for bytes. */
  private async awaited<T>(work: Promise<T>): Promise<T> {
    this.waits++
    this.timer.refresh()
    try {
      return await work
    } finally {
      this.waits++
    }
  }
}

class WireBody implements BodyReader {
  private left: number
  private readonly chunked: ChunkedDecoder | undefined
  private ended = false

  constructor(
    private readonly attempt: Attempt,
    private readonly head: MessageHead,
    private readonly url: string,
  ) {
    this.left = typeof head.length === 'number' ? head.length : Infinity
    this.chunked = head.length === 'chunked' ? new ChunkedDecoder() : undefined
    if (this.left === 0) this.finish()
  }

  async next(): Promise<Buffer | undefined> {
    if (this.ended) return undefined
    try {
      for (;;) {
        if (this.left === 0 || this.chunked?.done) return this.finish()
        const bytes = await this.attempt.next(this.left)
        if (!bytes) {
          if (this.head.length === 'until close') return this.finish()
          throw new NetworkFault('ECONNRESET')
        }
        const chunk = this.chunked ? this.chunked.decode(bytes) : bytes
        this.left -= bytes.length
        if (chunk.length > 0) return chunk
      }
    } catch (error) {
      this.close()
      if (!(error instanceof Error) || !isNetwork(error)) throw error
      throw networkError(error, this.url, 'body')
    }
  }

  close(): void {
    if (this.ended) return
    this.ended = true
    this.attempt.end('close')
  }

  private finish(): undefined {
    this.ended = true
    const clean = this.head.keepAlive && (this.chunked?.surplus ?? 0) === 0
    this.attempt.end(clean ? 'reuse' : 'close')
    return undefined
  }
}

/** What Node and this reader raise carry a code; an abort's reason need not. */
function isNetwork(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string'
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new DOMException('The operation was aborted', 'AbortError')
}
