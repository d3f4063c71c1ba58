import { createHash } from 'node:crypto'
import { API_KEY_PATTERN } from '@obb/contracts'

/** What is shorter may be a word of somebody's, which the beginning of its hash would tell. */
const LEAST = 32

/**
 * shownSecret tells what was shown to be let in, by the beginning of its hash: of an API key that of the row which it
 * has, or had. `what`: `key` or `token`.
 */
export function shownSecret(what: 'key' | 'token', secret: string | undefined): string {
  if (secret === undefined || secret === '') return `no ${what}`
  if (!API_KEY_PATTERN.test(secret) && secret.length < LEAST) return `no ${what} by its form`
  return `${what} ${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`
}
