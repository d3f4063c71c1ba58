import { createCipheriv, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FakeContent } from './fake-host.js'
import { contentNow } from './content.js'
import { BLOCK, ContentMac, counterAt } from '../kit/mega/content.js'
import type { FileKey } from '../kit/mega/content.js'

/** A new key for a file, which states the MAC of its content. */
export function newFileKey(content: FakeContent): FileKey {
  const [aes, nonce] = [randomBytes(16), randomBytes(8)]
  const mac = new ContentMac({ aes, nonce })
  for (const chunk of contentNow(content)) mac.update(chunk)
  return { aes, nonce, mac: mac.digest() }
}

/** packed returns a file key as it is in links: 32 bytes. */
export function packed({ aes, mac, nonce }: FileKey): Buffer {
  const second = Buffer.concat([nonce, mac])
  return Buffer.concat([aes.map((byte, at) => byte ^ (second[at] ?? 0)), second])
}

/** `{n: name}` as the host keeps it. */
export function sealedName(aes: Buffer, name: string): string {
  const plain = Buffer.from(`MEGA${JSON.stringify({ n: name })}`)
  const filled = Buffer.concat([plain, Buffer.alloc(BLOCK - (plain.length % BLOCK))])
  return createCipheriv('aes-128-cbc', aes, Buffer.alloc(BLOCK))
    .setAutoPadding(false)
    .update(filled)
    .toString('base64url')
}

/** cipherText is what the storage servers have of a file. `wrongByte`: the number of a byte that is stored wrong. */
export function cipherText(content: FakeContent, key: FileKey, wrongByte?: number): FakeContent {
  return {
    size: content.size,
    read: (start, end) =>
      Readable.from(encrypted(content, key, start, end, wrongByte), { objectMode: false }),
  }
}

async function* encrypted(
  content: FakeContent,
  { aes, nonce }: FileKey,
  start: number,
  end: number,
  wrongByte = -1,
): AsyncGenerator<Buffer> {
  let at = start - (start % BLOCK)
  const cipher = createCipheriv('aes-128-ctr', aes, counterAt(nonce, at))
  for await (const chunk of content.read(at, end) as AsyncIterable<Buffer>) {
    const bytes = cipher.update(chunk)
    const wrong = wrongByte - at
    if (wrong >= 0 && wrong < bytes.length) bytes[wrong] = (bytes[wrong] ?? 0) ^ 1
    const wanted = bytes.subarray(Math.max(0, start - at))
    at += bytes.length
    if (wanted.length > 0) yield wanted
  }
}
