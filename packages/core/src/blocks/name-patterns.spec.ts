import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { NamePattern, NamePatterns } from './index.js'

function patternsOf(values: readonly string[]): NamePatterns {
  const patterns = new NamePatterns()
  values.forEach((value, n) => patterns.add({ id: String(n), kind: 'name', value, reason: 'r' }))
  return patterns
}

const few = (letters: string, maxLength: number) =>
  fc.array(fc.constantFrom(...Array.from(letters)), { maxLength }).map((list) => list.join(''))

/** A list as operators have them: titles, groups and endings, many of them alike. */
const TAKEDOWNS = Array.from({ length: 10_000 }, (_, n) => {
  const title = `Some.Title.${n.toString(36)}`
  return [`*${title}*1080p*`, `${title}.S??E??.*`, `*-GROUP${n}.*`, `*.x${n.toString(36)}`][n % 4] ?? ''
})

const ONE_IN_HUNDRED = TAKEDOWNS.length / 100

describe('name patterns together', () => {
  it('find a pattern for a name exactly where one of them fits it by itself', () => {
    fc.assert(
      fc.property(fc.array(few('ab*?', 14), { maxLength: 12 }), few('abAB', 24), (values, name) => {
        const found = patternsOf(values).find(name)
        const fitting = values.filter((value) => new NamePattern(value).matches(name))
        expect(found === undefined).toBe(fitting.length === 0)
        if (found) expect(fitting).toContain(found.value)
      }),
      { numRuns: 3_000 },
    )
  })

  it('do so for any characters', () => {
    const piece = fc.string({ unit: 'grapheme', maxLength: 12 })
    const pattern = fc
      .array(fc.oneof(piece, fc.constantFrom('*', '?')), { maxLength: 5 })
      .map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 6 }), piece, piece, (values, before, after) => {
        const name = before + (values[0] ?? '').replaceAll(/[*?]/g, 'x') + after
        const fits = values.some((value) => new NamePattern(value).matches(name))
        expect(patternsOf(values).find(name) !== undefined).toBe(fits)
      }),
      { numRuns: 1_000 },
    )
  })

  it('are told apart at a cost that is the name’s, however many they are', () => {
    const names = [
      'Some.Title.zz.2024.1080p.WEB.H264-NOBODY.mkv',
      'debian-13.2.0-amd64-netinst.iso',
      'x'.repeat(255),
    ]
    const [few_, many] = [patternsOf(TAKEDOWNS.slice(0, 100)), patternsOf(TAKEDOWNS)]
    for (const name of names) {
      const { steps, compared, block } = many.search(name)
      expect(block).toBeUndefined()
      expect(steps).toBeLessThanOrEqual(4 * name.length)
      expect(steps).toBe(few_.search(name).steps)
      expect(compared).toBeLessThanOrEqual(ONE_IN_HUNDRED)
    }
    const hit = `a copy of Some.Title.${(9_996).toString(36)} in 1080p.mkv`
    expect(many.search(hit)).toMatchObject({ block: { id: '9996' } })
    expect(many.search(hit).compared).toBeLessThanOrEqual(ONE_IN_HUNDRED)
  })

  it('that begin and end alike are not compared one after the other', () => {
    const alike = Array.from(
      { length: 10_000 },
      (_, n) => `*www.example.org*${n.toString(36).padStart(4, 'q')}*.mkv`,
    )
    const { block, compared } = patternsOf(alike).search('www.example.org - a film of nobody.mkv')
    expect(block).toBeUndefined()
    expect(compared).toBeLessThanOrEqual(ONE_IN_HUNDRED)
  })

  it('of nothing but wildcards cost nothing but a look at the length', () => {
    const values = [...Array.from({ length: 200 }, (_, n) => '?'.repeat(n + 20)), `${'?'.repeat(240)}*`]
    const patterns = patternsOf(values)
    expect(patterns.search('x'.repeat(30))).toMatchObject({ block: { value: '?'.repeat(30) }, compared: 0 })
    expect(patterns.search('x'.repeat(241))).toMatchObject({ block: { value: values.at(-1) }, compared: 0 })
    expect(patterns.search('x'.repeat(5)).block).toBeUndefined()
  })
})
