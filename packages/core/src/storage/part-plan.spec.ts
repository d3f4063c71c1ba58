import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { choosePartSize, partCount, partRange } from './part-plan.js'

const MIB = 1024 * 1024

describe('part plan', () => {
  it.each([
    [0, 8 * MIB],
    [1, 8 * MIB],
    [80_000 * MIB, 8 * MIB],
    [80_000 * MIB + 1, 9 * MIB],
    [5 * 1024 * 1024 * MIB, 525 * MIB],
  ])('cuts %d bytes into parts of %d', (size, partSize) => {
    expect(choosePartSize(size)).toBe(partSize)
  })

  it('covers every byte once, in at most 10 000 parts of whole MiB', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 * 1024 * MIB }), (size) => {
        const partSize = choosePartSize(size)
        const count = partCount({ size, partSize })
        expect(partSize % MIB).toBe(0)
        expect(count).toBeLessThanOrEqual(10_000)
        expect(partRange({ size, partSize }, 1).start).toBe(0)
        const last = partRange({ size, partSize }, count)
        expect(last.end).toBe(size)
        expect(last.size).toBeGreaterThan(0)
        expect(last.start).toBe((count - 1) * partSize)
      }),
    )
  })

  it('refuses part numbers that cannot be', () => {
    for (const number of [0, 4, -1, 1.5, NaN]) {
      expect(() => partRange({ size: 25, partSize: 10 }, number)).toThrow(
        expect.objectContaining({ kind: 'INVALID' }),
      )
    }
    expect(partCount({ size: 0, partSize: 10 })).toBe(0)
    expect(() => partRange({ size: 0, partSize: 10 }, 1)).toThrow(
      expect.objectContaining({ kind: 'INVALID' }),
    )
  })
})
