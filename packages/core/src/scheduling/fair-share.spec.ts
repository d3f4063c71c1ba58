import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fairShares, nextShare, type BandwidthDemand } from './fair-share.js'

const LIMIT = 1_000_000
const claim = fc.record({
  demand: fc.oneof(fc.constant(Infinity), fc.double({ min: 0, max: 2 * LIMIT, noNaN: true })),
  fetches: fc.integer({ min: 1, max: 16 }),
})
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)

describe('fair shares', () => {
  it.each<[string, [number, number][], number[]]>([
    [
      'as the fetches where all want all',
      [
        [Infinity, 1],
        [Infinity, 3],
      ],
      [25, 75],
    ],
    [
      'no more than demanded where another one can use it',
      [
        [10, 1],
        [Infinity, 1],
      ],
      [10, 90],
    ],
    [
      'and what nobody demands is divided too',
      [
        [10, 1],
        [30, 1],
      ],
      [40, 60],
    ],
    ['the whole for one alone', [[0, 5]], [100]],
  ])('are %s', (_how, claims, expected) => {
    expect(
      fairShares(
        100,
        claims.map(([demand, fetches]) => ({ demand, fetches })),
      ),
    ).toEqual(expected)
  })

  it('make up the limit, and leave nobody short while another one has more than it demands', () => {
    fc.assert(
      fc.property(fc.array(claim, { minLength: 1, maxLength: 8 }), (claims) => {
        const shares = fairShares(LIMIT, claims)
        expect(sum(shares)).toBeCloseTo(LIMIT, 3)
        const per = claims.map(({ fetches }, index) => shares[index]! / fetches)
        const isShort = claims.map(({ demand }, index) => shares[index]! < demand - 0.01)
        for (const [index, short] of isShort.entries()) {
          if (!short) continue
          for (const [other, { demand }] of claims.entries()) {
            const better = per[other]! > per[index]! + 0.01
            if (better) throw new Error(`${other} has more than ${index}, and demands ${demand}`)
            if (!isShort[other]) expect(shares[other]).toBeLessThanOrEqual(demand + 0.01)
          }
        }
      }),
    )
  })
})

describe('shares that are claimed one after the other', () => {
  type Step = { worker: number; what: BandwidthDemand | 'ends' }
  const step: fc.Arbitrary<Step> = fc.record({
    worker: fc.nat({ max: 5 }),
    what: fc.oneof({ weight: 5, arbitrary: claim }, { weight: 1, arbitrary: fc.constant('ends' as const) }),
  })

  it('never exceed the limit, and are the fair ones once all have claimed twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held = new Map<number, BandwidthDemand & { share: number }>()
        const claimed = (worker: number, mine: BandwidthDemand): void => {
          const others = [...held].filter(([other]) => other !== worker).map(([, other]) => other)
          held.set(worker, { ...mine, share: nextShare(LIMIT, mine, others) })
          expect(sum([...held.values()].map(({ share }) => share))).toBeLessThanOrEqual(LIMIT + 0.001)
        }
        for (const { worker, what } of steps) {
          if (what === 'ends') held.delete(worker)
          else claimed(worker, what)
        }
        for (let round = 0; round < 2; round++) for (const [worker, mine] of held) claimed(worker, mine)
        const all = [...held.values()]
        for (const [index, fair] of fairShares(LIMIT, all).entries()) {
          expect(all[index]?.share).toBeCloseTo(fair, 2)
        }
      }),
    )
  })
})
