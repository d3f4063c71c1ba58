import { type Language, acceptedLanguage, languageOf } from '@obb/contracts'
import { EN } from './en.js'
import type { Words } from './words.js'
import { ZH_TW } from './zh-tw.js'

export type { CallGroup, Words } from './words.js'

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, 'zh-TW': ZH_TW }

/** The language that somebody asked for in the address, else the one that the browser likes best. */
export function languageFor(named: unknown, accepted: string | undefined): Language {
  const given = typeof named === 'string' ? languageOf(named) : undefined
  return given ?? acceptedLanguage(accepted)
}
