import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const VERSION = 1
const KEY_ID_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals credentials with AES-256-GCM. A sealed value is: version (1 byte), id of the key (4), IV (12),
 * tag (16), ciphertext. The purpose is authenticated with it, so a value cannot be moved to another column.
 * The current key seals; older ones still open, until what they sealed has been sealed again.
 */
export class Vault {
  private readonly keyId: Buffer
  /** By their id in hex. */
  private readonly keys: ReadonlyMap<string, Buffer>

  /** Keys of 32 bytes each. */
  constructor(
    private readonly key: Buffer,
    older: readonly Buffer[] = [],
  ) {
    this.keyId = idOf(key)
    this.keys = new Map([...older, key].map((each) => [idOf(each).toString('hex'), each]))
  }

  /** Whether it was sealed with the current key. */
  isCurrent(sealed: Buffer): boolean {
    return sealed[0] === VERSION && sealed.subarray(1, 1 + KEY_ID_BYTES).equals(this.keyId)
  }

  seal(purpose: string, value: unknown): Buffer {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(purpose))
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(VERSION), this.keyId, iv, cipher.getAuthTag(), text])
  }

  /** Raises SealError if it was sealed with a key that is not here, for another purpose, or was changed. */
  open(purpose: string, sealed: Buffer): unknown {
    const iv = 1 + KEY_ID_BYTES
    const tag = iv + IV_BYTES
    const text = tag + TAG_BYTES
    if (sealed[0] !== VERSION || sealed.length < text) throw new SealError('not a sealed value')
    const key = this.keys.get(sealed.subarray(1, iv).toString('hex'))
    if (!key) throw new SealError('sealed with another SECRETS_KEY')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(iv, tag))
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(sealed.subarray(tag, text))
      return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(text)), decipher.final()]).toString())
    } catch {
      throw new SealError('changed after it was sealed')
    }
  }
}

function idOf(key: Buffer): Buffer {
  return createHash('sha256').update('obb key id').update(key).digest().subarray(0, KEY_ID_BYTES)
}

export class SealError extends Error {
  override readonly name = 'SealError'
}
