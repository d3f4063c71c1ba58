import { describe, expect, it } from '@jest/globals'
import { languageFor } from './index.js'

describe('the language of a page', () => {
  it.each([
    ['zh-TW', 'en', 'zh-TW'],
    ['en', 'zh-TW', 'en'],
    ['ZH-tw', undefined, 'zh-TW'],
    ['de', 'zh-TW', 'zh-TW'],
    ['', undefined, 'en'],
  ])('is %s where the address asks for it, and the browser for %s: %s', (named, accepted, language) => {
    expect(languageFor(named, accepted)).toBe(language)
  })

  it.each([
    [undefined, 'en'],
    ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-TW'],
    ['en-GB,zh-TW;q=0.9', 'en'],
    ['de,zh-Hant;q=0.5,en;q=0.4', 'zh-TW'],
    ['de', 'en'],
    ['zh;q=0', 'en'],
    ['zh;q=nonsense', 'en'],
    [`${'de,'.repeat(5_000)}zh`, 'en'],
  ])('follows Accept-Language: %s', (accepted, language) => {
    expect(languageFor(undefined, accepted)).toBe(language)
  })

  it('is not led astray by an address that asks twice', () => {
    expect(languageFor(['zh-TW', '<script>'], undefined)).toBe('en')
  })
})
