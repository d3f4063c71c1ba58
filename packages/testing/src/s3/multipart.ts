import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { byKey, type Bucket, type PartRecord } from './disk.js'
import { S3Error } from './errors.js'
import { keptHeaders, numberOf, type Reply, type S3Request } from './exchange.js'
import { document, parseCompletion, type WantedPart } from './xml.js'

const MIN_PART = 5 * 1024 * 1024
const MAX_PARTS = 10_000
/** Bytes; 10 000 parts with a checksum each fit. */
const MAX_COMPLETION = 2 * 1024 * 1024

export async function createUpload(
  bucket: Bucket,
  { bucket: name, key, headers }: S3Request,
): Promise<Reply> {
  const { uploadId } = await bucket.createUpload(key, keptHeaders(headers))
  const result = { Bucket: name, Key: key, UploadId: uploadId }
  return { status: 200, body: document('InitiateMultipartUploadResult', result) }
}

export async function uploadPart(bucket: Bucket, request: S3Request): Promise<Reply> {
  const number = partNumberOf(request)
  const { uploadId } = await bucket.upload(request.key, idOf(request))
  const body = request.body()
  const blob = await bucket.receive(body)
  const lastModified = new Date().toISOString()
  const part = { number, size: blob.size, etag: body.etag, lastModified, blob }
  await bucket.serially(() => bucket.putPart(uploadId, part))
  return { status: 200, headers: { etag: `"${body.etag}"` } }
}

export async function listParts(bucket: Bucket, request: S3Request): Promise<Reply> {
  const { bucket: name, key, query } = request
  const { uploadId } = await bucket.upload(key, idOf(request))
  const limit = numberOf(query, 'max-parts', 1000, 1000)
  const marker = numberOf(query, 'part-number-marker', 0, MAX_PARTS)
  const parts = (await bucket.parts(uploadId)).filter(({ number }) => number > marker)
  const page = parts.slice(0, limit)
  return {
    status: 200,
    body: document('ListPartsResult', {
      Bucket: name,
      Key: key,
      UploadId: uploadId,
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.number ?? marker,
      MaxParts: limit,
      IsTruncated: parts.length > page.length,
      Part: page.map(({ number, lastModified, etag, size }) => {
        return { PartNumber: number, LastModified: lastModified, ETag: `"${etag}"`, Size: size }
      }),
    }),
  }
}

export async function completeUpload(bucket: Bucket, request: S3Request): Promise<Reply> {
  if (Number(request.headers['content-length']) > MAX_COMPLETION) {
    throw new S3Error('MalformedXML', 'The list of parts is too large')
  }
  const wanted = parseCompletion((await buffer(request.body())).toString())
  return bucket.serially(() => joinParts(bucket, request, wanted))
}

async function joinParts(bucket: Bucket, request: S3Request, wanted: WantedPart[]): Promise<Reply> {
  const upload = await bucket.upload(request.key, idOf(request))
  const parts = chosenParts(wanted, await bucket.parts(upload.uploadId))
  const blobs = parts.map(({ blob }) => blob)
  await bucket.endUpload(upload.uploadId, blobs)
  const md5s = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')))
  const etag = `${createHash('md5').update(md5s).digest('hex')}-${parts.length}`
  await bucket.putObject({
    key: request.key,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag,
    lastModified: new Date().toISOString(),
    headers: upload.headers,
    blobs,
  })
  const result = { Bucket: request.bucket, Key: request.key, ETag: `"${etag}"` }
  return { status: 200, body: document('CompleteMultipartUploadResult', result) }
}

export async function abortUpload(bucket: Bucket, request: S3Request): Promise<Reply> {
  const { uploadId } = await bucket.upload(request.key, idOf(request))
  await bucket.serially(() => bucket.endUpload(uploadId, []))
  return { status: 204 }
}

export async function listUploads(bucket: Bucket, { bucket: name, query }: S3Request): Promise<Reply> {
  const prefix = query.get('prefix') ?? ''
  const keyMarker = query.get('key-marker') ?? ''
  const idMarker = query.get('upload-id-marker') ?? ''
  const limit = numberOf(query, 'max-uploads', 1000, 1000)
  const uploads = (await bucket.uploads()).filter(({ key, uploadId }) => {
    const order = byKey({ key }, { key: keyMarker })
    return key.startsWith(prefix) && (order > 0 || (order === 0 && idMarker !== '' && uploadId > idMarker))
  })
  const page = uploads.slice(0, limit)
  const last = page.at(-1)
  return {
    status: 200,
    body: document('ListMultipartUploadsResult', {
      Bucket: name,
      KeyMarker: keyMarker,
      UploadIdMarker: idMarker,
      ...(last && { NextKeyMarker: last.key, NextUploadIdMarker: last.uploadId }),
      MaxUploads: limit,
      IsTruncated: uploads.length > page.length,
      Upload: page.map(({ key, uploadId, initiated }) => ({
        Key: key,
        UploadId: uploadId,
        Initiated: initiated,
      })),
    }),
  }
}

export function partNumberOf({ query }: S3Request): number {
  const number = numberOf(query, 'partNumber', 0, MAX_PARTS)
  if (number < 1) throw new S3Error('InvalidArgument', 'Part number must be between 1 and 10000')
  return number
}

export function idOf({ query }: S3Request): string {
  return query.get('uploadId') ?? ''
}

/** Checked in AWS's order: the list itself, then whether the parts exist, then their sizes. */
function chosenParts(wanted: WantedPart[], stored: PartRecord[]): PartRecord[] {
  if (wanted.some(({ number }, index) => index > 0 && number <= wanted[index - 1]!.number)) {
    throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order')
  }
  const byNumber = new Map(stored.map((part) => [part.number, part]))
  const parts = wanted.map(({ number, etag }) => {
    const part = byNumber.get(number)
    if (part?.etag !== etag) throw new S3Error('InvalidPart', 'One or more of the parts could not be found')
    return part
  })
  if (parts.slice(0, -1).some(({ size }) => size < MIN_PART)) {
    throw new S3Error(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed object size',
    )
  }
  return parts
}
