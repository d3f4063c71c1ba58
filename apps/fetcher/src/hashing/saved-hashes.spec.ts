import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decodeHashes, encodeHashes } from './saved-hashes.js'

const part = (number: number, etag = `e${number}`) => [number, { number, size: 8, etag }] as const
const parts = new Map([part(1), part(2), part(3)])
const states = { sha256: Uint8Array.of(1, 2, 3), pieces: Uint8Array.of() }
const names = new Set(['sha256', 'pieces'] as const)
const written = encodeHashes({ last: 2, states }, parts)!

describe('the saved state of hashes', () => {
  it('is what was saved, whatever became of later parts', () => {
    const now = new Map([part(1), part(2), part(3, 'other')])
    const { last, states: read } = decodeHashes(written, now, names)!
    expect(last).toBe(2)
    expect(Buffer.from(read.sha256!)).toEqual(Buffer.of(1, 2, 3))
    expect(read.pieces).toHaveLength(0)
  })

  it.each([
    ['a part was written again', new Map([part(1), part(2, 'again')]), names],
    ['a part is missing', new Map([part(1)]), names],
    ['another hash is wanted', parts, new Set(['sha256', 'pieces', 'md5'] as const)],
  ])('is none when %s', (_why, now, wanted) => {
    expect(decodeHashes(written, now, wanted)).toBeUndefined()
  })

  it('is none when any bit of it is another, or its end is missing', () => {
    fc.assert(
      fc.property(fc.nat(written.length - 1), fc.nat(7), (at, bit) => {
        const damaged = Buffer.from(written)
        damaged[at]! ^= 1 << bit
        expect(decodeHashes(damaged, parts, names)).toBeUndefined()
        expect(decodeHashes(written.subarray(0, at), parts, names)).toBeUndefined()
      }),
    )
  })

  it('is not made of parts that are not all stored, nor longer than a row should be', () => {
    expect(encodeHashes({ last: 4, states }, parts)).toBeUndefined()
    const pieces = new Uint8Array(16 * 1024 * 1024)
    expect(encodeHashes({ last: 2, states: { pieces } }, parts)).toBeUndefined()
  })
})
