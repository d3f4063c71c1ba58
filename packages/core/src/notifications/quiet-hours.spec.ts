import { describe, expect, it } from '@jest/globals'
import { isQuiet } from './quiet-hours.js'

const at = (time: string) => Date.parse(`2026-11-30T${time}Z`)

describe('quiet hours', () => {
  it.each([
    ['21:59:59', false],
    ['22:00:00', true],
    ['23:59:59', true],
    ['00:00:00', true],
    ['06:59:59', true],
    ['07:00:00', false],
  ])('of a night are over midnight: %s', (time, quiet) => {
    expect(isQuiet({ from: '22:00', until: '07:00', timeZone: 'UTC' }, at(time))).toBe(quiet)
  })

  it.each([
    ['12:59:59', false],
    ['13:00:00', true],
    ['14:30:00', false],
  ])('of an afternoon are within a day: %s', (time, quiet) => {
    expect(isQuiet({ from: '13:00', until: '14:30', timeZone: 'UTC' }, at(time))).toBe(quiet)
  })

  it('are by the clock of their time zone, in summer and in winter', () => {
    const nights = { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' }
    expect(isQuiet(nights, at('21:00:00'))).toBe(true)
    expect(isQuiet(nights, at('06:00:00'))).toBe(false)
    expect(isQuiet(nights, Date.parse('2026-07-01T20:00:00Z'))).toBe(true)
    expect(isQuiet(nights, Date.parse('2026-07-01T19:59:59Z'))).toBe(false)
  })

  it('of a time zone that nobody knows keep nothing from being told', () => {
    expect(isQuiet({ from: '00:00', until: '23:59', timeZone: 'Mars/Olympus' }, at('12:00:00'))).toBe(false)
  })
})
