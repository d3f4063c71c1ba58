import type { IncomingHttpHeaders } from 'node:http'
import type { RequestBody } from './body.js'
import { S3Error } from './errors.js'

export type Operation =
  | 'ListBuckets'
  | 'CreateBucket'
  | 'HeadBucket'
  | 'DeleteBucket'
  | 'ListObjectsV2'
  | 'ListMultipartUploads'
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'UploadPartCopy'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'

/** Which operation on what, by the path-style address. */
export interface Target {
  operation: Operation
  /** Empty for ListBuckets only. */
  bucket: string
  /** Empty for operations on a bucket. */
  key: string
  query: URLSearchParams
}

export interface S3Request extends Target {
  headers: IncomingHttpHeaders
  /** Made on first use, since it refuses a request without a length. */
  body(): RequestBody
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  /** A text is XML. */
  body?: string | AsyncIterable<Buffer>
}

/** Raises `NotImplemented` for what this server does not know, rather than doing something like it. */
export function parseTarget(method: string, url: string, headers: IncomingHttpHeaders): Target {
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  const [, bucket = '', encodedKey = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? []
  const key = decodeKey(encodedKey)
  const named = operationOf(method, bucket, key, query)
  const copies = named === 'UploadPart' && 'x-amz-copy-source' in headers
  const operation = copies ? 'UploadPartCopy' : named
  return { operation, bucket, key, query }
}

function operationOf(method: string, bucket: string, key: string, query: URLSearchParams): Operation {
  const has = (name: string): boolean => query.has(name)
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : refuse(method)
  if (['acl', 'tagging', 'versioning', 'policy', 'lifecycle', 'delete', 'cors', 'attributes'].some(has)) {
    return refuse(`${method} on a sub-resource`)
  }
  const of = (operations: Partial<Record<string, Operation>>): Operation =>
    operations[method] ?? refuse(method)
  if (key === '') {
    if (has('uploads')) return of({ GET: 'ListMultipartUploads' })
    const list = query.get('list-type') === '2' ? { GET: 'ListObjectsV2' as const } : {}
    return of({ PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket', ...list })
  }
  if (has('uploads')) return of({ POST: 'CreateMultipartUpload' })
  if (has('uploadId')) {
    const part = has('partNumber') ? { PUT: 'UploadPart' as const } : {}
    const post = { POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' } as const
    return of({ GET: 'ListParts', ...post, ...part })
  }
  return of({ PUT: 'PutObject', GET: 'GetObject', HEAD: 'HeadObject', DELETE: 'DeleteObject' })
}

function refuse(what: string): never {
  throw new S3Error('NotImplemented', `${what} is not implemented`)
}

export function decodeKey(encoded: string): string {
  let key
  try {
    key = decodeURIComponent(encoded)
  } catch {
    throw new S3Error('InvalidArgument', 'The key is not well encoded')
  }
  if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError', 'Your key is too long')
  return key
}

/** A whole number of the query. Raises `InvalidArgument`. */
export function numberOf(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  if (!/^\d{1,9}$/.test(text) || Number(text) > max) {
    throw new S3Error('InvalidArgument', `${name} must be a whole number up to ${max}`)
  }
  return Number(text)
}

/** keptHeaders are what a client may say about an object and gets back with it. */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const keep = /^(content-type|content-disposition|content-language|cache-control|x-amz-meta-.*)$/.test(
      name,
    )
    if (keep && typeof value === 'string') kept[name] = value
  }
  return { 'content-type': 'binary/octet-stream', ...kept }
}
