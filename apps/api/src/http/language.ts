import { type Language, REFUSALS, type RefusalCause, acceptedLanguage, refusalTexts } from '@obb/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GATE_TEXTS } from './gate-texts.js'

/** Fields of answers that hold a text of ours. */
const TEXT_FIELDS = new Set(['msg', 'action'])
/** Spellings of Accept-Language whose language is remembered, and of how many characters at most. */
const MAX_KNOWN = 1_000
const MAX_LENGTH = 100

const known = new Map<string, Language>()

/** The language that a client wants to be told in: English where it asks for none of ours. */
export function languageOf({ headers }: FastifyRequest): Language {
  const field = headers['accept-language']
  if (field === undefined) return 'en'
  const found = known.get(field)
  if (found !== undefined) return found
  const language = acceptedLanguage(field)
  if (known.size < MAX_KNOWN && field.length <= MAX_LENGTH) known.set(field, language)
  return language
}

/** Says in which language an answer is, and that another one may ask for another one. */
export function tellLanguage(reply: FastifyReply, language: Language): void {
  void reply.header('content-language', language).header('vary', 'Accept-Language')
}

/** All texts of ours that an answer may hold, by the English one. */
const CHINESE = new Map<string, string>(GATE_TEXTS.map((text) => [text.en, text['zh-TW']]))
for (const cause of Object.keys(REFUSALS) as RefusalCause[]) {
  const [english, chinese] = [refusalTexts(cause, 'en'), refusalTexts(cause, 'zh-TW')]
  CHINESE.set(english.msg, chinese.msg).set(english.action, chinese.action)
}

/**
 * An answer with its texts in a language; itself in English, in which answers are made. So whatever makes one need not
 * know who asks, and one that many are told is made once.
 */
export function inLanguage<T>(answer: T, language: Language): T {
  return language === 'en' ? answer : (translated(answer) as T)
}

function translated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translated)
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      typeof field === 'string' && TEXT_FIELDS.has(name) ? (CHINESE.get(field) ?? field) : translated(field),
    ]),
  )
}
