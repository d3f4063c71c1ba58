import { describe, expect, it } from '@jest/globals'
import { timeOf } from './dates.js'

const AT = Date.UTC(2030, 0, 2, 3, 4, 5)

describe('timeOf', () => {
  it.each([
    [AT / 1000, AT],
    [String(AT / 1000), AT],
    [AT, AT],
    [String(AT), AT],
    ['1700000000.1234', 1700000000123],
    ['2030-01-02T03:04:05Z', AT],
    ['2030-01-02T03:04:05.678901Z', AT + 678],
    ['2030-01-02T05:04:05+02:00', AT],
    ['2030-01-01T22:04:05-0500', AT],
    ['2030-01-02 03:04:05', AT],
    ['2030-01-02T03:04:05', AT],
    ['2030-01-02', Date.UTC(2030, 0, 2)],
    ['9999999999', 9999999999000],
  ])('reads %j', (value, expected) => {
    expect(timeOf(value)).toBe(expected)
  })

  it('takes a time without a zone for one of the clock of the host', () => {
    expect(timeOf('2030-01-02 05:04:05', 2 * 3_600_000)).toBe(AT)
    expect(timeOf('2030-01-02T03:04:05Z', 2 * 3_600_000)).toBe(AT)
    expect(timeOf(AT / 1000, 2 * 3_600_000)).toBe(AT)
  })

  it.each([
    undefined,
    null,
    false,
    0,
    '0',
    -5,
    '',
    'never',
    '2030-02-30',
    '2030-13-01',
    '0000-00-00 00:00:00',
    '2030-01-02 25:00:00',
    NaN,
    1e300,
    '9'.repeat(20),
    {},
  ])('takes %j for no date', (value) => {
    expect(timeOf(value)).toBeUndefined()
  })
})
