import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createCipheriv, randomBytes } from 'node:crypto'
import { SealError, Vault } from './index.js'

const key = randomBytes(32)
const vault = new Vault(key)

/** A value as the first version sealed it. */
function boundToColumn(purpose: string, value: unknown): Buffer {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(purpose))
  const text = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()])
  const keyId = vault.seal('', '', 0).subarray(1, 5)
  return Buffer.concat([Buffer.of(1), keyId, iv, cipher.getAuthTag(), text])
}

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => Buffer.from(array))

describe('the vault', () => {
  it('gives back what was sealed, whatever it is, also after a restart', () => {
    fc.assert(
      fc.property(bytes, fc.string(), fc.jsonValue(), (anyKey, purpose, value) => {
        const json: unknown = JSON.parse(JSON.stringify(value))
        expect(new Vault(anyKey).open(purpose, 'r', new Vault(anyKey).seal(purpose, 'r', value))).toEqual(
          json,
        )
      }),
    )
  })

  it('never seals the same value to the same bytes', () => {
    const sealed = new Set(Array.from({ length: 200 }, () => vault.seal('p', 'r', 'same').toString('hex')))
    expect(sealed.size).toBe(200)
  })

  it('shows nothing of a value', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (secret) => {
        expect(vault.seal('p', 'r', secret).includes(secret)).toBe(false)
      }),
    )
  })

  it('opens nothing that another key sealed, and says whose fault it is', () => {
    fc.assert(
      fc.property(bytes, fc.jsonValue(), (other, value) => {
        fc.pre(!other.equals(key))
        const sealed = new Vault(other).seal('p', 'r', value)
        expect(() => vault.open('p', 'r', sealed)).toThrow(new SealError('sealed with another SECRETS_KEY'))
      }),
    )
  })

  it('opens nothing for another purpose', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.jsonValue(), (purpose, other, value) => {
        fc.pre(Buffer.compare(Buffer.from(purpose), Buffer.from(other)) !== 0)
        expect(() => vault.open(other, 'r', vault.seal(purpose, 'r', value))).toThrow(SealError)
      }),
    )
  })

  it('opens nothing in another row, however purpose and row are put together', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), fc.jsonValue(), (p, r, q, s, value) => {
        fc.pre(p !== q || r !== s)
        expect(() => vault.open(q, s, vault.seal(p, r, value))).toThrow(SealError)
      }),
    )
    expect(() => vault.open('a', 'bc', vault.seal('ab', 'c', 1))).toThrow(SealError)
  })

  it('opens what was bound to its column alone, as it was sealed before, and counts it as not current', () => {
    const old = boundToColumn('p', { password: 'secret' })
    expect(vault.open('p', 'any row', old)).toEqual({ password: 'secret' })
    expect(vault.isCurrent(old)).toBe(false)
    expect(() => vault.open('q', 'any row', old)).toThrow(SealError)
    const fresh = vault.seal('p', 'r', 1)
    expect(() => vault.open('p', 'r', Buffer.concat([Buffer.of(1), fresh.subarray(1)]))).toThrow(SealError)
  })

  it('moves a value to another row', () => {
    const moved = vault.move('p', { from: 'a', to: 'b' }, vault.seal('p', 'a', 'x'))
    expect(vault.open('p', 'b', moved)).toBe('x')
    expect(() => vault.open('p', 'a', moved)).toThrow(SealError)
  })

  it('opens nothing of which a single bit was flipped', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.integer({ min: 0, max: 7 }), (value, at, bit) => {
        const sealed = vault.seal('p', 'r', value)
        const index = at % sealed.length
        sealed.writeUInt8(sealed.readUInt8(index) ^ (1 << bit), index)
        expect(() => vault.open('p', 'r', sealed)).toThrow(SealError)
      }),
      { numRuns: 500 },
    )
  })

  it('opens nothing that was cut or made longer', () => {
    const sealed = vault.seal('p', 'r', { password: 'secret' })
    for (let length = 0; length < sealed.length; length++) {
      expect(() => vault.open('p', 'r', sealed.subarray(0, length))).toThrow(SealError)
    }
    expect(() => vault.open('p', 'r', Buffer.concat([sealed, Buffer.of(0)]))).toThrow(SealError)
  })

  it('opens nothing that is only noise, and tells nothing of it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(() => vault.open('p', 'r', Buffer.from(noise))).toThrow(
          /^(not a sealed value|sealed with another SECRETS_KEY|changed after it was sealed)$/,
        )
      }),
    )
  })

  it('opens what older keys sealed, seals with the current one, and can tell which it was', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.jsonValue(), (first, second, value) => {
        fc.pre(!first.equals(second))
        const json: unknown = JSON.parse(JSON.stringify(value))
        const rotated = new Vault(second, [first])
        const before = new Vault(first).seal('p', 'r', value)
        const after = rotated.seal('p', 'r', value)
        expect(rotated.open('p', 'r', before)).toEqual(json)
        expect([rotated.isCurrent(before), rotated.isCurrent(after)]).toEqual([false, true])
        expect(new Vault(second).open('p', 'r', after)).toEqual(json)
        expect(() => new Vault(second).open('p', 'r', before)).toThrow(SealError)
      }),
    )
  })
})
