import { describe, expect, it } from '@jest/globals'
import { parseRange } from './range.js'

describe('range', () => {
  it.each([
    ['bytes=0-0', [0, 1]],
    ['bytes=0-9', [0, 10]],
    ['bytes=3-5', [3, 6]],
    ['bytes=3-', [3, 10]],
    ['bytes=9-99', [9, 10]],
    ['bytes=-5', [5, 10]],
    ['bytes=-99', [0, 10]],
    [undefined, undefined],
    ['bytes=-', undefined],
    ['bytes=5-4', undefined],
    ['bytes=0-1,3-4', undefined],
    ['items=0-1', undefined],
  ])('reads %s of ten bytes as %j', (header, range) => {
    const expected = range && { start: range[0], end: range[1] }
    expect(parseRange(header, 10)).toEqual(expected)
  })

  it.each([
    ['bytes=10-', 10],
    ['bytes=10-11', 10],
    ['bytes=-0', 10],
    ['bytes=0-0', 0],
    ['bytes=-5', 0],
  ])('refuses %s of %d bytes', (header, size) => {
    expect(() => parseRange(header, size)).toThrow(expect.objectContaining({ code: 'InvalidRange' }))
  })
})
