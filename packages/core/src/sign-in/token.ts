import { createHash, randomBytes } from 'node:crypto'

/** 256 bits, in characters that may stand in a URL and a cookie. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** The stored form; nothing can be guessed from it, so it needs no salt. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
