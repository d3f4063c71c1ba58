import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomBytes } from 'node:crypto'
import { SealError, Vault } from './index.js'

const key = randomBytes(32)
const vault = new Vault(key)
const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => Buffer.from(array))

describe('the vault', () => {
  it('gives back what was sealed, whatever it is, also after a restart', () => {
    fc.assert(
      fc.property(bytes, fc.string(), fc.jsonValue(), (anyKey, purpose, value) => {
        const json: unknown = JSON.parse(JSON.stringify(value))
        expect(new Vault(anyKey).open(purpose, new Vault(anyKey).seal(purpose, value))).toEqual(json)
      }),
    )
  })

  it('never seals the same value to the same bytes', () => {
    const sealed = new Set(Array.from({ length: 200 }, () => vault.seal('p', 'same').toString('hex')))
    expect(sealed.size).toBe(200)
  })

  it('shows nothing of a value', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (secret) => {
        expect(vault.seal('p', secret).includes(secret)).toBe(false)
      }),
    )
  })

  it('opens nothing that another key sealed, and says whose fault it is', () => {
    fc.assert(
      fc.property(bytes, fc.jsonValue(), (other, value) => {
        fc.pre(!other.equals(key))
        const sealed = new Vault(other).seal('p', value)
        expect(() => vault.open('p', sealed)).toThrow(new SealError('sealed with another SECRETS_KEY'))
      }),
    )
  })

  it('opens nothing for another purpose', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.jsonValue(), (purpose, other, value) => {
        fc.pre(Buffer.compare(Buffer.from(purpose), Buffer.from(other)) !== 0)
        expect(() => vault.open(other, vault.seal(purpose, value))).toThrow(SealError)
      }),
    )
  })

  it('opens nothing of which a single bit was flipped', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.integer({ min: 0, max: 7 }), (value, at, bit) => {
        const sealed = vault.seal('p', value)
        const index = at % sealed.length
        sealed.writeUInt8(sealed.readUInt8(index) ^ (1 << bit), index)
        expect(() => vault.open('p', sealed)).toThrow(SealError)
      }),
      { numRuns: 500 },
    )
  })

  it('opens nothing that was cut or made longer', () => {
    const sealed = vault.seal('p', { password: 'secret' })
    for (let length = 0; length < sealed.length; length++) {
      expect(() => vault.open('p', sealed.subarray(0, length))).toThrow(SealError)
    }
    expect(() => vault.open('p', Buffer.concat([sealed, Buffer.of(0)]))).toThrow(SealError)
  })

  it('opens nothing that is only noise, and tells nothing of it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(() => vault.open('p', Buffer.from(noise))).toThrow(
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
        const before = new Vault(first).seal('p', value)
        const after = rotated.seal('p', value)
        expect(rotated.open('p', before)).toEqual(json)
        expect([rotated.isCurrent(before), rotated.isCurrent(after)]).toEqual([false, true])
        expect(new Vault(second).open('p', after)).toEqual(json)
        expect(() => new Vault(second).open('p', before)).toThrow(SealError)
      }),
    )
  })
})
