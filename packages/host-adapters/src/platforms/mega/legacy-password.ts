/* Passwords of accounts of version 1: a key stretched by AES, without a salt. */
import { createCipheriv } from 'node:crypto'
import type { Cipheriv } from 'node:crypto'
import { setImmediate as breath } from 'node:timers/promises'
import { BLOCK } from '../../kit/mega/content.js'

/*
 * Accounts from before 2018 that never changed their password: the key is a constant, encrypted 65 536 times
 * with each 16 bytes of the password as the key; the login hash is the e-mail folded into 16 bytes and
 * encrypted 16 384 times. It takes a tenth of a second, in slices that leave the process to others.
 */
const SEED = Buffer.from('93c467e37db0c7a4d1be3f810152cb56', 'hex')
const KEY_ROUNDS = 65_536
const HASH_ROUNDS = 16_384
const SLICE = 2_048

export async function legacyPasswordKey(password: string): Promise<Buffer> {
  const bytes = Buffer.from(password, 'utf8')
  const padded = Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)])
  const ciphers: Cipheriv[] = []
  for (let at = 0; at < padded.length; at += BLOCK) ciphers.push(ecb(padded.subarray(at, at + BLOCK)))
  return rounds(SEED, KEY_ROUNDS, ciphers)
}

/** In place of a hash of the password: proves the key. 8 bytes, base64url. `email` in lower case. */
export async function legacyLoginHash(email: string, key: Buffer): Promise<string> {
  const folded = Buffer.alloc(BLOCK)
  Buffer.from(email, 'utf8').forEach((byte, at) => {
    folded[at % BLOCK] = (folded[at % BLOCK] ?? 0) ^ byte
  })
  const hash = await rounds(folded, HASH_ROUNDS, [ecb(key)])
  return Buffer.concat([hash.subarray(0, 4), hash.subarray(8, 12)]).toString('base64url')
}

function ecb(key: Buffer): Cipheriv {
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
}

async function rounds(start: Buffer, count: number, ciphers: readonly Cipheriv[]): Promise<Buffer> {
  let state = start
  for (let round = 1; round <= count; round++) {
    for (const cipher of ciphers) state = cipher.update(state)
    if (round % SLICE === 0) await breath()
  }
  return state
}
