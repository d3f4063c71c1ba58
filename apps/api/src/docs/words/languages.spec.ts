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

  it('is not led astray by an address that asks twice', () => {
    expect(languageFor(['zh-TW', '<script>'], undefined)).toBe('en')
  })
})
