import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Bucket, byKey, type ObjectRecord } from './disk.js'
import { S3Error } from './errors.js'
import { numberOf, type Reply, type S3Request } from './exchange.js'
import { document } from './xml.js'

/** The buckets in one directory, and the operations on a bucket as a whole. */
export class Buckets {
  readonly #directory: string
  readonly #opened = new Map<string, Bucket>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Raises `NoSuchBucket`. */
  async get(name: string): Promise<Bucket> {
    if (!isBucketName(name) || !(await exists(join(this.#directory, name)))) {
      throw new S3Error('NoSuchBucket', 'The specified bucket does not exist')
    }
    const bucket = this.#opened.get(name) ?? new Bucket(join(this.#directory, name))
    this.#opened.set(name, bucket)
    return bucket
  }

  countUploads(): number {
    const buckets = readdirSync(this.#directory).map((name) => new Bucket(join(this.#directory, name)))
    return buckets.reduce((sum, bucket) => sum + bucket.countUploads(), 0)
  }

  async list(): Promise<Reply> {
    const names = (await readdir(this.#directory)).sort()
    const buckets = names.map(async (name) => {
      const { birthtime } = await stat(join(this.#directory, name))
      return { Name: name, CreationDate: birthtime.toISOString() }
    })
    const Owner = { ID: 'owner' }
    const Buckets = { Bucket: await Promise.all(buckets) }
    return { status: 200, body: document('ListAllMyBucketsResult', { Owner, Buckets }) }
  }

  async create({ bucket: name }: S3Request): Promise<Reply> {
    if (!isBucketName(name)) throw new S3Error('InvalidBucketName', 'The specified bucket is not valid')
    if (await exists(join(this.#directory, name))) {
      throw new S3Error('BucketAlreadyOwnedByYou', 'You have already created this bucket')
    }
    await mkdir(this.#directory, { recursive: true })
    await new Bucket(join(this.#directory, name)).create()
    return { status: 200, headers: { location: `/${name}` } }
  }

  async head({ bucket }: S3Request): Promise<Reply> {
    await this.get(bucket)
    return { status: 200 }
  }

  async delete({ bucket: name }: S3Request): Promise<Reply> {
    const bucket = await this.get(name)
    if ((await bucket.objects()).length > 0) {
      throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty')
    }
    await rm(join(this.#directory, name), { recursive: true })
    this.#opened.delete(name)
    return { status: 204 }
  }

  async listObjects({ bucket, query }: S3Request): Promise<Reply> {
    const prefix = query.get('prefix') ?? ''
    const delimiter = query.get('delimiter') ?? ''
    const limit = numberOf(query, 'max-keys', 1000, 1000)
    const token = query.get('continuation-token')
    const after = token === null ? query.get('start-after') : Buffer.from(token, 'base64url').toString()
    const all = (await (await this.get(bucket)).objects()).filter(({ key }) => key.startsWith(prefix))
    const entries = group(all, prefix, delimiter).filter(
      ({ key }) => after === null || byKey({ key }, { key: after }) > 0,
    )
    const page = entries.slice(0, limit)
    const truncated = entries.length > page.length && page.length > 0
    const last = page.at(-1)?.key ?? ''
    return {
      status: 200,
      body: document('ListBucketResult', {
        Name: bucket,
        Prefix: prefix,
        KeyCount: page.length,
        MaxKeys: limit,
        IsTruncated: truncated,
        ...(truncated && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
        Contents: page.flatMap(({ record }) => (record === undefined ? [] : [contents(record)])),
        CommonPrefixes: page.flatMap(({ key, record }) => (record === undefined ? [{ Prefix: key }] : [])),
      }),
    }
  }
}

interface Entry {
  key: string
  /** Absent for a common prefix. */
  record?: ObjectRecord
}

function group(records: ObjectRecord[], prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>()
  for (const record of records) {
    const cut = delimiter === '' ? -1 : record.key.indexOf(delimiter, prefix.length)
    const key = cut < 0 ? record.key : record.key.slice(0, cut + delimiter.length)
    entries.set(key, cut < 0 ? { key, record } : { key })
  }
  return [...entries.values()]
}

function contents({ key, lastModified, etag, size }: ObjectRecord): Record<string, unknown> {
  return { Key: key, LastModified: lastModified, ETag: `"${etag}"`, Size: size, StorageClass: 'STANDARD' }
}

function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..')
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
