import { createHash } from 'node:crypto'
import type { StoredPart } from '@obb/core/storage'
import type { HashName, HashSnapshot } from './hash-threads.js'

/*
 * The state of a file's hashes as it is kept: a digest of what follows, then JSON. It is true of the very parts whose
 * etags it was made with: a part that was written again since, or another one in its place, makes it worthless, as
 * does everything that is not exactly as it was written. Then bytes are read again; a wrong hash cannot come of it.
 */

/** 2: a CRC-32C by the processor. */
const VERSION = 2
const DIGEST_BYTES = 32
/** Grows with the digests of pieces: enough for 1 TiB, bytes. */
const MOST = 16 * 1024 * 1024

export interface SavedHashes {
  /** Parts 1 to `last` are hashed. */
  last: number
  states: HashSnapshot
}

interface Written {
  version: number
  last: number
  parts: string
  states: Record<string, string>
}

const digestOf = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

/** nameOf gives a name to the parts 1 to `last`; undefined if one of them is not there. */
function nameOf(last: number, parts: ReadonlyMap<number, StoredPart>): string | undefined {
  const hash = createHash('sha256')
  for (let number = 1; number <= last; number++) {
    const part = parts.get(number)
    if (!part) return undefined
    hash.update(`${part.size} ${part.etag}\n`)
  }
  return hash.digest('hex')
}

/** Undefined if it would be too long. */
export function encodeHashes(
  { last, states }: SavedHashes,
  parts: ReadonlyMap<number, StoredPart>,
): Buffer | undefined {
  const name = nameOf(last, parts)
  if (name === undefined) return undefined
  const texts = Object.entries(states).map(([hash, state]) => [hash, Buffer.from(state).toString('base64')])
  const written: Written = { version: VERSION, last, parts: name, states: Object.fromEntries(texts) }
  const json = Buffer.from(JSON.stringify(written))
  return json.length > MOST ? undefined : Buffer.concat([digestOf(json), json])
}

/** Undefined or a SyntaxError unless it was written by this version, of these parts, and for all of `names`. */
export function decodeHashes(
  bytes: Buffer,
  parts: ReadonlyMap<number, StoredPart>,
  names: ReadonlySet<HashName>,
): SavedHashes | undefined {
  const json = bytes.subarray(DIGEST_BYTES)
  if (!digestOf(json).equals(bytes.subarray(0, DIGEST_BYTES))) return undefined
  const { version, last, parts: name, states } = JSON.parse(json.toString()) as Written
  if (version !== VERSION || name !== nameOf(last, parts)) return undefined
  const wanted = [...names].map((hash) => [hash, states[hash]] as const)
  if (wanted.some(([, state]) => state === undefined)) return undefined
  const read = wanted.map(([hash, state = '']) => [hash, Buffer.from(state, 'base64')])
  return { last, states: Object.fromEntries(read) as HashSnapshot }
}
