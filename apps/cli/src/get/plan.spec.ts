import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { connectionCount, pieceLength, plan } from './plan.js'
import { RangeSet } from './range-set.js'

const MIB = 2 ** 20

describe('plan', () => {
  it('puts every missing byte into exactly one piece no longer than asked', () => {
    const done = fc.array(fc.tuple(fc.nat(500), fc.nat(40)).map(([start, n]) => ({ start, end: start + n })))
    fc.assert(
      fc.property(
        done,
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 99 }),
        (spans, size, length) => {
          const missing = new RangeSet(spans).missingSpans(size)
          const pieces = plan(missing, length)
          expect(pieces.every(({ start, end }) => end > start && end - start <= length)).toBe(true)
          expect(pieces.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(
            missing.reduce((sum, { start, end }) => sum + end - start, 0),
          )
          expect(new RangeSet(pieces).spans()).toEqual(new RangeSet(missing).spans())
        },
      ),
    )
  })

  it('asks for several pieces per connection, of 1 to 16 MiB', () => {
    expect(pieceLength(256 * MIB, 16)).toBe(4 * MIB)
    expect(pieceLength(3 * MIB, 16)).toBe(MIB)
    expect(pieceLength(2 ** 40, 16)).toBe(16 * MIB)
  })

  it('opens no more connections than the link allows, and one where it cannot be resumed', () => {
    expect(connectionCount(16, { maxchunks: 4, resumable: true })).toBe(4)
    expect(connectionCount(2, { maxchunks: 4, resumable: true })).toBe(2)
    expect(connectionCount(16, { maxchunks: 4, resumable: false })).toBe(1)
  })
})
