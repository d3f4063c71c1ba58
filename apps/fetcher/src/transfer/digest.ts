import { DEFAULT_DIGESTS } from '@obb/core/config'
import type { ObjectStore } from '@obb/core/storage'
import { type ContentVerifier, type HashAlgorithm, HostError } from '@obb/host-adapters'
import { type HashName, type HashValues, hashThreads } from '../hashing/hash-threads.js'
import { Lanes } from '../hashing/lanes.js'

export interface FileDigests {
  sha256: string
  md5: string | null
  crc32c: string | null
  pieces: Buffer | null
}

/** HostHash is what the host claims about the whole file. */
export interface HostHash {
  algorithm: HashAlgorithm
  value: string
}

const DEFAULT_NAMES: ReadonlySet<HashName> = new Set(DEFAULT_DIGESTS)

/** Bytes on their way to the threads at most. */
const AHEAD = 4 * 1024 * 1024

export interface ExpectedContent {
  size: number
  hash?: HostHash | undefined
  verifier?: ContentVerifier | undefined
  /** To be computed besides SHA-256 and the host's own; DEFAULT_DIGESTS unless given. */
  names?: ReadonlySet<HashName>
}

/** The hashes of a file: those that are wanted, SHA-256, and what the host's own can be compared with. */
export function namesOf({
  hash,
  names = DEFAULT_NAMES,
}: Pick<ExpectedContent, 'hash' | 'names'>): Set<HashName> {
  return new Set(['sha256', ...names, ...(hash ? [hash.algorithm] : [])])
}

/**
 * Reads a stored object once, from beginning to end, and checks what the host claimed about it. Raises
 * CORRUPT if the size or the host's own hash differs, or what the source's verifier raises.
 */
export async function verify(
  store: ObjectStore,
  key: string,
  expected: ExpectedContent,
  signal: AbortSignal,
): Promise<FileDigests> {
  const lanes = new Lanes(hashThreads(), namesOf(expected), {})
  try {
    const size = expected.size > 0 ? await read(store, key, expected, lanes, signal) : 0
    if (size !== expected.size)
      throw new HostError('CORRUPT', `${size} bytes stored instead of ${expected.size}`)
    return checkDigests(await lanes.digests(), expected)
  } finally {
    lanes.end()
  }
}

async function read(
  store: ObjectStore,
  key: string,
  { size, verifier }: ExpectedContent,
  lanes: Lanes,
  signal: AbortSignal,
): Promise<number> {
  let seen = 0
  let ahead = 0
  let failure: unknown
  const body = await store.read(key, 0, size, signal)
  for await (const chunk of body as AsyncIterable<Buffer>) {
    seen += chunk.length
    ahead += chunk.length
    verifier?.update(chunk)
    const hashed = lanes.bytes(chunk).then(
      () => void (ahead -= chunk.length),
      (error: unknown) => void (failure = error),
    )
    if (ahead > AHEAD) await hashed
    if (failure !== undefined) throw failure
  }
  return seen
}

/** The values as they are kept, if they are what the host said. Raises CORRUPT, and what the verifier raises. */
export function checkDigests(values: HashValues, { hash, verifier }: ExpectedContent): FileDigests {
  if (hash && values[hash.algorithm] !== hash.value.toLowerCase()) {
    throw new HostError('CORRUPT', `the ${hash.algorithm} of the host does not match the bytes`)
  }
  verifier?.finish()
  const { sha256 = '', md5 = null, crc32c = null, pieces } = values
  return { sha256, md5, crc32c, pieces: pieces === undefined ? null : Buffer.from(pieces, 'hex') }
}
