import { createHash } from 'node:crypto'
import { S3Error } from './errors.js'
import type { Authorization } from './signature.js'

/*
 * `Content-Encoding: aws-chunked`: the framing in which SDKs send a body whose checksum or signature
 * is only known at its end. `<hex size>[;chunk-signature=…]CRLF<data>CRLF … 0CRLF<trailers>CRLF`.
 * Storing the frame as content is the classic bug of stand-in servers.
 */

const MAX_LINE = 1024
const MAX_TRAILERS = 20

/** Yields the content; trailers, names in lower case, are put into `trailers` once it has ended. */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  authorization: Authorization,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const wire = new Wire(source)
  const signed = authorization.payload.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
  let previous = authorization.signature
  for (;;) {
    const [, digits, signature] =
      /^([0-9a-fA-F]{1,10})(?:;chunk-signature=(\w+))?$/.exec(await wire.line()) ?? []
    if (digits === undefined) throw incomplete('A chunk has no size')
    const hash = createHash('sha256')
    for await (const bytes of wire.take(Number.parseInt(digits, 16))) {
      if (signed) hash.update(bytes)
      yield bytes
    }
    if (signed) {
      const expected = authorization.signChunk(previous, hash.digest('hex'))
      if (signature !== expected) throw mismatch()
      previous = expected
    }
    if (Number.parseInt(digits, 16) === 0) break
    if ((await wire.line()) !== '') throw incomplete('A chunk is longer than its size')
  }
  const lines: string[] = []
  for (let line = await wire.line(); line !== ''; line = await wire.line()) {
    if (lines.push(line) > MAX_TRAILERS) throw incomplete('Too many trailers')
  }
  for (const line of lines) {
    const colon = line.indexOf(':')
    trailers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  if (signed && authorization.payload.endsWith('-TRAILER')) {
    const content = [...trailers].filter(([name]) => name !== 'x-amz-trailer-signature')
    const text = content.map(([name, value]) => `${name}:${value}\n`).join('')
    const expected = authorization.signTrailer(previous, createHash('sha256').update(text).digest('hex'))
    if (trailers.get('x-amz-trailer-signature') !== expected) throw mismatch()
  }
  if (!(await wire.ended())) throw incomplete('Bytes after the last chunk')
}

function incomplete(message: string): S3Error {
  return new S3Error('IncompleteBody', message)
}

function mismatch(): S3Error {
  return new S3Error('SignatureDoesNotMatch', 'A chunk signature we calculated does not match yours')
}

/** Lines and counted bytes out of a stream of buffers. */
class Wire {
  readonly #source: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n')
      if (end > MAX_LINE || (end < 0 && this.#rest.length > MAX_LINE)) throw incomplete('A line is too long')
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end)
        this.#rest = this.#rest.subarray(end + 2)
        return line
      }
      this.#rest = Buffer.concat([this.#rest, await this.#more()])
    }
  }

  async *take(count: number): AsyncGenerator<Buffer> {
    while (count > 0) {
      if (this.#rest.length === 0) this.#rest = await this.#more()
      const bytes = this.#rest.subarray(0, count)
      this.#rest = this.#rest.subarray(bytes.length)
      count -= bytes.length
      yield bytes
    }
  }

  async ended(): Promise<boolean> {
    return this.#rest.length === 0 && (await this.#source.next()).done === true
  }

  async #more(): Promise<Buffer> {
    const next = await this.#source.next()
    if (next.done === true) throw incomplete('The body ended in the middle of a chunk')
    return next.value
  }
}
