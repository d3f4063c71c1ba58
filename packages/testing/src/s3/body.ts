import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { crc32 } from 'node:zlib'
import { decodeAwsChunked } from './aws-chunked.js'
import { S3Error } from './errors.js'
import type { Authorization } from './signature.js'

/** S3's limit for one request body. */
const MAX_BODY = 5 * 1024 ** 3

interface Sum {
  update(bytes: Buffer): unknown
  /** Base64. */
  digest(): string
}

/**
 * The content of a request, decoded, and checked against everything the client said about it:
 * length, payload hash, Content-MD5, x-amz-checksum-*. The last step of the iteration raises the
 * mismatch; until it has ended nothing may be kept.
 */
export class RequestBody implements AsyncIterable<Buffer> {
  /** Bytes so far. */
  size = 0
  readonly #md5 = createHash('md5')
  readonly #sha256 = createHash('sha256')
  readonly #source: AsyncIterable<Buffer>
  readonly #headers: IncomingHttpHeaders
  readonly #authorization: Authorization
  readonly #trailers = new Map<string, string>()

  /** `source` as on the wire. Raises what is wrong with the declared length. */
  constructor(source: AsyncIterable<Buffer>, headers: IncomingHttpHeaders, authorization: Authorization) {
    this.#source = source
    this.#headers = headers
    this.#authorization = authorization
    const declared = this.#declaredLength()
    if (declared === undefined) {
      throw new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header')
    }
    if (Number(declared) > MAX_BODY) throw new S3Error('EntityTooLarge', 'Your proposed upload is too large')
  }

  /** Hex, once the iteration has ended. */
  get etag(): string {
    return this.#md5.copy().digest('hex')
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const content = this.#isFramed
      ? decodeAwsChunked(this.#source, this.#authorization, this.#trailers)
      : this.#source
    const sums = this.#checksums()
    const hashed = /^[0-9a-f]{64}$/.test(this.#authorization.payload)
    for await (const bytes of content) {
      this.size += bytes.length
      this.#md5.update(bytes)
      if (hashed) this.#sha256.update(bytes)
      for (const sum of sums.values()) sum.update(bytes)
      yield bytes
    }
    if (Number(this.#declaredLength()) !== this.size) {
      throw new S3Error('IncompleteBody', 'You did not provide the number of bytes that you declared')
    }
    if (hashed && this.#sha256.digest('hex') !== this.#authorization.payload) {
      throw new S3Error(
        'XAmzContentSHA256Mismatch',
        'The provided x-amz-content-sha256 does not match the body',
      )
    }
    const md5 = this.#headers['content-md5']
    if (md5 !== undefined && md5 !== this.#md5.copy().digest('base64')) throw badDigest('Content-MD5')
    for (const [name, sum] of sums) {
      const said = this.#headers[name] ?? this.#trailers.get(name)
      if (said !== sum.digest()) throw badDigest(name)
    }
  }

  get #isFramed(): boolean {
    return this.#authorization.payload.startsWith('STREAMING-')
  }

  /** #declaredLength is the length of the content. A framed body may itself come with Transfer-Encoding: chunked. */
  #declaredLength(): string | string[] | undefined {
    return this.#headers[this.#isFramed ? 'x-amz-decoded-content-length' : 'content-length']
  }

  /** By the header or trailer that will hold the expected value. */
  #checksums(): Map<string, Sum> {
    const named = Object.keys(this.#headers).filter((name) => /^x-amz-checksum-(crc|sha)/.test(name))
    const trailers = String(this.#headers['x-amz-trailer'] ?? '').split(',')
    const names = [...named, ...trailers.map((name) => name.trim().toLowerCase())].filter(
      (name) => name !== '',
    )
    return new Map(names.map((name) => [name, checksum(name)]))
  }
}

function checksum(name: string): Sum {
  const algorithm = name.replace('x-amz-checksum-', '')
  if (algorithm === 'sha256' || algorithm === 'sha1') {
    const hash = createHash(algorithm)
    return { update: (bytes) => hash.update(bytes), digest: () => hash.digest('base64') }
  }
  if (algorithm !== 'crc32') throw new S3Error('NotImplemented', `${name} is not implemented`)
  let value = 0
  return {
    update: (bytes) => (value = crc32(bytes, value)),
    digest: () => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value)
      return bytes.toString('base64')
    },
  }
}

function badDigest(name: string): S3Error {
  return new S3Error('BadDigest', `The ${name} you specified did not match what we received`)
}
