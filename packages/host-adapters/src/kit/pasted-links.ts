import { HOST_BEFORE_PATH } from './hostname.js'

/** Nothing of a link: blanks without width, marks of direction, soft hyphens. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
/** A dot or a colon that was written so that nobody follows the link by accident: `host[.]net`, `hxxp[:]//`. */
const DISARMED = /[[({](dot|[.:])[\])}]/gi
/** Tags of forums; one with a `=` has the link in its bracket. */
const FORUM_TAG =
  /\[\/?(?:url|img|link|code|quote|spoiler|hide|media|video|file|list|center|size|color|font|[biu*])(=|\])/gi
const SEPARATOR = /[\s<>"`]+/
const NO_LINE = /[\t\r\n<>"`]/
/** Schemes as people write them, with what they stand for. */
const SCHEMES: readonly (readonly [written: RegExp, scheme: string])[] = [
  [/^(?:https|hxxps|h\*\*ps|h__ps|ttps|httpss):?[/\\]{1,3}/i, 'https://'],
  [/^(?:http|hxxp|h\*\*p|h__p|ttp):?[/\\]{1,3}/i, 'http://'],
  [/^usenet:\/\//i, 'usenet://'],
  [/^mega:\/{0,3}/i, 'https://mega.nz/'],
  [/^\/\//, 'https://'],
]
/** The beginning of another link where no separator stands before it; behind `=`, `/` and `?` it is part of the first. */
const GLUED = /(?<=[a-z0-9_.,;|)\]-]|\]\()(?=h(?:tt|xx)ps?:\/\/)/i
const SCHEME = /(?:https?|hxxps?):\/\//i
const BEFORE_LINK = /[([{:,;'*~|]$/
const OPENING = /^[([{'*_~\u00bf\u00a1\u00ab\u2018\u201a-\u201e\u2039.,;:|-]+/
const OPENS: ReadonlySet<string> = new Set('([{')
const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
const PUNCTUATION: ReadonlySet<string> = new Set(
  ".,;:!'*~|\u200c\u200d\u00bb\u2019\u201d\u203a\u3002\uff0c\u3001\u2026",
)

/**
 * The different links in a text that somebody pasted, in order, as URLs with a scheme: without the brackets, quotes,
 * tags of forums and punctuation around them, and with `hxxp` and a missing scheme put right. What has none of the
 * schemes that links here have is none.
 */
export function pastedLinks(text: string): string[] {
  const links = text
    .replace(INVISIBLE, '')
    .replace(DISARMED, (_whole, mark: string) => (mark === ':' ? ':' : '.'))
    .replace(FORUM_TAG, (_whole, end: string) => (end === '=' ? ' [' : ' '))
    .split(SEPARATOR)
    .flatMap((part) => part.split(GLUED))
    .flatMap((part) => linkIn(part) ?? [])
  return [...new Set(links)]
}

/** A text of one line that is a link as a whole: blanks belong to it. */
export function lineAsLink(text: string): string | undefined {
  const line = text.replace(INVISIBLE, '').trim()
  const link = NO_LINE.test(line) ? undefined : withScheme(line)
  return link && withoutEnd(link, false)
}

/** The link in a part of a text without separators: from where its scheme or its hostname begins. */
function linkIn(part: string): string | undefined {
  const [before = ''] = OPENING.exec(part) ?? []
  const own = withScheme(part.slice(before.length))
  if (own !== undefined) return withoutEnd(own, /[([{]/.test(before))
  // `[name](https://…)`, `link:https://…`
  const at = SCHEME.exec(part)?.index ?? 0
  const words = part.slice(0, at)
  const inner = BEFORE_LINK.test(words) ? withScheme(part.slice(at)) : undefined
  return inner && withoutEnd(inner, /[([{]$/.test(words))
}

function withScheme(text: string): string | undefined {
  for (const [written, scheme] of SCHEMES) {
    const [found] = written.exec(text) ?? []
    if (found !== undefined) return text.length > found.length ? scheme + text.slice(found.length) : undefined
  }
  return HOST_BEFORE_PATH.test(text) ? `https://${text}` : undefined
}

/** The bracket that `opened` before a link ends it; punctuation behind a link is that of the sentence. */
function withoutEnd(link: string, opened: boolean): string {
  const open: string[] = []
  const unmatched = new Set<number>()
  for (let at = 0; at < link.length; at++) {
    const char = link.charAt(at)
    if (OPENS.has(char)) open.push(char)
    const opening = CLOSES[char]
    if (opening === undefined || open.pop() === opening) continue
    if (opened) return withoutEnd(link.slice(0, at), false)
    unmatched.add(at)
  }
  let end = link.length
  while (end > 0 && (PUNCTUATION.has(link.charAt(end - 1)) || unmatched.has(end - 1))) end--
  return link.slice(0, end)
}
