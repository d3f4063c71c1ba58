import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { addAbortSignal, type Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ObjectStream } from './object-stream.js'
import { StoreError } from '../object-store.js'
import { documentError, s3Error } from './s3-errors.js'
import { S3Part, textOf } from './s3-part.js'

/*
 * The two transfers that carry file content, over presigned URLs and plain node:http. The SDK's own
 * way costs several times the CPU, does not notice a request body that fails, and leaves the body of an
 * aborted read open. A URL holds a signature: it must not get into an error.
 */

const READ_ATTEMPTS = 3
const FIRST_PAUSE_MS = 100
/** An idle connection is left before the store leaves it, which a part on its way would meet, ms: stores keep 5 s or more. */
const IDLE_MS = 3_000

export class S3Wire {
  readonly #http: http.Agent
  readonly #https: https.Agent
  readonly #stallMs: number

  /** `stallMs`: how long the store may neither take nor give a byte although it could. */
  constructor(stallMs: number, idleMs = IDLE_MS) {
    this.#stallMs = stallMs
    this.#http = new http.Agent({ keepAlive: true, timeout: idleMs })
    this.#https = new https.Agent({ keepAlive: true, timeout: idleMs })
  }

  /** A PUT that waits for its `size` bytes. Errors as of `openPart`. */
  part(url: string, number: number, size: number, signal: AbortSignal): S3Part {
    const request = this.#request(url, 'PUT', { 'content-length': String(size) })
    return new S3Part(request, number, size, this.#stallMs, signal)
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
