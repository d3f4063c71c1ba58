import { LANGUAGES, type Language } from './portal/session.js'

/** Languages of a field Accept-Language that are looked at. */
const MAX_RANGES = 20

/**
 * The one of our languages that a field Accept-Language likes best (RFC 9110 §12.5.4), English where it names none. Any
 * Chinese is closer to ours than English is.
 */
export function acceptedLanguage(accepted: string | undefined): Language {
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 }
  for (const range of (accepted ?? '').split(',', MAX_RANGES)) {
    const [tag = '', ...options] = range.split(';').map((part) => part.trim())
    const weight = Number(options.find((each) => each.startsWith('q='))?.slice(2) ?? 1)
    const language = languageOf(tag)
    if (language !== undefined && weight > best.weight) best = { language, weight }
  }
  return best.language
}

/** The one of our languages that a tag means, of whatever region; undefined of any other. */
export function languageOf(tag: string): Language | undefined {
  const [primary = ''] = tag.toLowerCase().split('-', 1)
  return LANGUAGES.find((each) => each.toLowerCase().split('-', 1)[0] === primary)
}
