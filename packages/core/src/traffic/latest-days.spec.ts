import { describe, expect, it } from '@jest/globals'
import { latestDays } from './latest-days.js'

const told = (count: number, timeZone: string, now: string) =>
  latestDays(count, timeZone, Date.parse(now)).map(({ day, begins }) => [day, begins.toISOString()])

describe('the latest days', () => {
  it('of UTC begin at its midnights', () => {
    expect(told(2, 'UTC', '2026-11-30T00:00:00Z')).toEqual([
      ['2026-11-29', '2026-11-29T00:00:00.000Z'],
      ['2026-11-30', '2026-11-30T00:00:00.000Z'],
    ])
  })

  it('of a zone are its own, ahead of UTC or behind it', () => {
    expect(told(1, 'Asia/Taipei', '2026-11-30T16:30:00Z')).toEqual([
      ['2026-12-01', '2026-11-30T16:00:00.000Z'],
    ])
    expect(told(1, 'Asia/Kolkata', '2026-11-30T16:30:00Z')).toEqual([
      ['2026-11-30', '2026-11-29T18:30:00.000Z'],
    ])
    expect(told(1, 'America/New_York', '2026-11-30T04:59:59Z')).toEqual([
      ['2026-11-29', '2026-11-29T05:00:00.000Z'],
    ])
  })

  it('have 23 or 25 hours where the clock is changed', () => {
    expect(told(3, 'Europe/Berlin', '2026-10-26T12:00:00Z')).toEqual([
      ['2026-10-24', '2026-10-23T22:00:00.000Z'],
      ['2026-10-25', '2026-10-24T22:00:00.000Z'],
      ['2026-10-26', '2026-10-25T23:00:00.000Z'],
    ])
    expect(told(2, 'Europe/Berlin', '2026-03-30T12:00:00Z')).toEqual([
      ['2026-03-29', '2026-03-28T23:00:00.000Z'],
      ['2026-03-30', '2026-03-29T22:00:00.000Z'],
    ])
  })

  it.each(['Africa/Cairo', 'America/Santiago', 'Asia/Beirut', 'Australia/Lord_Howe', 'Pacific/Apia'])(
    'of a whole year follow each other without a gap, each as its own clock names it: %s',
    (timeZone) => {
      const days = latestDays(366, timeZone, Date.parse('2026-11-30T12:00:00Z'))
      const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
      for (const { day, begins } of days) expect(dayOf.format(begins)).toBe(day)
      for (const [place, { day, begins }] of days.entries()) {
        const next = days[place + 1]?.begins.getTime() ?? Infinity
        expect([day, next > begins.getTime()]).toEqual([day, true])
        if (next !== Infinity) expect(dayOf.format(next - 1)).toBe(day)
      }
    },
  )
})
