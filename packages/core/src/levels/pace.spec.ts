import { describe, expect, it } from '@jest/globals'
import { type LevelAt, growthOf, useOf } from './pace.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.UTC(2027, 0, 10, 12)

/** The levels of so many days until now, hour by hour, oldest first. `bytes`: by the days before now. */
const levels = (days: number, bytes: (ago: number) => number): LevelAt[] =>
  Array.from({ length: days * 24 + 1 }, (_, index) => {
    const ago = days - index / 24
    return { at: NOW - ago * DAY, bytes: bytes(ago) }
  })
const growth = (of: LevelAt[], now = NOW) => growthOf(of, now)

describe('how fast the store grows', () => {
  it('is what came a day, negative where it shrinks, 0 where nothing comes', () => {
    expect(growth(levels(7, (ago) => 9_000 - 240 * ago))).toBe(240)
    expect(growth(levels(7, (ago) => 240 * ago))).toBe(-240)
    expect(growth(levels(7, () => 5))).toBe(0)
  })

  it('is not known before three days, nor once nobody has written for hours', () => {
    expect(growth([])).toBeNull()
    expect(growth(levels(0, () => 5))).toBeNull()
    expect(growth(levels(2, (ago) => -240 * ago))).toBeNull()
    expect(growth(levels(3, (ago) => -240 * ago))).toBe(240)
    expect(
      growth(
        levels(7, () => 5),
        NOW + 7 * HOUR,
      ),
    ).toBeNull()
  })

  it('takes a burst of yesterday for one of a week, and one of last week for over', () => {
    expect(growth(levels(7, (ago) => (ago < 1 ? 700 : 0)))).toBe(100)
    expect(growth(levels(7, (ago) => (ago < 5 ? 700 : 0)))).toBe(0)
  })

  it('is right over hours in which nobody wrote', () => {
    const gap = levels(7, (ago) => 9_000 - 240 * ago).filter(
      ({ at }) => at < NOW - 5 * DAY || at > NOW - 3 * DAY,
    )
    expect(growth(gap)).toBe(240)
  })
})

describe('how fast traffic is used', () => {
  it('is what all accounts used a day, and not what they were given', () => {
    const one = levels(7, (ago) => 240 * ago)
    const other = levels(7, (ago) => 480 * ago + (ago < 3.5 ? 50_000 : 0))
    expect(useOf([one, other], NOW)?.perDay).toBeGreaterThan(700)
    expect(useOf([one, other], NOW)?.perDay).toBeLessThanOrEqual(720)
    expect(useOf([levels(7, () => 5)], NOW)).toEqual({ perDay: 0, renewsAt: null })
  })

  it('is not known without accounts, or before three days', () => {
    expect(useOf([], NOW)).toBeNull()
    expect(useOf([[]], NOW)).toBeNull()
    expect(useOf([levels(2, (ago) => ago)], NOW)).toBeNull()
  })

  it('tells when new traffic comes once that was seen twice, not by a host that corrects its figure', () => {
    /** Given 1000 a day, half a day before now the last time; 960 of it used by the next. */
    const daily = (ago: number) => 1000 - 960 * ((ago < 0.5 ? 0.5 : Math.ceil(ago - 0.5) + 0.5) - ago)
    expect(useOf([levels(7, daily)], NOW)?.renewsAt).toBe(NOW + DAY / 2)
    expect(useOf([levels(7, (ago) => (ago <= 2 ? 1000 : 0) + ago)], NOW)?.renewsAt).toBeNull()
    expect(useOf([levels(7, (ago) => 1000 + (Math.round(ago * 24) % 2) * 40)], NOW)?.renewsAt).toBeNull()
    const late = levels(7, (ago) => (ago > 4 && ago <= 5 ? 900 : ago <= 3 && ago > 2 ? 900 : 100))
    expect(useOf([late], NOW)?.renewsAt).toBe(NOW)
  })
})
