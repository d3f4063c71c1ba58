import { LANGUAGES, type Language } from '@obb/contracts'
import { EN } from './en.js'
import type { Words } from './words.js'
import { ZH_TW } from './zh-tw.js'

export type { CallGroup, Words } from './words.js'

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, 'zh-TW': ZH_TW }

/** Languages of a field Accept-Language that are looked at. */
const MAX_RANGES = 20

/**
 * The language that somebody asked for in the address, else the one of ours that his browser likes best (RFC 9110
 * §12.5.4). Any Chinese is closer to ours than English is.
 */
export function languageFor(named: unknown, accepted: string | undefined): Language {
  const given = typeof named === 'string' ? languageOf(named) : undefined
  if (given !== undefined) return given
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 }
  for (const range of (accepted ?? '').split(',', MAX_RANGES)) {
    const [tag = '', ...options] = range.split(';').map((part) => part.trim())
    const weight = Number(options.find((each) => each.startsWith('q='))?.slice(2) ?? 1)
    const language = languageOf(tag)
    if (language !== undefined && weight > best.weight) best = { language, weight }
  }
  return best.language
}

function languageOf(tag: string): Language | undefined {
  const [primary = ''] = tag.toLowerCase().split('-', 1)
  return LANGUAGES.find((each) => each.toLowerCase().split('-', 1)[0] === primary)
}
