import { describe, expect, it } from '@jest/globals'
import { everyPeriod } from './periods.js'

const NOON = Date.UTC(2027, 0, 10, 12, 30)

describe('every period of a window', () => {
  it('is there, the present one last, with what is known of it', () => {
    const hour = { from: '2027-01-10T11:00:00.000Z', succeeded: 3 }
    const old = { from: '2027-01-08T11:00:00.000Z', succeeded: 9 }
    const hours = everyPeriod([old, hour], 1, NOON)
    expect(hours).toHaveLength(24)
    expect(new Date(hours.at(-1)?.from ?? 0).toISOString()).toBe('2027-01-10T12:00:00.000Z')
    expect(hours.at(-2)?.period).toBe(hour)
    expect(hours.filter(({ period }) => period !== undefined)).toHaveLength(1)
  })

  it('is a day of UTC among ninety', () => {
    const day = { from: '2026-10-13T00:00:00.000Z' }
    const days = everyPeriod([day], 90, NOON)
    expect([days.length, days[0]?.period]).toEqual([90, day])
  })
})
