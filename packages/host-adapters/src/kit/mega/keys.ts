/* Keys of files and folders, how they are wrapped, and the attributes they open. */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { textOf } from '../fields/text.js'
import { BLOCK } from './content.js'

export const FILE_KEY_BYTES = 32
export const FOLDER_KEY_BYTES = 16
/** More is no attribute block of a file. */
const MAX_ATTRIBUTES = 64 * 1024
const MAGIC = 'MEGA'

/** Bytes of unpadded base64url text; undefined for text that is none, or of another length. */
export function bytesOfBase64(text: string, length?: number): Buffer | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return length === undefined || bytes.length === length ? bytes : undefined
}

/** How keys are wrapped: AES-ECB over whole blocks. A block that is not whole is left out. */
export function unwrapKey(key: Buffer, wrapped: Buffer): Buffer {
  const whole = wrapped.subarray(0, wrapped.length - (wrapped.length % BLOCK))
  return createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(whole)
}

export function wrapKey(key: Buffer, plain: Buffer): Buffer {
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(plain)
}

export interface Attributes {
  name: string | undefined
}

/**
 * What Mega keeps of a file or folder besides its bytes, as `at` or `a` state it: `MEGA{"n":…}` in AES-CBC
 * with a zero IV under the AES key, zeros behind. Undefined when the key is another.
 */
export function attributesOf(aes: Buffer, text: string): Attributes | undefined {
  const bytes = text.length <= MAX_ATTRIBUTES ? bytesOfBase64(text) : undefined
  if (bytes === undefined) return undefined
  const whole = bytes.subarray(0, bytes.length - (bytes.length % BLOCK))
  const decipher = createDecipheriv('aes-128-cbc', aes, Buffer.alloc(BLOCK)).setAutoPadding(false)
  const plain = decipher.update(whole).toString('utf8')
  const end = plain.indexOf('\0')
  const json = jsonOf(end < 0 ? plain : plain.slice(0, end))
  return json === undefined ? undefined : { name: textOf(json.n) }
}

function jsonOf(plain: string): { n?: unknown } | undefined {
  if (!plain.startsWith(`${MAGIC}{`)) return undefined
  try {
    return JSON.parse(plain.slice(MAGIC.length)) as { n?: unknown }
  } catch {
    return undefined
  }
}
