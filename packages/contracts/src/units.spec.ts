import { describe, expect, it } from '@jest/globals'
import { parseBytes, parseDuration } from './units.js'

describe('parseBytes', () => {
  it.each([
    ['1TB', 1e12],
    ['60GB', 60e9],
    ['512MiB', 512 * 2 ** 20],
    ['1.5 gb', 1.5e9],
    ['0', 0],
    ['1048576', 1_048_576],
    [' 7 b ', 7],
  ])('reads %j', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes)
  })

  it.each(['', 'GB', '-1GB', '1 XB', '1e9', '1,5GB', '99999PB', 'none', '1 none'])('refuses %j', (text) => {
    expect(parseBytes(text)).toBeUndefined()
  })
})

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['45s', 45e3],
    ['30m', 1800e3],
    ['12h', 43_200e3],
    ['7d', 604_800e3],
    ['1.5 W', 907_200e3],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '10', 's', '-1s', '1y', 'none'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})
