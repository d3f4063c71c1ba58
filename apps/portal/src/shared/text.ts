import { createContext, useContext } from 'react'
import { getLocale, setLocale } from '../../paraglide/runtime.js'
import type { Language } from '../api/portal-types.js'

export { m } from '../../paraglide/messages.js'

export const LANGUAGES: Record<Language, string> = { en: 'English', 'zh-TW': '繁體中文' }

export function currentLanguage(): Language {
  return getLocale()
}

/** setLanguage makes it that of this browser; whoever shows text is drawn anew by LanguageContext. */
export function setLanguage(language: Language): void {
  void setLocale(language, { reload: false })
  document.documentElement.lang = language
}

/** sentences puts whole sentences one after the other, as the language does: Chinese has no space between them. */
export function sentences(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined).join(currentLanguage() === 'zh-TW' ? '' : ' ')
}

export const LanguageContext = createContext<(language: Language) => void>(() => undefined)

/** useSetLanguage changes the language of everything that is shown. */
export const useSetLanguage = () => useContext(LanguageContext)
