/* One-time codes of a second factor (RFC 6238, with what authenticator apps all do: SHA-1, six digits, 30 s). */
import { createHmac } from 'node:crypto'
import { HostError } from './errors.js'
import type { CredentialField } from './manifest.js'

const STEP_MS = 30_000
const DIGITS = 6
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Shortest and longest secrets that are one, bytes. */
const MIN_BYTES = 10
const MAX_BYTES = 128

/** TOTP_SECRET is the credential field of a second factor, for platforms whose login takes a code. */
export const TOTP_SECRET = {
  name: 'totpSecret',
  label: 'Secret of the second factor (base32, or the otpauth:// address)',
  secret: true,
  required: false,
} as const satisfies CredentialField

/**
 * The code of a secret as sites show it: base32 in any case, with or without blanks, or its `otpauth://` address. `now`:
 * epoch ms. Raises CONFIG for what is no secret.
 */
export function totpCode(secret: string, now: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / STEP_MS)))
  const hash = createHmac('sha1', secretBytes(secret)).update(counter).digest()
  const offset = (hash.at(-1) ?? 0) & 0xf
  const number = hash.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

function secretBytes(secret: string): Buffer {
  const text = base32Of(secret)
  const bytes: number[] = []
  let value = 0
  let bits = 0
  for (const sign of text) {
    const digit = ALPHABET.indexOf(sign)
    if (digit < 0) throw noSecret()
    value = ((value << 5) | digit) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((value >> bits) & 0xff)
  }
  if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) throw noSecret()
  return Buffer.from(bytes)
}

function base32Of(secret: string): string {
  const text = secret.trim()
  const given =
    /^otpauth:/i.test(text) && URL.canParse(text) ? new URL(text).searchParams.get('secret') : text
  return (given ?? '').replace(/[\s-]/g, '').replace(/=/g, '').toUpperCase()
}

function noSecret(): HostError {
  return new HostError('CONFIG', 'secret of the second factor is no base32 text of 16 or more characters')
}
