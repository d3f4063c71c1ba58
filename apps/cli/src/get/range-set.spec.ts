import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { RangeSet } from './range-set.js'

const SIZE = 60
const spans = fc.array(
  fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) })),
)

describe('RangeSet', () => {
  it('holds exactly the positions that were added, in the fewest spans', () => {
    fc.assert(
      fc.property(spans, (added) => {
        const model = Array.from({ length: SIZE }, (_, at) =>
          added.some(({ start, end }) => at >= start && at < end),
        )
        const set = new RangeSet(added)
        const positions = (list: { start: number; end: number }[]) =>
          Array.from({ length: SIZE }, (_, at) => list.some(({ start, end }) => at >= start && at < end))
        expect(positions(set.spans())).toEqual(model)
        expect(positions(set.missingSpans(SIZE))).toEqual(model.map((there) => !there))
        expect(set.bytes).toBe(model.filter(Boolean).length)
        set.spans().forEach(({ start }, index, all) => {
          expect(start).toBeGreaterThan(all[index - 1]?.end ?? -1)
        })
      }),
    )
  })
})
