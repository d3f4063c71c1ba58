import { constants, generateKeyPairSync, pbkdf2Sync, publicEncrypt, randomBytes } from 'node:crypto'
import type { KeyPairKeyObjectResult } from 'node:crypto'
import { wrapKey } from '../../kit/mega/keys.js'

/** An account as the host keeps it: it knows a hash that proves the password, and keys it cannot open. */
export interface MegaAccount {
  email: string
  password: string
  version: 1 | 2
  /** Secret of the code that the login wants besides, in base32; undefined where it wants none. */
  secondFactor: string | undefined
  blocked: boolean
  /** 0 is free. */
  plan: number
  /** Epoch seconds. */
  paidUntil: number
  /** Bytes. */
  quota: number
  used: number
}

interface Kept {
  salt: Buffer
  loginHash: string
  masterKey: string
  privateKey: string
}

const RSA_BITS = 1024
const kept = new Map<string, Kept>()
let pair: KeyPairKeyObjectResult | undefined

/**
 * loginAnswer is what the host answers a login with the right hash: the session is for the owner of the password only.
 */
export function loginAnswer(account: MegaAccount, session: Buffer, oldPadding: boolean): object {
  const { masterKey, privateKey } = keptOf(account)
  return { k: masterKey, privk: privateKey, csid: encryptedSession(session, oldPadding) }
}

export function keptOf({ email, password, version }: MegaAccount): Kept {
  const id = JSON.stringify([email, password, version])
  const known = kept.get(id) ?? make(email.toLowerCase(), password, version)
  kept.set(id, known)
  return known
}

function make(email: string, password: string, version: 1 | 2): Kept {
  const salt = randomBytes(16)
  const derived = pbkdf2Sync(password, salt, 100_000, 32, 'sha512')
  const passwordKey = version === 1 ? oldPasswordKey(password) : derived.subarray(0, 16)
  const hash = version === 1 ? oldHash(email, passwordKey) : derived.subarray(16)
  const master = randomBytes(16)
  return {
    salt,
    loginHash: hash.toString('base64url'),
    masterKey: wrapKey(passwordKey, master).toString('base64url'),
    privateKey: wrapKey(master, privateParts()).toString('base64url'),
  }
}

function rsa(): KeyPairKeyObjectResult {
  pair ??= generateKeyPairSync('rsa', { modulusLength: RSA_BITS })
  return pair
}

/** p, q, d and the inverse of p, which is q's in the usual order of the two; filled up to whole blocks. */
function privateParts(): Buffer {
  const { d, p, q, qi } = rsa().privateKey.export({ format: 'jwk' })
  const parts = Buffer.concat([q, p, d, qi].map((part) => mpi(Buffer.from(part ?? '', 'base64url'))))
  return Buffer.concat([parts, randomBytes(16 - (parts.length % 16))])
}

function encryptedSession(session: Buffer, oldPadding: boolean): string {
  const head = Buffer.alloc(oldPadding ? 1 : 2)
  const tail = randomBytes(RSA_BITS / 8 - head.length - session.length)
  const plain = Buffer.concat([head, session, tail])
  const secret = publicEncrypt({ key: rsa().publicKey, padding: constants.RSA_NO_PADDING }, plain)
  return mpi(secret).toString('base64url')
}

/** The length in bits before the number. */
function mpi(number: Buffer): Buffer {
  const first = number.findIndex((byte) => byte !== 0)
  const bytes = first < 0 ? Buffer.alloc(0) : number.subarray(first)
  const head = Buffer.alloc(2)
  head.writeUInt16BE(bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24)
  return Buffer.concat([head, bytes])
}

/** By the book, one block and one key after the other. */
function oldPasswordKey(password: string): Buffer {
  const bytes = Buffer.from(password, 'utf8')
  let state: Buffer = Buffer.from('93c467e37db0c7a4d1be3f810152cb56', 'hex')
  for (let round = 0; round < 65_536; round++) {
    for (let at = 0; at < bytes.length; at += 16) {
      const key = Buffer.alloc(16)
      bytes.copy(key, 0, at, at + 16)
      state = wrapKey(key, state)
    }
  }
  return state
}

function oldHash(email: string, key: Buffer): Buffer {
  let state: Buffer = Buffer.alloc(16)
  for (let at = 0; at < email.length; at++) state[at % 16] = (state[at % 16] ?? 0) ^ email.charCodeAt(at)
  for (let round = 0; round < 16_384; round++) state = wrapKey(key, state)
  return Buffer.concat([state.subarray(0, 4), state.subarray(8, 12)])
}
