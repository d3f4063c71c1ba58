import { describe, expect, it } from '@jest/globals'
import { formatBytes, formatSeconds, printable, sheet } from './output.js'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [1e12, '1.0 TB'],
    [-5e11, '-500.0 GB'],
    [2 ** 53, '9.0 PB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('formatSeconds', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1:00'],
    [187, '3:07'],
    [3729, '1:02:09'],
  ])('%d is %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text)
  })
})

describe('text of others', () => {
  it('cannot drive the terminal', () => {
    expect(printable('a\u001b[2Jb\r\nc\u202ed\u009b')).toBe('a?[2Jb??c?d?')
  })

  it('is aligned, with a dash for what is missing', () => {
    expect(
      sheet([
        ['a', null],
        ['long', true],
        ['b', 0],
      ]),
    ).toBe('a     -\nlong  yes\nb     0')
  })
})
