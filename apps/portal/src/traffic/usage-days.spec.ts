import { describe, expect, it } from '@jest/globals'
import { seriesOf } from './usage-days.js'

const OPTIONS = { most: 8, others: 'others' }

const AT = [Date.UTC(2027, 0, 9), Date.UTC(2027, 0, 10)].map((ms) => ms / 1000)
const day = (day: string, hosts: Record<string, number>) => ({
  day,
  bytes: 0,
  hosts: Object.entries(hosts).map(([platform, bytes]) => ({ platform, bytes })),
})

describe('the bars of traffic', () => {
  it('have a series per host, the one with the most at the ground, and nothing where a day has none', () => {
    const days = [day('2027-01-10', { Small: 1, Large: 5 }), day('2027-01-09', { Small: 2 })]
    expect(seriesOf(days, AT, OPTIONS)).toEqual([
      { name: 'Large', values: [0, 5] },
      { name: 'Small', values: [2, 1] },
    ])
  })

  it('put the smallest together where there are more hosts than colours', () => {
    const hosts = Object.fromEntries(
      Array.from({ length: OPTIONS.most + 2 }, (_, n) => [`host ${n}`, 100 - n]),
    )
    const series = seriesOf([day('2027-01-10', hosts)], AT, OPTIONS)
    expect(series).toHaveLength(OPTIONS.most)
    const smallest = [OPTIONS.most - 1, OPTIONS.most, OPTIONS.most + 1].map((n) => 100 - n)
    expect(series.at(-1)).toEqual({ name: 'others', values: [0, smallest.reduce((a, b) => a + b)] })
  })
})
