import http from 'node:http'
import https from 'node:https'
import { S3Part } from './s3-part.js'

/*
 * Parts go over presigned URLs and plain node:http: the SDK's own way costs several times the CPU and does not notice
 * a request body that fails. A URL holds a signature: it must not get into an error.
 */

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
    const options = { method: 'PUT', headers: { 'content-length': String(size) }, timeout: this.#stallMs }
    const request = url.startsWith('https:')
      ? https.request(url, { ...options, agent: this.#https })
      : http.request(url, { ...options, agent: this.#http })
    return new S3Part(request, number, size, this.#stallMs, signal)
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }
}
