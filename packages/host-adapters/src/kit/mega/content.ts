/*
 * Mega stores cipher text only. A file's key is 32 bytes: the first half XOR the second is the AES-128 key, and
 * the second half is a nonce (8 bytes) and the file's MAC (8 bytes). The bytes are AES-CTR with the counter
 * block nonce ‖ number of the 16-byte block, so any range that begins at a block can be decrypted alone.
 *
 * The MAC is over the plain text: it is cut into chunks of 128, 256, … 1024 KiB and then 1 MiB each, with no
 * empty chunk at the end. A chunk's MAC is the last block of its AES-CBC encryption with the IV nonce ‖ nonce,
 * zeros filling its last block; the chunks' MACs are encrypted in CBC again, with a zero IV, and the last
 * block's four words are folded into two. So it can only be told of a whole file, in order.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Cipheriv } from 'node:crypto'
import { HostError } from '../errors.js'
import type { ContentTransform, ContentVerifier } from '../source.js'

export const BLOCK = 16
const CHUNK_STEP = 128 * 1024
const LARGEST_STEPS = 8

export interface FileKey {
  aes: Buffer
  nonce: Buffer
  mac: Buffer
}

/** `packed`: the 32 bytes of a link or a node. */
export function fileKeyOf(packed: Buffer): FileKey {
  const aes = Buffer.from(packed.subarray(0, BLOCK).map((byte, at) => byte ^ (packed[BLOCK + at] ?? 0)))
  return { aes, nonce: packed.subarray(16, 24), mac: packed.subarray(24, 32) }
}

/** From what the storage servers send to what the file is. */
export function decryption({ aes, nonce }: FileKey): ContentTransform {
  return {
    alignment: BLOCK,
    create: (offset) => createDecipheriv('aes-128-ctr', aes, counterAt(nonce, offset)),
  }
}

/** `offset`: bytes, a multiple of BLOCK. */
export function counterAt(nonce: Buffer, offset: number): Buffer {
  const counter = Buffer.alloc(BLOCK)
  nonce.copy(counter)
  counter.writeBigUInt64BE(BigInt(offset / BLOCK), nonce.length)
  return counter
}

/** MAC of a whole plain text that comes in pieces of any size. */
export class ContentMac {
  private readonly fold: Cipheriv
  private folded: Buffer = Buffer.alloc(BLOCK)
  private chunk: Chunk | undefined
  private chunks = 0

  constructor(private readonly key: Pick<FileKey, 'aes' | 'nonce'>) {
    this.fold = createCipheriv('aes-128-cbc', key.aes, Buffer.alloc(BLOCK)).setAutoPadding(false)
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      this.chunk ??= new Chunk(this.key, Math.min(++this.chunks, LARGEST_STEPS) * CHUNK_STEP)
      at += this.chunk.take(bytes.subarray(at))
      if (this.chunk.left === 0) this.close(this.chunk)
    }
  }

  /** 8 bytes. */
  digest(): Buffer {
    if (this.chunk !== undefined) this.close(this.chunk)
    const mac = Buffer.alloc(8)
    for (let at = 0; at < 4; at++) {
      mac[at] = (this.folded[at] ?? 0) ^ (this.folded[at + 4] ?? 0)
      mac[at + 4] = (this.folded[at + 8] ?? 0) ^ (this.folded[at + 12] ?? 0)
    }
    return mac
  }

  private close(chunk: Chunk): void {
    this.folded = this.fold.update(chunk.mac())
    this.chunk = undefined
  }
}

class Chunk {
  private readonly cipher: Cipheriv
  private readonly size: number
  private last: Buffer = Buffer.alloc(BLOCK)

  constructor(
    { aes, nonce }: Pick<FileKey, 'aes' | 'nonce'>,
    /** Bytes until it is full. */
    public left: number,
  ) {
    this.size = left
    this.cipher = createCipheriv('aes-128-cbc', aes, Buffer.concat([nonce, nonce])).setAutoPadding(false)
  }

  /** How many of the bytes belong to this chunk. */
  take(bytes: Uint8Array): number {
    const own = bytes.subarray(0, this.left)
    this.left -= own.length
    this.encrypt(own)
    return own.length
  }

  mac(): Buffer {
    const open = (this.size - this.left) % BLOCK
    if (open > 0) this.encrypt(Buffer.alloc(BLOCK - open))
    return this.last
  }

  private encrypt(bytes: Uint8Array): void {
    const encrypted = this.cipher.update(bytes)
    if (encrypted.length > 0) this.last = encrypted.subarray(-BLOCK)
  }
}

export function macVerifier(platform: string, key: FileKey): ContentVerifier {
  const mac = new ContentMac(key)
  return {
    update: (chunk) => mac.update(chunk),
    finish() {
      if (mac.digest().equals(key.mac)) return
      throw new HostError('CORRUPT', `${platform}: bytes do not have the MAC of their key`)
    },
  }
}
