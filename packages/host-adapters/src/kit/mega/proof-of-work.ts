/*
 * Under load the API answers with a header `X-Hashcash: 1:easiness:time:token` in place of an answer, and takes
 * the same call once it carries four bytes which, put before 262 144 repetitions of the token, have a SHA-256
 * that is small enough. Each try hashes 12 MiB, on the thread pool and not on the event loop.
 */
import { webcrypto } from 'node:crypto'
import { HostError } from '../errors.js'
import { bytesOfBase64 } from './keys.js'

const REPETITIONS = 262_144
const TOKEN_BYTES = 48
const PREFIX_BYTES = 4
/** One usual challenge takes some 300 tries; this is a minute or two. */
const MAX_TRIES = 4_000

/**
 * The header that answers a challenge. Raises HOST_TEMP for one that is of another kind or too hard, and the
 * signal's reason when it aborts.
 */
export async function solveChallenge(challenge: string, signal: AbortSignal): Promise<string> {
  const { bytes, easiness, token } = challengeOf(challenge)
  const buffer = Buffer.alloc(PREFIX_BYTES + REPETITIONS * TOKEN_BYTES, bytes)
  buffer.copyWithin(PREFIX_BYTES, 0, buffer.length - PREFIX_BYTES)
  const most = thresholdOf(easiness)
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    buffer.writeUInt32LE(attempt)
    const digest = Buffer.from(await webcrypto.subtle.digest('SHA-256', buffer))
    signal.throwIfAborted()
    if (digest.readUInt32BE() <= most) {
      return `1:${token}:${buffer.subarray(0, PREFIX_BYTES).toString('base64url')}`
    }
  }
  throw new HostError('HOST_TEMP', 'Mega: host wants a proof of work that is too hard')
}

/** challengeOf reads what the header asks for. Raises HOST_TEMP for what is not known. */
export function challengeOf(header: string): { bytes: Buffer; easiness: number; token: string } {
  const [version, easiness, , token = ''] = header.trim().split(':')
  const bytes = bytesOfBase64(token, TOKEN_BYTES)
  if (version !== '1' || !/^\d{1,3}$/.test(easiness ?? '') || bytes === undefined) {
    throw new HostError('HOST_TEMP', 'Mega: host wants a proof of work that is not known')
  }
  return { bytes, easiness: Number(easiness), token }
}

/** The first four bytes of the digest may be at most this: a small floating-point number. */
function thresholdOf(easiness: number): number {
  return ((easiness & 63) * 2 + 1) * 2 ** ((easiness >> 6) * 7 + 3)
}
