import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { BackupError } from './backup-error.js'

/*
 * A backup is one file: frames, compressed by Zstandard. A frame is its kind (1 byte), the length of its payload
 * (4 bytes, big endian) and the payload: JSON, or rows in the text format of COPY. The last frame is the SHA-256 of all
 * before it, so a file that was cut or changed is known before anything is done with it.
 */

export type Part = { json: unknown } | { rows: Buffer }

const JSON_KIND = 0x4a
const ROWS_KIND = 0x52
const END_KIND = 0x45
const HEAD_BYTES = 5
const MAX_ROWS_BYTES = 64 * 1024
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024

function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head[0] = kind
  head.writeUInt32BE(payload.length, 1)
  return Buffer.concat([head, payload])
}

function* framesOf(part: Part): Generator<Buffer> {
  if ('json' in part) {
    yield frame(JSON_KIND, Buffer.from(JSON.stringify(part.json)))
    return
  }
  for (let at = 0; at < part.rows.length; at += MAX_ROWS_BYTES) {
    yield frame(ROWS_KIND, part.rows.subarray(at, at + MAX_ROWS_BYTES))
  }
}

async function* encoded(parts: AsyncIterable<Part>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const part of parts) {
    for (const each of framesOf(part)) {
      hash.update(each)
      yield each
    }
  }
  yield frame(END_KIND, hash.digest())
}

/** Written beside `path` and put there when it is whole and on the disk; readable by its owner only. */
export async function writeParts(
  path: string,
  parts: AsyncIterable<Part>,
  signal?: AbortSignal,
): Promise<void> {
  const work = `${path}.${process.pid}.partial`
  try {
    await pipeline(
      encoded(parts),
      createZstdCompress(),
      createWriteStream(work, { mode: 0o600, flush: true }),
      { ...(signal && { signal }) },
    )
    await rename(work, path)
  } finally {
    await rm(work, { force: true })
  }
}

/**
 * All parts of a file in their order; resolves only if the file is whole. What `take` did before that is to be taken
 * back where this raises: BackupError for a file that is cut, damaged or something else.
 */
export async function readParts(
  path: string,
  take: (part: Part) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256')
  let ended = false
  const check = async (source: AsyncIterable<Buffer>) => {
    for await (const { kind, payload, whole } of decoded(source)) {
      if (ended) throw damaged(path)
      if (kind === END_KIND) {
        if (!hash.digest().equals(payload)) throw damaged(path)
        ended = true
        continue
      }
      hash.update(whole)
      await take(partOf(path, kind, payload))
    }
  }
  try {
    await pipeline(createReadStream(path), createZstdDecompress(), check, { ...(signal && { signal }) })
  } catch (error) {
    throw readable(path, error)
  }
  if (!ended) throw damaged(path)
}

interface Frame {
  kind: number
  payload: Buffer
  whole: Buffer
}

async function* decoded(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let left: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    left = left.length === 0 ? chunk : Buffer.concat([left, chunk])
    while (left.length >= HEAD_BYTES) {
      const length = left.readUInt32BE(1)
      if (length > MAX_PAYLOAD_BYTES) throw new NoBackup()
      const end = HEAD_BYTES + length
      if (left.length < end) break
      const whole = left.subarray(0, end)
      yield { kind: whole[0] ?? 0, payload: whole.subarray(HEAD_BYTES), whole }
      left = left.subarray(end)
    }
  }
}

function partOf(path: string, kind: number, payload: Buffer): Part {
  if (kind === ROWS_KIND) return { rows: payload }
  if (kind !== JSON_KIND) throw new NoBackup()
  try {
    return { json: JSON.parse(payload.toString()) as unknown }
  } catch {
    throw damaged(path)
  }
}

class NoBackup extends Error {}

function damaged(path: string): BackupError {
  return new BackupError(`${path} is cut or damaged; nothing was changed. Take another backup.`)
}

function readable(path: string, error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (error instanceof NoBackup || code === 'ZSTD_error_prefix_unknown')
    return new BackupError(`${path} is no backup of OBB.`)
  return code.startsWith('ZSTD_') || code.startsWith('Z_') ? damaged(path) : error
}
