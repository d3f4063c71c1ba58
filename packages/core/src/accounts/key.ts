import { createHash, randomInt } from 'node:crypto'
import { API_KEY_PATTERN } from '@obb/contracts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** `length` unbiased characters of [0-9A-Za-z]; 5.95 bits each. */
export function randomToken(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

export function newApiKey(): string {
  return `obb_${randomToken(32)}`
}

/** The stored form of a key, or undefined for what cannot be one. */
export function hashApiKey(key: string): Buffer | undefined {
  return API_KEY_PATTERN.test(key) ? createHash('sha256').update(key).digest() : undefined
}
