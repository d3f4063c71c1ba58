import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { NamePattern } from './index.js'

/** The meaning, by table: row i says which beginnings of the name the first i characters of the pattern fit. */
function fitsByTable(pattern: string, name: string): boolean {
  const [p, n] = [pattern, name].map((text) => Array.from(text.normalize('NFC').toLowerCase())) as [
    string[],
    string[],
  ]
  let row = [true, ...n.map(() => false)]
  for (const character of p) {
    const next = [character === '*' && row[0] === true]
    for (const [index, letter] of n.entries()) {
      const fits = character === '?' || character === letter
      next.push(
        character === '*' ? row[index + 1] === true || next[index] === true : fits && row[index] === true,
      )
    }
    row = next
  }
  return row[n.length] === true
}

const few = (letters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...Array.from(letters)), { maxLength }).map((list) => list.join(''))

describe('a name pattern', () => {
  it('means the same as the table that tries everything', () => {
    fc.assert(
      fc.property(few('ab*?', 12), few('abAB', 24), (pattern, name) => {
        expect(new NamePattern(pattern).matches(name)).toBe(fitsByTable(pattern, name))
      }),
      { numRuns: 3_000 },
    )
  })

  it('means the same for pieces longer than one word, and for any characters', () => {
    const long = fc.tuple(few('ab?', 90), few('a?', 70), few('ab', 40)).map((pieces) => pieces.join('*'))
    const name = fc.tuple(few('ab', 90), few('ab', 90), few('ab', 90)).map((parts) => parts.join(''))
    fc.assert(
      fc.property(long, name, (pattern, text) => {
        expect(new NamePattern(pattern).matches(text)).toBe(fitsByTable(pattern, text))
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (pattern, text) => {
        expect(new NamePattern(pattern).matches(text)).toBe(fitsByTable(pattern, text))
      }),
    )
  })

  it('finds a piece of any length wherever it stands, stars and all', () => {
    const text = few('ab', 100)
    fc.assert(
      fc.property(text, text, text, (before, piece, after) => {
        expect(new NamePattern(`*${piece.replaceAll('b', '?')}*`).matches(before + piece + after)).toBe(true)
      }),
    )
  })

  it.each([
    ['*.iso', 'DEBIAN.ISO', true],
    ['*.iso', 'debian.iso.txt', false],
    ['film', 'a film', false],
    ['*FİLM*', 'der film', false],
    ['na\u0308he*', 'N\u00c4HE.bin', true],
    ['?', '\u{1f600}', true],
    ['', '', true],
    ['', 'x', false],
    ['**', 'anything', true],
    ['a.c', 'abc', false],
    ['[ab]+(c|d)$', '[AB]+(C|D)$', true],
  ])('%j on %j is %s', (pattern, name, matches) => {
    expect(new NamePattern(pattern).matches(name)).toBe(matches)
  })

  it('takes steps in proportion to the name, whatever the pattern is made for', () => {
    const size = 100_000
    const name = 'a'.repeat(size)
    const nasty = [
      `${'*a'.repeat(127)}b`,
      `*${'a?'.repeat(126)}b*`,
      `*${'a'.repeat(253)}b*`,
      `${'*a?'.repeat(84)}*b*`,
      `*${'?'.repeat(200)}b*`,
    ]
    for (const pattern of nasty) {
      expect(pattern.length).toBeLessThanOrEqual(256)
      const { matches, steps } = new NamePattern(pattern).match(name)
      expect(matches).toBe(false)
      // One step per 32 characters of the pattern.
      expect(steps).toBeLessThanOrEqual(size * 8 + 256)
      const half = new NamePattern(pattern).match(name.slice(size / 2)).steps
      expect(steps).toBeLessThanOrEqual(half * 2 + 256)
    }
  })
})
