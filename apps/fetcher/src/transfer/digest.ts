import { createHash } from 'node:crypto'
import type { ObjectStore } from '@obb/core/storage'
import { type ContentVerifier, HostError } from '@obb/host-adapters'

export interface Digests {
  sha256: string
  md5: string
}

/**
 * Reads a stored object once, from beginning to end, and checks what the host claimed about it. Raises
 * CORRUPT if the size or the host's own hash differs, or what the source's verifier raises.
 */
export async function verify(
  store: ObjectStore,
  key: string,
  expected: {
    size: number
    hash?: { algorithm: 'md5' | 'sha1' | 'sha256'; value: string } | undefined
    verifier?: ContentVerifier | undefined
  },
  signal: AbortSignal,
): Promise<Digests> {
  const { hash, verifier } = expected
  const wanted = new Set(['sha256', 'md5', ...(hash ? [hash.algorithm] : [])])
  const hashes = new Map([...wanted].map((algorithm) => [algorithm, createHash(algorithm)]))
  let size = 0
  if (expected.size > 0) {
    const body = await store.read(key, 0, expected.size, signal)
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length
      for (const each of hashes.values()) each.update(chunk)
      verifier?.update(chunk)
    }
  }
  if (size !== expected.size)
    throw new HostError('CORRUPT', `${size} bytes stored instead of ${expected.size}`)
  const digests = new Map([...hashes].map(([algorithm, each]) => [algorithm, each.digest('hex')]))
  if (hash && digests.get(hash.algorithm) !== hash.value.toLowerCase()) {
    throw new HostError('CORRUPT', `the ${hash.algorithm} of the host does not match the bytes`)
  }
  verifier?.finish()
  return { sha256: digests.get('sha256') ?? '', md5: digests.get('md5') ?? '' }
}
