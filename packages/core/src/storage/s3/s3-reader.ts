import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Answer,
  BufferPool,
  ConnectionPool,
  type Destination,
  type Dialling,
  OVERSHOOT,
  dialTcp,
  dialTls,
  exchange,
  largeBuffers,
} from '@obb/http-engine'
import { readerClosed } from '../object-reader.js'
import { StoreError, type ObjectReader } from '../object-store.js'
import { storeFailure } from '../store-failure.js'
import { documentError, s3Error } from './s3-errors.js'

/*
 * Ranges of objects without the SDK and without Node's HTTP client, which cost three to five times the CPU: a
 * presigned URL, signed once and used for a while, over the HTTP engine.
 */

/** Bytes of an error document that are looked at. */
const MAX_DOCUMENT = 64 * 1024
const ATTEMPTS = 3
const FIRST_PAUSE_MS = 100
const CONNECT_MS = 5_000
/** Signed URLs that are remembered. */
const URLS = 4_096
/** The buffers where connections over TLS gather records, 128 at most in a process. */
const gathering = new BufferPool(160 * 1024 + OVERSHOOT, 128)

export interface S3RangesOptions {
  endpoint: string
  stallMs: number
  /** A URL that is good for at least `goodForMs` from now. */
  sign(key: string): Promise<string>
  goodForMs: number
}

interface Signed {
  /** Everything of the request up to the range. */
  request: string
  until: number
}

export class S3Ranges {
  readonly #options: S3RangesOptions
  readonly #pool: ConnectionPool
  readonly #store: Destination
  readonly #signed = new Map<string, Signed>()
  readonly #signing = new Map<string, Promise<Signed>>()

  constructor(options: S3RangesOptions) {
    this.#options = options
    this.#pool = new ConnectionPool({ idleMs: options.stallMs, buffers: { large: largeBuffers, gathering } })
    this.#store = destinationOf(new URL(options.endpoint))
  }

  /** The bytes [start, end), at least one. Errors as of `open`; tries again until bytes begin to flow. */
  async open(key: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#open(key, start, end, signal)
      } catch (error) {
        signal?.throwIfAborted()
        const final = !(error instanceof StoreError) || error.kind !== 'UNAVAILABLE'
        if (final || attempt === ATTEMPTS) throw error
        await sleep(FIRST_PAUSE_MS * 2 ** attempt, undefined, signal && { signal })
      }
    }
  }

  close(): void {
    this.#pool.close()
  }

  async #open(key: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader> {
    const { request } = this.#cached(key) ?? (await this.#sign(key))
    const { status, length, headers, body } = await this.#ask(`${request}${start}-${end - 1}\r\n\r\n`, signal)
    if (status === 403) this.#signed.delete(key)
    if (status >= 300) throw documentError('GetObject', status, await documentOf(body))
    const isRange =
      status === 206 && headers['content-range']?.startsWith(`bytes ${start}-${end - 1}/`) === true
    const isWhole = status === 200 && start === 0 && length === end
    // The reader counts where no length is announced.
    const isLong = typeof length === 'string' || length === end - start
    if ((isRange || isWhole) && isLong) return new S3Reader(body, end - start)
    body.close()
    throw new StoreError('INVALID', `S3 GetObject: the object has no range [${start}, ${end})`)
  }

  /** `signal` ends the opening; after that there is `close`. */
  async #ask(head: string, signal: AbortSignal | undefined): Promise<Answer> {
    const terms = { silenceMs: this.#options.stallMs, signal, signalEnds: 'opening' } as const
    try {
      return await exchange(this.#pool, this.#store, { method: 'GET', head }, terms)
    } catch (error) {
      signal?.throwIfAborted()
      throw s3Error('GetObject', error)
    }
  }

  #cached(key: string): Signed | undefined {
    const signed = this.#signed.get(key)
    return signed !== undefined && performance.now() < signed.until ? signed : undefined
  }

  /** Once for all who begin with an object at the same time: signing is slow, above all the first time. */
  #sign(key: string): Promise<Signed> {
    let signing = this.#signing.get(key)
    if (signing === undefined) {
      signing = this.#signNow(key).finally(() => this.#signing.delete(key))
      this.#signing.set(key, signing)
    }
    return signing
  }

  async #signNow(key: string): Promise<Signed> {
    const until = performance.now() + this.#options.goodForMs
    const url = await this.#options.sign(key)
    const { pathname, search, host } = new URL(url)
    const request = `GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nuser-agent: obb\r\nrange: bytes=`
    const signed = { request, until }
    this.#signed.delete(key)
    this.#signed.set(key, signed)
    const [oldest] = this.#signed.keys()
    if (this.#signed.size > URLS && oldest !== undefined) this.#signed.delete(oldest)
    return signed
  }
}

function destinationOf({ hostname, port, protocol, origin }: URL): Destination {
  const tls = protocol === 'https:'
  const target = { host: hostname, port: Number(port || (tls ? 443 : 80)), timeoutMs: CONNECT_MS }
  return {
    ...{ key: origin, tls },
    dial(onread, signal) {
      const way: Dialling = { ...target, onread, signal }
      return tls ? dialTls({ ...way, protocols: ['http/1.1'] }) : dialTcp(way)
    },
  }
}

/** The body of an answer, `length` bytes; fewer or more are an error. */
class S3Reader implements ObjectReader {
  #left: number
  #isClosed = false

  constructor(
    private readonly body: Answer['body'],
    length: number,
  ) {
    this.#left = length
  }

  async read(): Promise<Uint8Array | undefined> {
    const bytes = await this.#next()
    this.#left -= bytes?.length ?? 0
    if (this.#left >= 0 && this.body.surplus === 0 && (bytes !== undefined || this.#left === 0)) return bytes
    this.close()
    throw wrongLength(bytes === undefined ? 'shorter' : 'longer')
  }

  close(): void {
    this.#isClosed = true
    this.body.close()
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      return await this.body.read()
    } catch (error) {
      if (this.#isClosed) throw readerClosed()
      throw (error as NodeJS.ErrnoException).code === 'ECONNRESET'
        ? wrongLength('shorter')
        : s3Error('GetObject', error)
    }
  }
}

function wrongLength(how: 'shorter' | 'longer'): StoreError {
  return storeFailure('UNAVAILABLE', `S3 GetObject: the body is ${how} than announced`)
}

async function documentOf(body: Answer['body']): Promise<string> {
  let text = ''
  try {
    for (let bytes; (bytes = await body.read()) !== undefined && text.length < MAX_DOCUMENT;) {
      text += bytes.toString()
    }
    return text
  } catch (error) {
    throw s3Error('GetObject', error)
  } finally {
    body.close()
  }
}
