import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** The version before: bound to the column alone. It opens until it is sealed again. */
const COLUMN_BOUND = 1
const VERSION = 2
const KEY_ID_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Seals credentials with AES-256-GCM. A sealed value is: version (1 byte), id of the key (4), IV (12),
 * tag (16), ciphertext. The purpose and the row are authenticated with it, so who can write to the database cannot move
 * a value to another column or row. The current key seals; older ones still open, and so does the version that was
 * bound to its column alone, until what they sealed has been sealed again.
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

  /** Whether it was sealed with the current key, and bound to its row. */
  isCurrent(sealed: Buffer): boolean {
    return sealed[0] === VERSION && sealed.subarray(1, 1 + KEY_ID_BYTES).equals(this.keyId)
  }

  /** `row`: the key of the row that it will stand in. */
  seal(purpose: string, row: string, value: unknown): Buffer {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(bindingOf(purpose, row))
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(VERSION), this.keyId, iv, cipher.getAuthTag(), text])
  }

  /** Raises SealError if it was sealed with a key that is not here, for another purpose or row, or was changed. */
  open(purpose: string, row: string, sealed: Buffer): unknown {
    const iv = 1 + KEY_ID_BYTES
    const tag = iv + IV_BYTES
    const text = tag + TAG_BYTES
    const version = sealed[0]
    if ((version !== VERSION && version !== COLUMN_BOUND) || sealed.length < text)
      throw new SealError('not a sealed value')
    const key = this.keys.get(sealed.subarray(1, iv).toString('hex'))
    if (!key) throw new SealError('sealed with another SECRETS_KEY')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(iv, tag))
      const binding = version === VERSION ? bindingOf(purpose, row) : Buffer.from(purpose)
      decipher.setAAD(binding).setAuthTag(sealed.subarray(tag, text))
      return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(text)), decipher.final()]).toString())
    } catch {
      throw new SealError('changed after it was sealed')
    }
  }

  /** The same value as it stands in another row. Raises as `open`. */
  move(purpose: string, { from, to }: { from: string; to: string }, sealed: Buffer): Buffer {
    return this.seal(purpose, to, this.open(purpose, from, sealed))
  }
}

/** The version is a part of it: one that is made of the other opens nothing. */
const bindingOf = (purpose: string, row: string): Buffer =>
  Buffer.from(JSON.stringify([VERSION, purpose, row]))

function idOf(key: Buffer): Buffer {
  return createHash('sha256').update('obb key id').update(key).digest().subarray(0, KEY_ID_BYTES)
}

/** By which a sealed value, and a backup, tells the key it was sealed with; nothing follows from it about the key. */
export const keyIdOf = (key: Buffer): string => idOf(key).toString('hex')

export class SealError extends Error {
  override readonly name = 'SealError'
}
