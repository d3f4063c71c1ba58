import type { RefusalCause } from '@obb/contracts'
import REFUSAL_TEXTS from 'virtual:refusal-texts'
import { currentLanguage, m, sentences } from './text.js'

const CAUSES = new Map<string, RefusalCause>()
for (const [cause, texts] of Object.entries(REFUSAL_TEXTS)) {
  for (const text of Object.values(texts)) CAUSES.set(text, cause as RefusalCause)
}

/** The cause of a refusal, which the API names by a text that is constant; undefined of a text that is not known. */
export function causeOf(msg: string): RefusalCause | undefined {
  return CAUSES.get(msg)
}

/** The cause of that name; undefined where there is none. */
export function causeNamed(name: string): RefusalCause | undefined {
  return Object.hasOwn(REFUSAL_TEXTS, name) ? (name as RefusalCause) : undefined
}

/** The cause of that name in the language of the page; a name that is not known stays as it is. */
export function failureText(name: string): string {
  const cause = causeNamed(name)
  return cause === undefined ? name : causeText(cause)
}

/** What a cause is in the language of the page. */
export const causeText = (cause: RefusalCause): string => REFUSAL_TEXTS[cause][currentLanguage()]

/**
 * What a refusal is in the language of the page, by its text in that of the browser, in which the API answers; a text
 * that is not known stays as it is.
 */
export function refusalText(msg: string): string {
  const cause = causeOf(msg)
  return cause === undefined ? msg : causeText(cause)
}

/** nextStep is what to do about a number of the error table; undefined where nothing more can be said. */
export function nextStep(status: number, http?: number): string | undefined {
  switch (status) {
    case 0:
      return m.next_offline()
    case 2:
      return m.next_account()
    case 52:
      return m.next_traffic()
    case 54:
      return m.next_usage()
    case 55:
    case 56:
      return m.next_slots()
    case 101:
      return m.next_unsupported()
    case 102:
      return m.next_blocked()
    case 104:
      return m.next_gone()
    case 105:
    case 106:
      return m.next_later()
    case 107:
      return m.next_pool()
    case 109:
    case 110:
      return m.next_password()
    case 999:
      return m.next_fault()
    default:
      return http === 429 ? m.next_slow_down() : undefined
  }
}

/** refusalSentences is what a refusal is, and what to do about it. */
export function refusalSentences({ status, msg }: { status: number; msg: string }): string {
  return sentences(refusalText(msg), nextStep(status))
}
