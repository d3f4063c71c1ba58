/* Session ids, which come encrypted with the RSA key of the account. */
import { constants, createPrivateKey, privateDecrypt } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Bits; more is no key of Mega, and would only take time. */
const MAX_BITS = 4096
const SESSION_BYTES = 43

/**
 * The session that a login gives: `csid` is encrypted with the account's RSA key, whose parts p, q, d and
 * p⁻¹ mod q are in `privateKey`, each with its length in bits before it (as in RFC 4880 §3.2). Throws for
 * bytes that are no key or are not encrypted with it. base64url.
 */
export function sessionIdOf(privateKey: Buffer, csid: Buffer): string {
  const [p, q, d] = integers(privateKey, 3)
  const [secret] = integers(csid, 1)
  if (p === undefined || q === undefined || d === undefined || secret === undefined)
    throw new Error('too short')
  const key = rsaKey(toNumber(p), toNumber(q), toNumber(d))
  const length = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
  const padded = Buffer.concat([Buffer.alloc(Math.max(0, length - secret.length)), secret])
  const plain = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, padded)
  // Two zeros come first; old accounts have one.
  const start = plain[1] === 0 ? 2 : 1
  return plain.subarray(start, start + SESSION_BYTES).toString('base64url')
}

function integers(bytes: Buffer, count: number): Buffer[] {
  const found: Buffer[] = []
  for (let at = 0; found.length < count && at + 2 <= bytes.length;) {
    const bits = bytes.readUInt16BE(at)
    if (bits > MAX_BITS) throw new Error('too long')
    const end = at + 2 + Math.ceil(bits / 8)
    found.push(bytes.subarray(at + 2, end))
    at = end
  }
  return found
}

/** The public exponent, which Mega does not tell, follows from the others. */
function rsaKey(p: bigint, q: bigint, d: bigint): KeyObject {
  const [p1, q1] = [p - 1n, q - 1n]
  const parts = {
    n: p * q,
    e: inverse(d, (p1 * q1) / gcd(p1, q1)),
    d,
    p,
    q,
    dp: d % p1,
    dq: d % q1,
    qi: inverse(q, p),
  }
  const jwk = Object.entries(parts).map(([name, value]) => [name, toText(value)])
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(jwk) }, format: 'jwk' })
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x0${bytes.toString('hex')}`)
}

function toText(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/** Throws a RangeError where there is none. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b, x, y] = [b, a - quotient * b, y, x - quotient * y]
  }
  if (a !== 1n) throw new RangeError('no inverse')
  return ((x % modulus) + modulus) % modulus
}
