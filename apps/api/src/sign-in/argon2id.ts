import * as crypto from 'node:crypto'
import { promisify } from 'node:util'

/*
 * Argon2id (RFC 9106) in strings of the PHC format. Node computes it from 24.7 on, also where nothing is installed that
 * is tied to a processor; before that @node-rs/argon2 does. Both on threads of their own.
 */

export interface Cost {
  /** KiB */
  memory: number
  passes: number
  parallelism: number
}

type Derive = (password: string, salt: Buffer, cost: Cost) => Promise<Buffer>

const VERSION = 'v=19'
const SALT_BYTES = 16
const HASH_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,3})\$([\w+/]{1,86})\$([\w+/]{1,86})$/

/** By Node itself. */
export const deriveByNode: Derive = (password, salt, { memory, passes, parallelism }) =>
  promisify(crypto.argon2)('argon2id', {
    ...{ message: password, nonce: salt, tagLength: HASH_BYTES },
    ...{ memory, passes, parallelism },
  })

/** By @node-rs/argon2, which is loaded where it is needed. */
export const deriveByAddon: Derive = async (password, salt, { memory, passes, parallelism }) => {
  const { hashRaw } = await import('@node-rs/argon2')
  const cost = { memoryCost: memory, timeCost: passes, parallelism }
  return hashRaw(password, { ...cost, salt, outputLen: HASH_BYTES })
}

const derive = 'argon2' in crypto ? deriveByNode : deriveByAddon

/** argon2id hashes with a salt of its own. */
export async function argon2id(password: string, cost: Cost, by: Derive = derive): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES)
  const hash = await by(password, salt, cost)
  const { memory, passes, parallelism } = cost
  const parts = ['argon2id', VERSION, `m=${memory},t=${passes},p=${parallelism}`, base64(salt), base64(hash)]
  return `$${parts.join('$')}`
}

/** Whether a string is of this password, at the cost that it states. Raises Error for one that is none of `argon2id`. */
export async function verifyArgon2id(kept: string, password: string, by: Derive = derive): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(kept) ?? []
  if (hash === '') throw new Error('a password is kept as something else than Argon2id')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const derived = await by(password, Buffer.from(salt, 'base64'), cost)
  const expected = Buffer.from(hash, 'base64')
  return derived.length === expected.length && crypto.timingSafeEqual(derived, expected)
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
