import { describe, expect, it } from '@jest/globals'
import { MAX_LINKS, pastedLinks, withoutLinks } from './pasted-links.js'

describe('pastedLinks', () => {
  it('finds the links in any text, each once and in their order', () => {
    const text = `Part 1: https://rapidgator.net/file/1/a.rar.html, and <a href="https://rapidgator.net/file/2">it</a>
      (mirror:https://turbo.test/x) https://rapidgator.net/file/2`
    expect(pastedLinks(text)).toEqual([
      'https://rapidgator.net/file/1/a.rar.html',
      'https://rapidgator.net/file/2',
      'https://turbo.test/x',
    ])
  })

  it('takes links without a scheme, and no words with a dot', () => {
    expect(pastedLinks('rapidgator.net/file/1 readme.txt see e.g. this.')).toEqual(['rapidgator.net/file/1'])
  })

  it('takes those of documents that were uploaded', () => {
    expect(pastedLinks('usenet://nzb/abc')).toEqual(['usenet://nzb/abc'])
  })

  it('leaves brackets that belong to the name', () => {
    expect(pastedLinks('https://a.test/File_(1).')).toEqual(['https://a.test/File_(1)'])
  })

  it('takes as many as one can look through', () => {
    const many = Array.from({ length: MAX_LINKS + 10 }, (_, n) => `https://a.test/${n}`).join(' ')
    expect(pastedLinks(many)).toHaveLength(MAX_LINKS)
  })

  it('takes time in proportion to a text of any kind', () => {
    const text = `${'https://'.repeat(50_000)} ${')'.repeat(200_000)}`
    expect(pastedLinks(text)).toEqual([])
    expect(pastedLinks(`${'a.'.repeat(200_000)} ${'a'.repeat(400_000)}`)).toEqual([])
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
