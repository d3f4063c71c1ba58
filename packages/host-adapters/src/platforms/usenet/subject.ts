/* Subjects of posts: what posters agree on without any standard. */
import { bytesOf } from '../../kit/fields/numbers.js'
import { decodedWords } from '../../kit/fields/disposition.js'
import { baseName } from '../../kit/fields/text.js'

export interface Subject {
  /** Name of the file that the subject states. */
  name?: string
  /** Where it states none: what it says, which is a name for lack of a better one. */
  label?: string
  /** Bytes, where the poster states them behind the number of parts. */
  size?: number
}

/** Longer subjects are cut, characters. */
export const MAX_SUBJECT = 2_000
/** COUNTER matches which file or part of how many it is. */
const COUNTER = /\((\d{1,7})\/(\d{1,7})\)|\[\d{1,7}[/_]\d{1,7}\]|\[\d{1,7} of \d{1,7}\]/gi
const PREFIX =
  /^(?:(?:re|fwd?|aw):|[[(]\d{1,7}[/_]\d{1,7}[\])]?|(?:file )?[[(]?\d{1,7} of \d{1,7}(?:[\]):]| -))/i
/** What posters put behind a name: how much all of it is, and which file of how many. */
const AMOUNT = /(?:^|[\s-])(?:\d{1,7}(?:[.,]\d{1,3})? ?[kmgt]i?b(?:ytes)?|file \d{1,7} of \d{1,7})$/i
/** Quotes of word processors. */
const QUOTES = /[\u201c-\u201f\u00ab\u00bb]/g
/** A whole name in single ones. */
const SINGLE = /(?<=^|\s)'([^']{1,300}\.[a-z0-9]{2,10})'(?=\s|$)/i
const EXTENSION = /\.(?:\d{3}|(?=\d{0,9}[a-z])[a-z0-9]{2,10})$/i
/** Between brackets, where much else has a dot. */
const SURE_EXTENSION = /\.(?=\d{0,4}[a-z])[a-z0-9]{2,5}$/i
/** VOLUME matches names that have no blanks: what stands before one is a title. */
const VOLUME = /\.(?:[rs]\d\d|\d{3}|rar|sfv|nfo)$/i
/** Longest AMOUNT, characters. */
const MAX_AMOUNT = 24
const NUMBERS = /^\d+(?:[/_]\d+)?$/
/** MARK is what one poster puts between a name and its copy: `a[b].mkv-WtF[nZb]/a.mkv`. */
const MARK = '-WtF[nZb]'

/**
 * `[1/3] - "name.ext" yEnc (1/20) 1400000` and its kin: a name in quotes; else what ends in an extension before `yEnc` or
 * the last counter; else a name in brackets, as in `[PRiVATE]-[WtFnZb]-[name.ext]-[1/3] - "" yEnc (1/20)`.
 */
export function readSubject(subject: string): Subject {
  const text = withQuotes(decodedWords(subject.slice(0, MAX_SUBJECT)))
  const counters = [...text.matchAll(COUNTER)].map(({ 0: { length }, index }) => ({
    index,
    end: index + length,
  }))
  const size = bytesOf(/^ (\d{1,15})(?=\s|$)/.exec(text.slice(counters.at(-1)?.end ?? text.length))?.[1])
  const title = titleOf(text, counters)
  const name = quotedName(text) ?? unquotedName(title, counters) ?? bracketedName(title)
  const label = trimmed(withoutPrefixes(title)).replaceAll('"', '')
  return {
    ...(name !== undefined ? { name } : label !== '' && { label }),
    ...(size !== undefined && { size }),
  }
}

/** With straight quotes around the name, where there are none. */
function withQuotes(text: string): string {
  return text.includes('"') ? text : text.replace(QUOTES, '"').replace(SINGLE, '"$1"')
}

/** What comes before `yEnc`, or else before the counters at the end, without amounts and counters of files there. */
function titleOf(text: string, counters: readonly { index: number; end: number }[]): string {
  let end = text.search(/\byenc\b/i)
  if (end === -1) {
    end = text.length
    for (const counter of counters.toReversed()) {
      if (!/^[\s\d]*$/.test(text.slice(counter.end, end))) break
      end = counter.index
    }
  }
  for (let before = -1; before !== end;) {
    before = end
    const rest = trimmed(text.slice(0, end), false)
    const counter = counters.find((one) => one.end === rest.length && one.index > 0)
    end = counter?.index ?? rest.length - (AMOUNT.exec(rest.slice(-MAX_AMOUNT))?.[0].length ?? 0)
  }
  return text.slice(0, end)
}

/** Quotes inside of a name are told by the blanks that they leave at the ends of what would be one. */
function quotedName(text: string): string | undefined {
  const parts = text.split('"')
  if (parts.length < 3) return undefined
  const whole = parts.filter(
    (part, at) => at % 2 === 1 && at < parts.length - 1 && part !== '' && part === part.trim(),
  )
  const named = whole.find((part) => EXTENSION.test(part))
  const outermost = trimmed(
    text.slice(text.indexOf('"'), text.lastIndexOf('"')).replace(/^"+|(?<!")"+$/g, ''),
  )
  return baseName(named ?? whole[0] ?? outermost)
}

/** A title in front of it goes where a counter ends it, or a name has no blanks. */
function unquotedName(title: string, counters: readonly { end: number }[]): string | undefined {
  const isYenc = counters.some(({ end }) => end > title.length)
  const last = counters.findLast(({ end }) => end <= title.length)
  const start = isYenc && last !== undefined ? last.end : 0
  const text = trimmed(withoutPrefixes(title.slice(start).replaceAll('"', ' ')))
  if (!EXTENSION.test(text)) return undefined
  return VOLUME.test(text) ? text.split(/\s/).at(-1) : text
}

function bracketedName(title: string): string | undefined {
  const groups = bracketed(title)
  const poster = groups.findIndex((group) => /^private$/i.test(group))
  const names = groups.slice(poster === -1 ? 0 : poster + 2).filter((group) => !NUMBERS.test(group))
  const name = poster === -1 ? names.find((group) => SURE_EXTENSION.test(group)) : names[0]
  return baseName(name?.split(MARK)[0])
}

/** What stands in brackets that are in no others. */
function bracketed(text: string): string[] {
  const groups: string[] = []
  let [depth, start] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '[' && depth++ === 0) start = at + 1
    else if (text[at] === ']' && depth > 0 && --depth === 0) groups.push(text.slice(start, at))
  }
  return groups
}

function withoutPrefixes(text: string): string {
  let rest = trimmed(text)
  for (let prefix = PREFIX.exec(rest); prefix !== null; prefix = PREFIX.exec(rest)) {
    rest = trimmed(rest.slice(prefix[0].length))
  }
  return rest
}

/** Without blanks and dashes at its ends, or at the last alone. */
function trimmed(text: string, both = true): string {
  const isEnd = (char = ''): boolean => char === '-' || char.trim() === ''
  let [start, end] = [0, text.length]
  while (both && start < end && isEnd(text[start])) start++
  while (end > start && isEnd(text[end - 1])) end--
  return text.slice(start, end)
}
