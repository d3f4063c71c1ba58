import { describe, expect, it } from '@jest/globals'
import { decodedSegment, fromHtml, hashOf, textOf } from './text.js'

describe('texts of hosts', () => {
  it('say something or are unknown', () => {
    expect([' a ', 5, '', '  ', null, undefined, {}, true].map(textOf)).toEqual([
      'a',
      '5',
      ...Array(6).fill(undefined),
    ])
  })

  it('written for a page are read once, and as they are where they are no references', () => {
    expect(fromHtml('a &amp;amp; b &lt;c&gt; &#39;d&#x27; &quot;e&quot;')).toBe('a &amp; b <c> \'d\' "e"')
    expect(fromHtml('&#0; &#9999999; &unknown; & &#x110000;')).toBe('&#0; &#9999999; &unknown; & &#x110000;')
  })

  it('are digests by their length', () => {
    expect(hashOf('md5', 'A'.repeat(32))).toEqual({ algorithm: 'md5', value: 'a'.repeat(32) })
    expect(hashOf('sha256', ` ${'0'.repeat(64)} `)?.algorithm).toBe('sha256')
    for (const value of ['a'.repeat(31), 'g'.repeat(32), null, 7])
      expect(hashOf('md5', value)).toBeUndefined()
  })

  it('in URLs are decoded where they can be', () => {
    expect(decodedSegment('a%20%C3%BC')).toBe('a ü')
    expect(decodedSegment('%ff%')).toBe('%ff%')
  })
})
