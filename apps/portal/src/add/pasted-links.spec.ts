import { describe, expect, it } from '@jest/globals'
import { MAX_LINKS, linksToAdd, withoutLinks } from './pasted-links.js'

describe('linksToAdd', () => {
  it('takes as many as one can look through, and tells how many more there are', () => {
    const many = Array.from({ length: MAX_LINKS + 10 }, (_, n) => `https://a.test/${n}`).join(' ')
    const { links, beyond } = linksToAdd(many)
    expect([links.length, beyond]).toEqual([MAX_LINKS, 10])
    expect(linksToAdd('https://a.test/1')).toEqual({ links: ['https://a.test/1'], beyond: 0 })
  })
})

describe('withoutLinks', () => {
  it('leaves the links that were not taken', () => {
    expect(withoutLinks('https://a.test/1 https://a.test/2', new Set(['https://a.test/1']))).toBe(
      'https://a.test/2\n',
    )
    expect(withoutLinks('https://a.test/1', new Set(['https://a.test/1']))).toBe('')
  })

  it('leaves those that follow as well, however many there are', () => {
    const many = Array.from({ length: MAX_LINKS + 10 }, (_, n) => `https://a.test/${n}`)
    const { links } = linksToAdd(many.join(' '))
    expect(linksToAdd(withoutLinks(many.join(' '), new Set(links))).links).toEqual(many.slice(MAX_LINKS))
  })
})
