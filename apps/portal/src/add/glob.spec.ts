import { describe, expect, it } from '@jest/globals'
import { globMatcher } from './glob.js'

describe('globMatcher', () => {
  it.each([
    ['', 'a.mkv', true],
    ['*.mkv', 'Film.MKV', true],
    ['*.mkv', 'film.mkv.txt', false],
    ['s01e0?*', 'S01E07.part.rar', true],
    ['s01e0?', 'S01E10', false],
    ['sample', 'film-Sample.avi', true],
    ['*.mkv, *.srt', 'film.srt', true],
    ['a*b*c', 'aXbXbXc', true],
    ['a*b*c', 'aXcXb', false],
    ['*', '', true],
    ['?', '', false],
    ['.*', 'xmkv', false],
    ['[a]', '[a].bin', true],
  ])('%p on %p: %p', (pattern, name, is) => {
    expect(globMatcher(pattern)(name)).toBe(is)
  })

  it('is done at once with whatever pattern', () => {
    expect(globMatcher('*a'.repeat(50) + 'b')('a'.repeat(10_000))).toBe(false)
  })
})
