import { describe, expect, it } from '@jest/globals'
import { parseRetryAfter } from './fields.js'

const NOW = Date.UTC(2026, 7, 22)

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120_000],
    ['0', 1_000],
    ['4', 4_000],
    ['86400', 3_600_000],
    ['99999999999999999999', 3_600_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 1_000],
    [new Date(NOW + 90_000_000).toUTCString(), 3_600_000],
  ])('reads %s within 1 s and 1 h', (value, delay) => {
    expect(parseRetryAfter(value, NOW)).toBe(NOW + delay)
  })

  it.each([undefined, '', ' ', 'soon', '-5x'])('knows nothing of %j', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined()
  })
})
