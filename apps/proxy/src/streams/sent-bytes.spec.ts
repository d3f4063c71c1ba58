import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SentBytes } from './sent-bytes.js'

describe('bytes of a file that were sent, each once', () => {
  it('are exact for clients that ask for each byte once, in whatever order and pieces', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
        fc.integer(),
        (size, cuts, seed) => {
          const edges = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * size)), size])].toSorted(
            (a, b) => a - b,
          )
          const pieces = edges.slice(1).map((end, at) => ({ start: edges[at]!, end }))
          const sent = new SentBytes(size)
          const turned = seed % 2 === 0 ? pieces : pieces.toReversed()
          let sum = 0
          for (const { start, end } of turned) {
            sent.add(start, end)
            sum += end - start
            expect(sent.distinct).toBe(sum)
          }
          expect(sent.distinct).toBe(size)
        },
      ),
    )
  })

  it('are never fewer than were sent, more by less than a 200th for each place asked for again, and never beyond the file', () => {
    const size = 20_000
    const sent = new SentBytes(size)
    for (let times = 0; times < 1_000; times++) sent.add(0, 10)
    expect(sent.distinct).toBeGreaterThanOrEqual(10)
    expect(sent.distinct).toBeLessThanOrEqual(size / 200)
    for (let times = 0; times < 3; times++) sent.add(0, size)
    expect(sent.distinct).toBe(size)
  })
})
