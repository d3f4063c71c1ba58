import type { Language } from './portal/session.js'
import { REFUSALS, type RefusalCause, type RefusalTexts } from './refusals.js'
import { REFUSALS_ZH_TW } from './refusals.zh-tw.js'

const TEXTS: Readonly<Record<Language, Readonly<Record<RefusalCause, RefusalTexts>>>> = {
  en: REFUSALS,
  'zh-TW': REFUSALS_ZH_TW,
}

/** What people are told of a refusal: the one catalogue that API, documentation and portal read. */
export const refusalTexts = (cause: RefusalCause, language: Language): RefusalTexts => TEXTS[language][cause]
