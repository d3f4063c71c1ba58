import type { Bucket, ObjectRecord } from './disk.js'
import { S3Error } from './errors.js'
import { keptHeaders, type Reply, type S3Request } from './exchange.js'
import { parseRange } from './range.js'

export async function putObject(bucket: Bucket, request: S3Request): Promise<Reply> {
  for (const name of ['x-amz-copy-source', 'if-match', 'if-none-match']) {
    if (name in request.headers) throw new S3Error('NotImplemented', `${name} is not implemented`)
  }
  const body = request.body()
  const blob = await bucket.receive(body)
  const record: ObjectRecord = {
    key: request.key,
    size: blob.size,
    etag: body.etag,
    lastModified: new Date().toISOString(),
    headers: keptHeaders(request.headers),
    blobs: [blob],
  }
  await bucket.serially(() => bucket.putObject(record))
  return { status: 200, headers: { etag: `"${body.etag}"` } }
}

export async function getObject(bucket: Bucket, request: S3Request): Promise<Reply> {
  const record = await find(bucket, request)
  const headers = describe(record, request)
  if (notModified(record, request)) return { status: 304, headers }
  const range = parseRange(request.headers.range, record.size)
  const { start, end } = range ?? { start: 0, end: record.size }
  headers['content-length'] = String(end - start)
  if (range !== undefined) headers['content-range'] = `bytes ${start}-${end - 1}/${record.size}`
  const body = bucket.bytes(record, start, end)
  return { status: range === undefined ? 200 : 206, headers, body }
}

export async function headObject(bucket: Bucket, request: S3Request): Promise<Reply> {
  const { status, headers } = await getObject(bucket, request)
  return { status, ...(headers && { headers }) }
}

export async function deleteObject(bucket: Bucket, { key }: S3Request): Promise<Reply> {
  await bucket.serially(() => bucket.deleteObject(key))
  return { status: 204 }
}

async function find(bucket: Bucket, { key, headers }: S3Request): Promise<ObjectRecord> {
  const record = await bucket.object(key)
  if (record === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist')
  const match = headers['if-match']
  if (match !== undefined && match !== '*' && !names(match, record)) {
    throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions did not hold')
  }
  return record
}

function notModified(record: ObjectRecord, { headers }: S3Request): boolean {
  const match = headers['if-none-match']
  return match !== undefined && (match === '*' || names(match, record))
}

function names(list: string, { etag }: ObjectRecord): boolean {
  return list.split(',').some((entry) => entry.trim().replace(/^"(.*)"$/, '$1') === etag)
}

function describe(record: ObjectRecord, { query }: S3Request): Record<string, string> {
  const headers: Record<string, string> = {
    ...record.headers,
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'content-length': String(record.size),
  }
  for (const [name, value] of query) {
    const header = /^response-(content-type|content-disposition|content-language|cache-control)$/.exec(
      name,
    )?.[1]
    if (header !== undefined) headers[header] = value
  }
  return headers
}
