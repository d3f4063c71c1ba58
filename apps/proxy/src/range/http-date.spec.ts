import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatHttpDate, parseHttpDate } from './http-date.js'

const NOW = Date.UTC(2026, 10, 23)
const SECONDS = Date.UTC(1994, 10, 6, 8, 49, 37) / 1000

describe('HTTP dates', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Sun Nov 06 08:49:37 1994',
  ])('%s is understood', (text) => expect(parseHttpDate(text, NOW)).toBe(SECONDS))

  it.each([
    '',
    '0',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  ])('%j is no date', (text) => expect(parseHttpDate(text, NOW)).toBeUndefined())

  it('puts a two-digit year at most 50 years ahead', () => {
    const year = (digits: string): number =>
      new Date((parseHttpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, NOW) ?? 0) * 1000).getUTCFullYear()
    expect([year('26'), year('76'), year('77'), year('00')]).toEqual([2026, 2076, 1977, 2000])
  })

  it('reads back what it writes, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) }), (ms) => {
        expect(parseHttpDate(formatHttpDate(ms), NOW)).toBe(Math.floor(ms / 1000))
      }),
    )
  })
})
