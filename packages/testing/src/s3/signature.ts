import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { S3Error } from './errors.js'

/*
 * AWS Signature Version 4 for S3, in the `Authorization` header or in the query of a presigned URL.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 * The canonical request is built from what arrived on the wire, so a client that signs one thing and
 * sends another is refused here as it would be at AWS.
 */

const ALGORITHM = 'AWS4-HMAC-SHA256'
const EMPTY_SHA256 = createHash('sha256').digest('hex')
const MAX_SKEW_MS = 15 * 60 * 1000
const MAX_EXPIRES_S = 7 * 24 * 3600

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
}

export interface SignedRequest {
  method: string
  /** The path as on the wire, still encoded. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
}

/** Authorization is what a verified signature says about the body. */
export interface Authorization {
  /** `x-amz-content-sha256`, or UNSIGNED-PAYLOAD of a presigned URL. */
  payload: string
  /** Signature of the next chunk of a signed aws-chunked body, or of its trailer. */
  signChunk(previous: string, dataSha256: string): string
  signTrailer(previous: string, trailerSha256: string): string
  /** The chain of chunk signatures begins with the request's own. */
  signature: string
}

interface Claim {
  accessKeyId: string
  scope: string
  date: string
  signedHeaders: string[]
  signature: string
  payload: string
}

/** Raises the S3Error that AWS would answer. `now` in ms. */
export function authorize(request: SignedRequest, credentials: Credentials, now: number): Authorization {
  const presigned = request.query.has('X-Amz-Algorithm')
  const claim = presigned ? queryClaim(request.query, now) : headerClaim(request.headers, now)
  if (claim.accessKeyId !== credentials.accessKeyId) {
    throw new S3Error(
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records',
    )
  }
  checkSignedHeaders(request.headers, claim.signedHeaders)
  const key = signingKey(credentials.secretAccessKey, claim.scope)
  const sign = (algorithm: string, ...rest: string[]): string =>
    hmac(key, [algorithm, claim.date, claim.scope, ...rest].join('\n')).toString('hex')
  const expected = Buffer.from(sign(ALGORITHM, sha256(canonicalRequest(request, claim))))
  const given = Buffer.from(claim.signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Error('SignatureDoesNotMatch', 'The request signature we calculated does not match yours')
  }
  return {
    payload: claim.payload,
    signature: claim.signature,
    signChunk: (previous, data) => sign(`${ALGORITHM}-PAYLOAD`, previous, EMPTY_SHA256, data),
    signTrailer: (previous, trailer) => sign(`${ALGORITHM}-TRAILER`, previous, trailer),
  }
}

function headerClaim(headers: IncomingHttpHeaders, now: number): Claim {
  const { authorization } = headers
  if (authorization === undefined) throw new S3Error('AccessDenied', 'Access Denied')
  const fields = /^AWS4-HMAC-SHA256 Credential=([^,/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/
  const [, accessKeyId, scope, signedHeaders, signature] = fields.exec(authorization) ?? []
  const date = headers['x-amz-date']
  const payload = headers['x-amz-content-sha256']
  if (accessKeyId === undefined || typeof date !== 'string' || typeof payload !== 'string') {
    throw new S3Error('AuthorizationHeaderMalformed', 'The authorization header is malformed')
  }
  if (Math.abs(signedAt(date, scope!) - now) > MAX_SKEW_MS) {
    throw new S3Error('RequestTimeTooSkewed', 'The difference between the request time and ours is too large')
  }
  return {
    accessKeyId,
    scope: scope!,
    date,
    signedHeaders: signedHeaders!.split(';'),
    signature: signature!,
    payload,
  }
}

function queryClaim(query: URLSearchParams, now: number): Claim {
  const [accessKeyId, ...scopeParts] = (query.get('X-Amz-Credential') ?? '').split('/')
  const scope = scopeParts.join('/')
  const date = query.get('X-Amz-Date') ?? ''
  const expires = Number(query.get('X-Amz-Expires') ?? NaN)
  const signature = query.get('X-Amz-Signature')
  if (query.get('X-Amz-Algorithm') !== ALGORITHM || signature === null) throw badQuery()
  if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES_S) throw badQuery()
  const from = signedAt(date, scope)
  if (from - now > MAX_SKEW_MS) throw new S3Error('AccessDenied', 'Request is not valid yet')
  if (now > from + expires * 1000) throw new S3Error('AccessDenied', 'Request has expired')
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';')
  const payload = query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD'
  return { accessKeyId: accessKeyId!, scope, date, signedHeaders, signature, payload }
}

function badQuery(): S3Error {
  return new S3Error('AuthorizationQueryParametersError', 'Query-string authentication is malformed')
}

/** ms. The date must be well-formed and its day the one of the credential scope. */
function signedAt(date: string, scope: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const scoped = /^(\d{8})\/[\w-]+\/s3\/aws4_request$/.exec(scope)
  if (y === undefined || scoped?.[1] !== `${y}${mo}${d}`) {
    throw new S3Error('AuthorizationHeaderMalformed', 'Date or credential scope is malformed')
  }
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
}

function checkSignedHeaders(headers: IncomingHttpHeaders, signed: string[]): void {
  const names = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'))
  if (!names.every((name) => signed.includes(name))) {
    throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed')
  }
}

function canonicalRequest({ method, path, query, headers }: SignedRequest, claim: Claim): string {
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join('='))
  const header = (name: string): string => {
    const value = headers[name]
    return (Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ')
  }
  return [
    method,
    path.split('/').map(decodeSegment).map(encode).join('/'),
    pairs.join('&'),
    ...claim.signedHeaders.map((name) => `${name}:${header(name)}`),
    '',
    claim.signedHeaders.join(';'),
    claim.payload,
  ].join('\n')
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new S3Error('InvalidArgument', 'The path is not well encoded')
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** RFC 3986: all but the unreserved characters. */
function encode(text: string): string {
  const escape = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/[!'()*]/g, escape)
}

function signingKey(secret: string, scope: string): Buffer {
  return scope.split('/').reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`))
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
