import { createCipheriv, createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { HostError } from '../errors.js'
import { ContentMac, counterAt, decryption, fileKeyOf, macVerifier } from './content.js'
import type { FileKey } from './content.js'

/** Byte i is (7 i + 3 + ⌊i / 256⌋) mod 256; sizes around the end of the first chunk among them. */
const VECTORS = [
  {
    size: 20,
    mac: 'de0a6c03f03a15d9',
    key: 'EBAQEBAQEBDWA2YI_Dcb1hAREhMUFRYX3gpsA_A6Fdk',
    plain: 'cb0b638f9fd1fd3d3a5310ef9160d16a8a50e30b8ff1bbeba11897246ebc3275',
    cipher: '8ecf28b9ceb53e6ca9b88e13d4b4cd5f121f72f37bda749e4e2d9156f120d172',
  },
  {
    size: 131_071,
    mac: 'c7bde5992d47df86',
    key: 'EBAQEBAQEBDPtO-SIUrRiRAREhMUFRYXx73lmS1H34Y',
    plain: 'cd41b17f9af053404b68215a003b0c27a463c4c8e360de05f32ffc9828bf46de',
    cipher: '01220ad67e3b256480445f0484cbadb54d95dff6e6a0eb44e998878714e31654',
  },
  {
    size: 131_072,
    mac: '3c3bb024b1c8300e',
    key: 'EBAQEBAQEBA0MrovvcU-ARAREhMUFRYXPDuwJLHIMA4',
    plain: '639ef6aec4b71512d0fb87836c11dcf7896e520a051fef98cbd56399344774ff',
    cipher: 'ad7186b33dc6eb332aaded5368fb215379ae965f3e26db85dfc14e696178b625',
  },
  {
    size: 131_073,
    mac: 'fcd7ded59609dbaf',
    key: 'EBAQEBAQEBD03tTemgTVoBAREhMUFRYX_Nfe1ZYJ268',
    plain: 'eb5c81276852f3d1818206dfebb84b4acd4c0b2fc05bd6a7f602c7a9ad3c7e2c',
    cipher: '2a8b7094e520fe91f778ea4c3a0e51776b26bae4e0216b6c6f5d7e843c5d26a8',
  },
  {
    size: 400_000,
    mac: 'efa5df94e8b3e15d',
    key: 'EBAQEBAQEBDnrNWf5L7vUhAREhMUFRYX76XflOiz4V0',
    plain: '6d8b3d28b859339129e0639fcfcd4843c4c0692b3762202ebb143fe932b87fac',
    cipher: 'aa5768b51bfecc2324d8165ad7c0962c3351c1510978484f13231a9970636f92',
  },
] as const
const FIRST_20 = '8eecc9d8c27de1ace404739ab7ab4f19ec4e4228'
const AT_100000 = 'e9f0f7fe050c131a21282f363d444b52'

const plainText = (size: number) =>
  Buffer.from(Buffer.alloc(size).map((_, i) => (i * 7 + 3 + (i >> 8)) & 255))
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const keyOf = (text: string) => fileKeyOf(Buffer.from(text, 'base64url'))
const cipherText = ({ aes, nonce }: FileKey, plain: Buffer) =>
  createCipheriv('aes-128-ctr', aes, counterAt(nonce, 0)).update(plain)

async function decrypted(key: FileKey, cipher: Buffer, offset: number): Promise<Buffer> {
  const transform = decryption(key).create(offset)
  transform.end(cipher.subarray(offset))
  const chunks: Buffer[] = []
  for await (const chunk of transform as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function judged(key: FileKey, plain: Buffer, step: number): void {
  const verifier = macVerifier('Mega', key)
  for (let at = 0; at < plain.length; at += step) verifier.update(plain.subarray(at, at + step))
  verifier.finish()
}

describe.each(VECTORS)('a file of $size bytes at Mega', ({ cipher, key: text, mac, plain, size }) => {
  const key = keyOf(text)
  const bytes = plainText(size)
  const stored = cipherText(key, bytes)

  it('has the key, the cipher text and the plain text that are known of it', async () => {
    expect(key.aes.toString('hex')).toBe('000102030405060708090a0b0c0d0e0f')
    expect(key.nonce.toString('hex')).toBe('1011121314151617')
    expect(key.mac.toString('hex')).toBe(mac)
    expect([sha256(bytes), sha256(stored)]).toEqual([plain, cipher])
    expect(stored.subarray(0, 20).toString('hex')).toBe(FIRST_20)
    expect((await decrypted(key, stored, 0)).equals(bytes)).toBe(true)
    if (size > 100_016) {
      const later = await decrypted(key, stored, 100_000)
      expect(later.subarray(0, 16).toString('hex')).toBe(AT_100000)
    }
  })

  it('has the MAC that its key states, whatever the pieces it comes in', () => {
    for (const step of [size, 7, 16, 1000, 65_536, 131_072, 131_073]) judged(key, bytes, step)
  })

  it('is noticed to be wrong in its first and its last bit', () => {
    for (const at of [0, size - 1]) {
      const wrong = Buffer.from(bytes)
      wrong[at] = (wrong[at] ?? 0) ^ 1
      expect(() => judged(key, wrong, 4096)).toThrow(HostError)
    }
    expect(() => judged(key, bytes.subarray(0, -1), 4096)).toThrow(HostError)
    expect(() => judged(key, Buffer.concat([bytes, Buffer.alloc(1, 1)]), 4096)).toThrow(HostError)
  })
})

/** By the definition: one block after the other, with a state for each chunk. */
function macByBlocks({ aes, nonce }: FileKey, plain: Buffer): Buffer {
  const ecb = createCipheriv('aes-128-ecb', aes, null).setAutoPadding(false)
  const encrypt = (block: Buffer) => ecb.update(block)
  const xor = (a: Buffer, b: Buffer) => Buffer.from(a.map((byte, at) => byte ^ (b[at] ?? 0)))
  let folded: Buffer = Buffer.alloc(16)
  for (let at = 0, number = 1; at < plain.length; number++) {
    const end = Math.min(at + Math.min(number, 8) * 131_072, plain.length)
    let state: Buffer = Buffer.concat([nonce, nonce])
    for (; at < end; at += 16) {
      const block = Buffer.alloc(16)
      plain.copy(block, 0, at, Math.min(at + 16, end))
      state = encrypt(xor(state, block))
    }
    at = end
    folded = encrypt(xor(folded, state))
  }
  const words = [0, 4, 8, 12].map((at) => folded.readUInt32BE(at))
  const mac = Buffer.alloc(8)
  mac.writeUInt32BE(((words[0] ?? 0) ^ (words[1] ?? 0)) >>> 0, 0)
  mac.writeUInt32BE(((words[2] ?? 0) ^ (words[3] ?? 0)) >>> 0, 4)
  return mac
}

describe('decryption and MAC of Mega', () => {
  it('hold for an empty file and for the sizes around every kind of chunk', () => {
    const key = keyOf(VECTORS[0].key)
    const firstEight = 36 * 131_072
    for (const end of [0, 3 * 131_072, firstEight + 2 ** 20]) {
      for (const size of [end - 1, end, end + 1].filter((one) => one >= 0)) {
        const plain = plainText(size)
        const mac = new ContentMac(key)
        mac.update(plain)
        expect([size, mac.digest().toString('hex')]).toEqual([size, macByBlocks(key, plain).toString('hex')])
      }
    }
  }, 60_000)

  it('can begin at any block, and far beyond 32 bits of them', async () => {
    const key = keyOf(VECTORS[4].key)
    const bytes = plainText(400_000)
    const stored = cipherText(key, bytes)
    await fc.assert(
      fc.asyncProperty(fc.nat(24_999), async (block) => {
        const plain = await decrypted(key, stored, block * 16)
        expect(plain.equals(bytes.subarray(block * 16))).toBe(true)
      }),
      { numRuns: 50 },
    )
    expect(counterAt(key.nonce, 2 ** 40).toString('hex')).toBe('10111213141516170000001000000000')
  })
})
