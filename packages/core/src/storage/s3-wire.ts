import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { addAbortSignal, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ExactBody } from './exact-body.js'
import { ObjectStream } from './object-stream.js'
import { StoreError } from './object-store.js'
import { wrongSize } from './part-sink.js'
import { documentError, s3Error } from './s3-errors.js'

/*
 * The two transfers that carry file content, over presigned URLs and plain node:http. The SDK's own
 * way costs several times the CPU, does not notice a request body that fails, and leaves the body of an
 * aborted read open. A URL holds a signature: it must not get into an error.
 */

/** Bytes of an error document that are looked at. */
const MAX_DOCUMENT = 64 * 1024
const READ_ATTEMPTS = 3
const FIRST_PAUSE_MS = 100

export class S3Wire {
  readonly #http = new http.Agent({ keepAlive: true })
  readonly #https = new https.Agent({ keepAlive: true })
  readonly #stallMs: number

  /** `stallMs`: how long the store may neither take nor give a byte although it could. */
  constructor(stallMs: number) {
    this.#stallMs = stallMs
  }

  /** Sends `size` bytes of `body` in one PUT and returns the etag. Errors as of `putPart`. */
  async put(url: string, body: Readable, size: number, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const request = this.#request(url, 'PUT', { 'content-length': String(size) })
    const exact = new ExactBody(size)
    let first: { error: unknown } | undefined // whatever fails after it is a consequence of it
    const stop = new AbortController()
    const fail = (error: unknown): void => {
      first ??= { error }
      stop.abort()
    }
    const abort = (): void => fail(signal.reason)
    signal.addEventListener('abort', abort)
    body.on('error', fail)
    exact.on('error', fail)
    request.on('error', (error) => fail(s3Error('UploadPart', error)))
    request.on('timeout', () => {
      const bodyIsSlow = request.writableLength === 0 && !request.writableEnded && !request.socket?.connecting
      if (bodyIsSlow) request.socket?.setTimeout(this.#stallMs)
      else fail(silent('UploadPart'))
    })
    const answer = new Promise<string>((resolve, reject) => {
      request.once('response', (message) => {
        etagOf(message).then(resolve, fail) // perhaps before the body is sent
      })
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error), { once: true })
    })
    try {
      const [etag] = await Promise.all([answer, pipeline(body, exact, request, { signal: stop.signal })])
      return etag
    } catch (error) {
      const cause = first === undefined ? error : first.error
      const cutOff = (cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE'
      throw cutOff ? wrongSize('early', size) : cause
    } finally {
      signal.removeEventListener('abort', abort)
      if (stop.signal.aborted) request.destroy()
    }
  }

  /** The bytes [start, end), at least one. Errors as of `read`; tries again until bytes begin to flow. */
  async get(url: string, start: number, end: number, signal?: AbortSignal): Promise<Readable> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#get(url, start, end, signal)
      } catch (error) {
        signal?.throwIfAborted()
        const final = !(error instanceof StoreError) || error.kind !== 'UNAVAILABLE'
        if (final || attempt === READ_ATTEMPTS) throw error
        await sleep(FIRST_PAUSE_MS * 2 ** attempt, undefined, signal && { signal })
      }
    }
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  async #get(url: string, start: number, end: number, signal?: AbortSignal): Promise<Readable> {
    const request = this.#request(url, 'GET', { range: `bytes=${start}-${end - 1}` }, signal)
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('error', (error) => reject(s3Error('GetObject', error)))
      request.on('timeout', () => request.destroy(silent('GetObject')))
      request.once('response', resolve)
      request.end()
    })
    const { statusCode = 0, headers } = message
    if (statusCode !== 206 && statusCode !== 200) {
      throw documentError('GetObject', statusCode, await textOf('GetObject', message))
    }
    const whole = statusCode === 200 && start === 0 && headers['content-length'] === String(end)
    const ranged = statusCode === 206 && headers['content-range']?.startsWith(`bytes ${start}-${end - 1}/`)
    if (!whole && !ranged) {
      request.destroy()
      throw new StoreError('INVALID', `S3 GetObject: the object has no range [${start}, ${end})`)
    }
    request.removeAllListeners('timeout') // from here on the stream knows what silence is
    const stream = new ObjectStream(request, message, end - start, this.#stallMs)
    return signal === undefined ? stream : addAbortSignal(signal, stream)
  }

  #request(
    url: string,
    method: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): ClientRequest {
    const options = { method, headers, timeout: this.#stallMs, ...(signal && { signal }) }
    return url.startsWith('https:')
      ? https.request(url, { ...options, agent: this.#https })
      : http.request(url, { ...options, agent: this.#http })
  }
}

function silent(operation: string): StoreError {
  return new StoreError('UNAVAILABLE', `S3 ${operation}: the store went silent`)
}

async function etagOf(message: IncomingMessage): Promise<string> {
  const { statusCode = 0, headers } = message
  const text = await textOf('UploadPart', message)
  const etag = headers.etag?.replace(/^"(.*)"$/, '$1')
  if (statusCode !== 200 || etag === undefined) throw documentError('UploadPart', statusCode, text)
  return etag
}

async function textOf(operation: string, message: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const bytes of message) {
      text += String(bytes)
      if (text.length > MAX_DOCUMENT) break
    }
  } catch (error) {
    throw s3Error(operation, error)
  }
  return text
}
