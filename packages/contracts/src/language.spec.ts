import { describe, expect, it } from '@jest/globals'
import { acceptedLanguage } from './language.js'

describe('the language that is accepted', () => {
  it.each([
    [undefined, 'en'],
    ['*', 'en'],
    ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-TW'],
    ['ZH-tw', 'zh-TW'],
    ['en-GB,zh-TW;q=0.9', 'en'],
    ['de,zh-Hant;q=0.5,en;q=0.4', 'zh-TW'],
    ['de', 'en'],
    ['zh;q=0', 'en'],
    ['zh;q=nonsense', 'en'],
    [`${'de,'.repeat(5_000)}zh`, 'en'],
  ])('of %s is %s', (accepted, language) => {
    expect(acceptedLanguage(accepted)).toBe(language)
  })
})
