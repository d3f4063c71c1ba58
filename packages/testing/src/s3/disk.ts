import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, readdirSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { RequestBody } from './body.js'
import { S3Error } from './errors.js'

/*
 * The buckets on disk, which is the only state, so that a server started again on the same directory
 * goes on where the last one stopped:
 *
 *   <bucket>/blobs/<uuid>               bytes, written once
 *   <bucket>/objects/<hash of key>.json what lies under a key: blobs one after the other
 *   <bucket>/uploads/<uploadId>/        upload.json and <part number>.json
 *
 * Every JSON file appears by rename. A blob nobody refers to any more is removed afterwards.
 */

const CHUNK = 256 * 1024

interface Blob {
  name: string
  size: number
}

export interface ObjectRecord {
  key: string
  size: number
  etag: string
  /** ISO 8601. */
  lastModified: string
  headers: Record<string, string>
  blobs: Blob[]
}

export interface PartRecord {
  number: number
  size: number
  etag: string
  lastModified: string
  blob: Blob
}

export interface UploadRecord {
  key: string
  uploadId: string
  initiated: string
  headers: Record<string, string>
}

export class Bucket {
  readonly #path: string
  #turn: Promise<unknown> = Promise.resolve()
  /** Blobs being read, by name; one that was removed meanwhile stays until its last reader is done. */
  readonly #readers = new Map<string, { count: number; removed: boolean }>()

  constructor(path: string) {
    this.#path = path
  }

  async create(): Promise<void> {
    for (const folder of ['blobs', 'objects', 'uploads']) {
      await mkdir(join(this.#path, folder), { recursive: true })
    }
  }

  /** Runs changes that read before they write one after the other. */
  serially<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Writes the body as a blob; a body that fails leaves none. */
  async receive(body: RequestBody): Promise<Blob> {
    const name = randomUUID()
    try {
      await pipeline(body, createWriteStream(this.#blob(name), { highWaterMark: 4 * CHUNK }))
    } catch (error) {
      await this.#removeBlobs([{ name, size: 0 }])
      throw error
    }
    return { name, size: body.size }
  }

  /** Writes the bytes of an object, perhaps of another bucket, as a blob of this one. */
  async copy(source: AsyncIterable<Buffer>): Promise<{ blob: Blob; etag: string }> {
    const name = randomUUID()
    const md5 = createHash('md5')
    let size = 0
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const bytes of source) {
        md5.update(bytes)
        size += bytes.length
        yield bytes
      }
    }
    await pipeline(counted, createWriteStream(this.#blob(name)))
    return { blob: { name, size }, etag: md5.digest('hex') }
  }

  async object(key: string): Promise<ObjectRecord | undefined> {
    return readJson<ObjectRecord>(this.#object(key))
  }

  /** All of them, by key. */
  async objects(): Promise<ObjectRecord[]> {
    const names = await readdir(join(this.#path, 'objects'))
    const records = names
      .filter((name) => name.endsWith('.json'))
      .map((name) => readJson<ObjectRecord>(join(this.#path, 'objects', name)))
    return (await Promise.all(records)).filter((record) => record !== undefined).sort(byKey)
  }

  /** Within `serially`, as every change below. */
  async putObject(record: ObjectRecord): Promise<void> {
    const before = await this.object(record.key)
    await writeJson(this.#object(record.key), record)
    await this.#removeBlobs(before?.blobs ?? [])
  }

  async deleteObject(key: string): Promise<void> {
    const record = await this.object(key)
    await rm(this.#object(key), { force: true })
    await this.#removeBlobs(record?.blobs ?? [])
  }

  /** The bytes [start, end), also of an object that is deleted or replaced while they are read. */
  async *bytes({ blobs }: ObjectRecord, start: number, end: number): AsyncGenerator<Buffer> {
    for (const { name } of blobs) this.#hold(name)
    try {
      let from = 0
      for (const { name, size } of blobs) {
        const first = Math.max(start, from) - from
        const last = Math.min(end, from + size) - from
        if (first < last) {
          yield* createReadStream(this.#blob(name), { start: first, end: last - 1, highWaterMark: CHUNK })
        }
        from += size
      }
    } finally {
      for (const { name } of blobs) await this.#letGo(name)
    }
  }

  async createUpload(key: string, headers: Record<string, string>): Promise<UploadRecord> {
    const uploadId = randomBytes(24).toString('base64url')
    const upload = { key, uploadId, initiated: new Date().toISOString(), headers }
    await mkdir(this.#upload(uploadId))
    await writeJson(join(this.#upload(uploadId), 'upload.json'), upload)
    return upload
  }

  /** Raises `NoSuchUpload`. */
  async upload(key: string, uploadId: string): Promise<UploadRecord> {
    const known = /^[\w-]{1,64}$/.test(uploadId)
    const record = known && (await readJson<UploadRecord>(join(this.#upload(uploadId), 'upload.json')))
    if (!record || record.key !== key) throw noSuchUpload()
    return record
  }

  async uploads(): Promise<UploadRecord[]> {
    const ids = await readdir(join(this.#path, 'uploads'))
    const records = ids.map((id) => readJson<UploadRecord>(join(this.#upload(id), 'upload.json')))
    return (await Promise.all(records))
      .filter((record) => record !== undefined)
      .sort((a, b) => byKey(a, b) || (a.uploadId < b.uploadId ? -1 : 1))
  }

  countUploads(): number {
    return readdirSync(join(this.#path, 'uploads')).filter((id) => !id.startsWith('.')).length
  }

  /** In order. */
  async parts(uploadId: string): Promise<PartRecord[]> {
    const names = await readdir(this.#upload(uploadId)).catch(() => {
      throw noSuchUpload()
    })
    const records = names
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => readJson<PartRecord>(join(this.#upload(uploadId), name)))
    return (await Promise.all(records))
      .filter((record) => record !== undefined)
      .sort((a, b) => a.number - b.number)
  }

  async putPart(uploadId: string, part: PartRecord): Promise<void> {
    const path = join(this.#upload(uploadId), `${part.number}.json`)
    const before = await readJson<PartRecord>(path)
    try {
      await writeJson(path, part)
    } catch (error) {
      await this.#removeBlobs([part.blob])
      throw isMissing(error) ? noSuchUpload() : error
    }
    if (before !== undefined) await this.#removeBlobs([before.blob])
  }

  /** Takes the upload away from everybody else, once; blobs not in `keep` are freed. */
  async endUpload(uploadId: string, keep: readonly Blob[]): Promise<void> {
    const ending = this.#upload(`.${uploadId}`)
    await rename(this.#upload(uploadId), ending).catch(() => {
      throw noSuchUpload()
    })
    const kept = new Set(keep.map(({ name }) => name))
    const blobs = (await this.parts(`.${uploadId}`)).map(({ blob }) => blob)
    await this.#removeBlobs(blobs.filter(({ name }) => !kept.has(name)))
    await rm(ending, { recursive: true, force: true })
  }

  async #removeBlobs(blobs: readonly Blob[]): Promise<void> {
    for (const { name } of blobs) {
      const readers = this.#readers.get(name)
      if (readers === undefined) await rm(this.#blob(name), { force: true })
      else readers.removed = true
    }
  }

  #hold(name: string): void {
    const readers = this.#readers.get(name) ?? { count: 0, removed: false }
    readers.count++
    this.#readers.set(name, readers)
  }

  async #letGo(name: string): Promise<void> {
    const readers = this.#readers.get(name)
    if (readers === undefined || --readers.count > 0) return
    this.#readers.delete(name)
    if (readers.removed) await rm(this.#blob(name), { force: true })
  }

  #blob(name: string): string {
    return join(this.#path, 'blobs', name)
  }

  #object(key: string): string {
    return join(this.#path, 'objects', `${createHash('sha256').update(key).digest('hex')}.json`)
  }

  #upload(uploadId: string): string {
    return join(this.#path, 'uploads', uploadId)
  }
}

function noSuchUpload(): S3Error {
  return new S3Error('NoSuchUpload', 'The specified upload does not exist')
}

export function byKey(a: { key: string }, b: { key: string }): number {
  return Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  const making = `${path}.${randomUUID()}`
  await writeFile(making, JSON.stringify(value))
  await rename(making, path)
}
