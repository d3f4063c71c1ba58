import { NetworkFault } from '@obb/http-engine'
import { StoreError, type StoreErrorKind } from '../object-store.js'

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

/** HINTS tells what to do about a code that does not say it. */
const HINTS: Partial<Record<string, string>> = {
  RequestTimeTooSkewed: ': this machine and the S3 differ by more than 15 minutes; have NTP keep its clock',
}

/** FAULTS gives words for the engine's codes about a connection. */
const FAULTS: readonly (readonly [code: RegExp, words: string])[] = [
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
  return new StoreError(kind, `S3 ${operation}: ${status} ${code}${HINTS[code] ?? ''}`)
}

/**
 * `error` of the SDK or of a connection as a StoreError. Only codes are carried over: the error
 * itself may hold the request with its signature.
 */
export function s3Error(operation: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof NetworkFault) {
    const words = FAULTS.find(([code]) => code.test(error.code))?.[1] ?? plain(error.code)
    return new StoreError('UNAVAILABLE', `S3 ${operation}: ${words}`)
  }
  const { name, code, $metadata } = error as {
    name?: string
    code?: unknown
    $metadata?: { httpStatusCode?: number }
  }
  const status = $metadata?.httpStatusCode
  if (status !== undefined) return answerError(operation, status, plain(name))
  return new StoreError('UNAVAILABLE', `S3 ${operation}: ${plain(typeof code === 'string' ? code : name)}`)
}

/** Error of an answer whose body we read ourselves. */
export function documentError(operation: string, status: number, xml: string): StoreError {
  return answerError(operation, status, plain(/<Code>([^<]{1,64})<\/Code>/.exec(xml)?.[1]))
}

function plain(code: string | undefined): string {
  return code !== undefined && /^\w{1,64}$/.test(code) ? code : 'failed'
}
