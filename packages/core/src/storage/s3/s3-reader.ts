import { setTimeout as sleep } from 'node:timers/promises'
import type { Readable } from 'node:stream'
import { StreamReader } from '../object-reader.js'
import { StoreError, type ObjectReader } from '../object-store.js'
import { documentError } from './s3-errors.js'
import { WirePool, type Answered } from './wire-pool.js'

/*
 * Ranges of objects without the SDK and without Node's HTTP client, which cost three to five times the CPU: a
 * presigned URL, signed once and used for a while, and a strict reader of the answer. What that reader does not
 * understand (a chunked body) is asked for again through the full client, and for a minute everything else too.
 */

/** Bytes of an error document that are looked at. */
const MAX_DOCUMENT = 64 * 1024
const ATTEMPTS = 3
const FIRST_PAUSE_MS = 100
const CONNECT_MS = 5_000
const DETOUR_MS = 60_000
/** Signed URLs that are remembered. */
const URLS = 4_096

export interface S3RangesOptions {
  endpoint: string
  stallMs: number
  /** A URL that is good for at least `goodForMs` from now. */
  sign(key: string): Promise<string>
  goodForMs: number
  /** The full client. */
  detour(url: string, start: number, end: number, signal?: AbortSignal): Promise<Readable>
}

interface Signed {
  url: string
  /** Everything of the request up to the range. */
  request: string
  until: number
}

export class S3Ranges {
  readonly #options: S3RangesOptions
  readonly #pool: WirePool
  readonly #signed = new Map<string, Signed>()
  readonly #signing = new Map<string, Promise<Signed>>()
  #detourUntil = 0

  constructor(options: S3RangesOptions) {
    this.#options = options
    const { hostname, port, protocol } = new URL(options.endpoint)
    const tls = protocol === 'https:'
    const origin = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (tls ? 443 : 80)), tls }
    this.#pool = new WirePool(origin, { connect: CONNECT_MS, stall: options.stallMs })
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
    const { url, request } = this.#remembered(key) ?? (await this.#sign(key))
    if (performance.now() < this.#detourUntil) return this.#detour(url, start, end, signal)
    const text = `${request}${start}-${end - 1}\r\n\r\n`
    const answered = await this.#pool.ask(text, end - start, signal)
    const { status, length, contentRange } = answered.head
    const isRange = status === 206 && contentRange?.startsWith(`bytes ${start}-${end - 1}/`) === true
    const isWhole = status === 200 && start === 0 && length === end
    if (length === end - start && (isRange || isWhole)) return new S3Reader(this.#pool, answered, length)
    if (status < 300 && length !== undefined) {
      answered.inlet.close()
      throw new StoreError('INVALID', `S3 GetObject: the object has no range [${start}, ${end})`)
    }
    if (status === 403) this.#signed.delete(key)
    if (status >= 300 && length !== undefined && length <= MAX_DOCUMENT) {
      throw documentError('GetObject', status, await textOf(new S3Reader(this.#pool, answered, length)))
    }
    answered.inlet.close()
    if (status < 300) this.#detourUntil = performance.now() + DETOUR_MS
    return this.#detour(url, start, end, signal)
  }

  async #detour(url: string, start: number, end: number, signal?: AbortSignal): Promise<ObjectReader> {
    return new StreamReader(await this.#options.detour(url, start, end, signal))
  }

  #remembered(key: string): Signed | undefined {
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
    const signed = { url, request, until }
    this.#signed.delete(key)
    this.#signed.set(key, signed)
    const [oldest] = this.#signed.keys()
    if (this.#signed.size > URLS && oldest !== undefined) this.#signed.delete(oldest)
    return signed
  }
}

/** The body of an answer, `length` bytes; fewer or more are an error. */
class S3Reader implements ObjectReader {
  readonly #pool: WirePool
  readonly #answered: Answered
  #first: Uint8Array | undefined
  #left: number
  #isOver = false

  constructor(pool: WirePool, answered: Answered, length: number) {
    this.#pool = pool
    this.#answered = answered
    this.#left = length
    if (answered.first.length > 0) this.#first = answered.first
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#left === 0 && this.#first === undefined) return this.#end()
    const bytes = await (this.#first === undefined ? this.#answered.inlet.read(this.#left) : this.#small())
    if (bytes !== undefined && bytes.length <= this.#left) {
      this.#left -= bytes.length
      return bytes
    }
    this.close()
    const how = bytes === undefined ? 'shorter' : 'longer'
    throw new StoreError('UNAVAILABLE', `S3 GetObject: the body is ${how} than announced`)
  }

  /** What came with the head, and the rest behind it where that is little. */
  async #small(): Promise<Uint8Array | undefined> {
    const { inlet } = this.#answered
    let bytes = this.#first
    this.#first = undefined
    while (bytes !== undefined && bytes.length < this.#left && this.#left - bytes.length <= inlet.room) {
      const more: Uint8Array | undefined = await inlet.read(this.#left - bytes.length)
      if (more === undefined) return undefined
      const isBehind = more.buffer === bytes.buffer && more.byteOffset === bytes.byteOffset + bytes.length
      bytes = isBehind
        ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length + more.length)
        : Buffer.concat([bytes, more]) // the head came in pieces
    }
    return bytes
  }

  close(): void {
    if (!this.#isOver) this.#answered.inlet.close()
    this.#isOver = true
  }

  #end(): undefined {
    if (this.#isOver) return
    if (!this.#answered.head.keepAlive) {
      this.close()
      return
    }
    this.#isOver = true
    this.#pool.giveBack(this.#answered.inlet)
  }
}

async function textOf(reader: ObjectReader): Promise<string> {
  let text = ''
  for (let bytes; (bytes = await reader.read()) !== undefined;) text += Buffer.from(bytes).toString()
  return text
}
