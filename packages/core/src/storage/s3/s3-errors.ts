import { NetworkFault } from '@obb/http-engine'
import { StoreError, type StoreErrorKind } from '../object-store.js'
import { storeFailure } from '../store-failure.js'

/** KINDS tells what an S3 error code means to us; any other is `UNAVAILABLE`. */
const KINDS: Partial<Record<string, StoreErrorKind>> = {
  NoSuchKey: 'NO_SUCH_OBJECT',
  NoSuchUpload: 'NO_SUCH_UPLOAD',
  InvalidPart: 'INCOMPLETE',
  InvalidPartOrder: 'INCOMPLETE',
  EntityTooSmall: 'INVALID',
  EntityTooLarge: 'INVALID',
  InvalidRange: 'INVALID',
  InvalidArgument: 'INVALID',
  XMinioStorageFull: 'FULL',
  QuotaExceeded: 'FULL',
  InsufficientStorage: 'FULL',
  InsufficientStorageSpace: 'FULL',
  StorageFull: 'FULL',
}

const WRONG_KEYS = 'check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY'
const NOT_ALLOWED = `${WRONG_KEYS}, and what that key may do with S3_BUCKET`
const ELSEWHERE = 'check S3_REGION and S3_ENDPOINT: the bucket is elsewhere'

/** HINTS tells what to do about a code that does not say it; `403` and the like are answers to HEAD, which say no more. */
const HINTS: Partial<Record<string, string>> = {
  RequestTimeTooSkewed: 'this machine and the S3 differ by more than 15 minutes; have NTP keep its clock',
  InvalidAccessKeyId: WRONG_KEYS,
  SignatureDoesNotMatch: WRONG_KEYS,
  AccessDenied: NOT_ALLOWED,
  403: NOT_ALLOWED,
  NoSuchBucket: 'check S3_BUCKET; it is made by itself where it is missing at a start of the fetcher',
  AuthorizationHeaderMalformed: ELSEWHERE,
  PermanentRedirect: ELSEWHERE,
  301: ELSEWHERE,
  400: `${ELSEWHERE}, or the keys are of another one`,
}

const CA = 'NODE_EXTRA_CA_CERTS names a file with a CA of your own'

/** FAULTS gives words for the codes of a connection. */
const FAULTS: readonly (readonly [code: RegExp, words: string])[] = [
  [/^ECONNREFUSED$/, 'ECONNREFUSED: nobody listens there; check that it runs, and S3_ENDPOINT'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'nobody knows the name of its host; check S3_ENDPOINT and the DNS'],
  [/^CERT_HAS_EXPIRED$/, 'its TLS certificate has expired'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its TLS certificate is for another name than that in S3_ENDPOINT'],
  [/^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/, `its TLS certificate is not trusted here (${CA})`],
  [/^(EPROTO|ERR_SSL_)/, 'it speaks no TLS there; check S3_ENDPOINT: http:// or https://, and its port'],
  [/_TIMEOUT$/, 'the store went silent'],
  [/^UND_ERR_HEADERS_OVERFLOW$/, 'an endless head'],
  [/^HPE_/, 'an answer that is no HTTP'],
  [/^ECONNRESET$/, 'the connection was closed'],
]

/**
 * OF_UPLOADS are the operations that miss the upload, whatever the S3 calls it: Ceph's radosgw answers some of them
 * with NoSuchKey.
 */
const OF_UPLOADS = new Set(['AbortMultipartUpload', 'CompleteMultipartUpload', 'ListParts', 'UploadPart'])

/** Error of an answer: `code` is S3's word, or a name of our own; it goes into the message. */
export function answerError(operation: string, status: number, code: string): StoreError {
  const named = status === 507 ? 'FULL' : (KINDS[code] ?? 'UNAVAILABLE')
  const kind = named === 'NO_SUCH_OBJECT' && OF_UPLOADS.has(operation) ? 'NO_SUCH_UPLOAD' : named
  const hint = HINTS[code] ?? (operation.startsWith('Head') ? HINTS[status] : undefined)
  return storeFailure(kind, `S3 ${operation}: ${status} ${code}${hint === undefined ? '' : `: ${hint}`}`)
}

/**
 * `error` of the SDK or of a connection as a StoreError. Only codes are carried over: the error
 * itself may hold the request with its signature.
 */
export function s3Error(operation: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof NetworkFault)
    return storeFailure('UNAVAILABLE', `S3 ${operation}: ${wordsOf(error.code)}`)
  const { name, code, $metadata } = error as {
    name?: string
    code?: unknown
    $metadata?: { httpStatusCode?: number }
  }
  const status = $metadata?.httpStatusCode
  if (status !== undefined) return answerError(operation, status, plain(name))
  return storeFailure('UNAVAILABLE', `S3 ${operation}: ${wordsOf(typeof code === 'string' ? code : name)}`)
}

/** What a code of the network means. */
function wordsOf(code = ''): string {
  return FAULTS.find(([fits]) => fits.test(code))?.[1] ?? plain(code)
}

/** Error of an answer whose body we read ourselves. */
export function documentError(operation: string, status: number, xml: string): StoreError {
  return answerError(operation, status, plain(/<Code>([^<]{1,64})<\/Code>/.exec(xml)?.[1]))
}

function plain(code: string | undefined): string {
  return code !== undefined && /^\w{1,64}$/.test(code) ? code : 'failed'
}
