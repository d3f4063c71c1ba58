import { describe, expect, it } from '@jest/globals'
import { MAX_LINKS, linksToAdd, withoutLinks } from './pasted-links.js'

describe('linksToAdd', () => {
  it('takes as many as one can look through', () => {
    const many = Array.from({ length: MAX_LINKS + 10 }, (_, n) => `https://a.test/${n}`).join(' ')
    expect(linksToAdd(many)).toHaveLength(MAX_LINKS)
  })
})

describe('withoutLinks', () => {
  it('leaves the links that were not taken', () => {
    expect(withoutLinks('https://a.test/1 https://a.test/2', new Set(['https://a.test/1']))).toBe(
      'https://a.test/2\n',
    )
    expect(withoutLinks('https://a.test/1', new Set(['https://a.test/1']))).toBe('')
  })
})
