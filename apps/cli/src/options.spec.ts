import { describe, expect, it } from '@jest/globals'
import { count, isoTime, pair, port, size } from './options.js'

describe('isoTime', () => {
  it.each([
    ['2027-01-31', '2027-01-31T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2027-01-31T10:20', '2027-01-31T10:20:00.000Z'],
    ['2027-01-31T10:20:30Z', '2027-01-31T10:20:30.000Z'],
    ['2027-01-31T10:20:30.5+02:00', '2027-01-31T08:20:30.500Z'],
  ])('reads %s as UTC', (text, time) => {
    expect(isoTime(text)).toBe(time)
  })

  it.each([
    '',
    'tomorrow',
    '31.01.2027',
    '2027-02-29',
    '2027-13-01',
    '2027-01-31T25:00',
    '2027-01-31 10:00',
    '+1d',
  ])('refuses %j', (text) => {
    expect(() => isoTime(text)).toThrow('not an ISO date')
  })
})

describe('numbers', () => {
  it('are whole and not negative', () => {
    expect([count('0'), count('16'), port('65535'), size('1.5GB')]).toEqual([0, 16, 65_535, 1.5e9])
    for (const text of ['', '-1', '1.5', '1e3', '0x10', '9'.repeat(16)]) expect(() => count(text)).toThrow()
    expect(() => port('65536')).toThrow('not a port')
    expect(() => size('much')).toThrow('not a size')
  })
})

describe('pair', () => {
  it('splits at the first equals sign and gathers', () => {
    expect([...pair('b=', pair('a=1=2', undefined))]).toEqual([
      ['a', '1=2'],
      ['b', ''],
    ])
  })

  it.each(['secret', '=secret'])('refuses %j without repeating it', (text) => {
    expect(() => pair(text, undefined)).toThrow(/^(?!.*secret).*name=value/)
  })
})
