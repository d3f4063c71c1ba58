import { describe, expect, it } from '@jest/globals'
import { LANGUAGES } from './portal/session.js'
import { refusalTexts } from './refusal-texts.js'
import { REFUSALS, type RefusalCause } from './refusals.js'
import { REFUSALS_ZH_TW } from './refusals.zh-tw.js'

const CAUSES = Object.keys(REFUSALS) as RefusalCause[]

/** What stands in a text for programs: code, calls, settings. */
const namesIn = (text = ''): string[] =>
  [...text.matchAll(/`[^`]+`|\b(?:GET|POST|DELETE) \/[\w/{}]+|\b[A-Z]+_[A-Z_]+\b/g)]
    .map(([name]) => name.replaceAll('`', ''))
    .sort()

describe('the texts of refusals', () => {
  it('are there for every cause in every language, and for no other', () => {
    expect(Object.keys(REFUSALS_ZH_TW)).toEqual(CAUSES)
    for (const cause of CAUSES) {
      const english = refusalTexts(cause, 'en')
      for (const language of LANGUAGES) {
        const { msg, when, action } = refusalTexts(cause, language)
        expect([cause, language, msg.length > 3, action.length > 3]).toEqual([cause, language, true, true])
        expect([cause, when === undefined]).toEqual([cause, english.when === undefined])
      }
    }
  })

  it('have the same names of fields, calls and settings in them in every language', () => {
    for (const cause of CAUSES) {
      const [english, ...others] = LANGUAGES.map((language) => {
        const { msg, when, action } = refusalTexts(cause, language)
        return [cause, namesIn(msg), namesIn(when), namesIn(action)]
      })
      for (const other of others) expect(other).toEqual(english)
    }
  })

  it('are in Chinese where they are to be', () => {
    for (const cause of CAUSES) {
      const { msg, when = msg, action } = refusalTexts(cause, 'zh-TW')
      for (const text of [msg, when, action])
        expect([text, /\p{Script=Han}/u.test(text)]).toEqual([text, true])
    }
  })

  it('tell each cause from every other: pages know causes by them', () => {
    const texts = LANGUAGES.flatMap((language) => CAUSES.map((cause) => refusalTexts(cause, language).msg))
    expect(new Set(texts).size).toBe(texts.length)
  })
})
