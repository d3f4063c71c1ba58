import type { Buckets } from './buckets.js'
import { S3Error } from './errors.js'
import { decodeKey, type Reply, type S3Request } from './exchange.js'
import { idOf, partNumberOf } from './multipart.js'
import { document } from './xml.js'

/** A whole object becomes a part. Ranges, versions and conditions are not there: not every S3 has them. */
export async function copyPart(buckets: Buckets, request: S3Request): Promise<Reply> {
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith('x-amz-copy-source-'))
      throw new S3Error('NotImplemented', `${name} is not implemented`)
  }
  const number = partNumberOf(request)
  const bucket = await buckets.get(request.bucket)
  const { uploadId } = await bucket.upload(request.key, idOf(request))
  const from = sourceOf(request)
  const sourceBucket = await buckets.get(from.bucket)
  const source = await sourceBucket.object(from.key)
  if (source === undefined) throw new S3Error('NoSuchKey', 'The specified key does not exist')
  const { blob, etag } = await bucket.copy(sourceBucket.bytes(source, 0, source.size))
  const lastModified = new Date().toISOString()
  await bucket.serially(() => bucket.putPart(uploadId, { number, size: blob.size, etag, lastModified, blob }))
  return { status: 200, body: document('CopyPartResult', { LastModified: lastModified, ETag: `"${etag}"` }) }
}

/** `/bucket/key` or `bucket/key`, URL-encoded. */
function sourceOf({ headers }: S3Request): { bucket: string; key: string } {
  const source = String(headers['x-amz-copy-source'])
  if (source.includes('?')) throw new S3Error('NotImplemented', 'a version as the source is not implemented')
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeKey(source)) ?? []
  if (bucket === undefined || key === undefined) {
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key')
  }
  return { bucket, key }
}
