import { describe, expect, it } from '@jest/globals'
import { amountOf, bytesOf, flagOf, numberOf, trafficOf } from './numbers.js'

describe('bytesOf', () => {
  it.each([
    [0, 0],
    ['0', 0],
    ['1099511627776', 1099511627776],
    [' 7 ', 7],
    [2 ** 53 - 1, 2 ** 53 - 1],
  ])('reads %j', (value, expected) => {
    expect(bytesOf(value)).toBe(expected)
  })

  it.each([
    undefined,
    null,
    '',
    '-1',
    -1,
    1.5,
    '1.5',
    '1e3',
    '0x10',
    NaN,
    Infinity,
    2 ** 60,
    '9'.repeat(20),
    {},
    [],
  ])('takes %j for unknown', (value) => {
    expect(bytesOf(value)).toBeUndefined()
  })
})

describe('numberOf', () => {
  it.each([
    [5, 5],
    ['5', 5],
    [' -1.5 ', -1.5],
    [0, 0],
  ])('reads %j', (value, expected) => {
    expect(numberOf(value)).toBe(expected)
  })

  it.each([undefined, null, '', 'x', '1e3', '0x1', NaN, Infinity, true, {}])(
    'takes %j for unknown',
    (value) => {
      expect(numberOf(value)).toBeUndefined()
    },
  )
})

describe('amountOf', () => {
  it.each([
    ['1000.0 GB', {}, 1000 * 2 ** 30],
    ['1000.0 GB', { base: 1000 }, 1e12],
    ['98,5', { unit: 'GB', base: 1000 }, 98.5e9],
    [98.5, { unit: 'GB', base: 1000 }, 98.5e9],
    ['12345', {}, 12345],
    ['12345', { unit: 'MB' }, 12345 * 2 ** 20],
    ['12 345 KiB', {}, 12345 * 1024],
    ['7 bytes', { unit: 'GB' }, 7],
    ['0.0 GB', {}, 0],
    ['inf', {}, Infinity],
    ['Unlimited', {}, Infinity],
  ] as const)('reads %j by %j', (value, rules, expected) => {
    expect(amountOf(value, rules)).toBe(expected)
  })

  it.each([undefined, null, '', 'many GB', '-1', '1,234,567', '9'.repeat(30), {}, true])(
    'takes %j for unknown',
    (value) => {
      expect(amountOf(value)).toBeUndefined()
    },
  )
})

describe('flagOf', () => {
  it.each([true, 1, '1', 'yes', 'TRUE', 'on'])('takes %j for yes', (value) => {
    expect(flagOf(value)).toBe(true)
  })
  it.each([false, 0, '0', 'no', 'False', ''])('takes %j for no', (value) => {
    expect(flagOf(value)).toBe(false)
  })
  it.each([undefined, null, 2, 'perhaps', {}])('takes %j for unknown', (value) => {
    expect(flagOf(value)).toBeUndefined()
  })
})

describe('traffic that a host counts on below zero', () => {
  it.each(['-1234', -1234, '-12.5', ' -2048 MB ', '-0,5 GB'])('%j is none left', (value) => {
    expect(amountOf(value, { unit: 'MB' })).toBe(0)
    expect(trafficOf(value)).toBe(0)
  })

  it.each([-1, '-1', '-1.0', '-', '--5', '-x'])('%j says nothing', (value) => {
    expect(amountOf(value)).toBeUndefined()
    expect(trafficOf(value)).toBeUndefined()
  })

  it('is read as bytes otherwise', () => {
    expect([trafficOf('0'), trafficOf('12'), trafficOf('x')]).toEqual([0, 12, undefined])
  })
})
