/** Nothing of a link: blanks without width, marks of direction, soft hyphens. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
/** A dot or a colon that was written so that nobody follows the link by accident: `host[.]net`, `hxxp[:]//`. */
const DISARMED = /[[({](dot|[.:])[\])}]/gi
/** Tags of forums; one with a `=` has the link in its bracket. */
const FORUM_TAG =
  /\[\/?(?:url|img|link|code|quote|spoiler|hide|media|video|file|list|center|size|color|font|[biu*])(=|\])/gi
const SEPARATOR = /[\s<>"`]+/
const NO_LINE = /[\t\r\n<>"`]/
/** What nobody pastes: a link with one may be meant to be read otherwise further on. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/
/** A hostname, without a scheme, with what comes behind it in a URL. */
const HOST_BEFORE_PATH = /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?(?::\d{1,5})?[/?#]/i
/** A link as JSON and as a parameter of another have it. */
const JSON_SLASH = /\\\//g
const ENCODED = /^h(?:tt|xx)ps?%3a%2f%2f/i
/** Schemes as people write them, with what they stand for. */
const SCHEMES: readonly (readonly [written: RegExp, scheme: string])[] = [
  [/^(?:https|hxxps|h\*\*ps|h__ps|ttps|httpss):?[/\\]{1,3}/i, 'https://'],
  [/^(?:http|hxxp|h\*\*p|h__p|ttp):?[/\\]{1,3}/i, 'http://'],
  [/^usenet:\/\//i, 'usenet://'],
  [/^mega:\/{0,3}/i, 'https://mega.nz/'],
  [/^\/\//, 'https://'],
]
/**
 * The beginning of another link where no separator stands before it, as in Chinese, which has none; behind `=`, `/` and
 * `?` it is part of the first.
 */
const GLUED = /(?<=[a-z0-9_.,;|)\]\u0080-\uffff-]|\]\()(?=h(?:tt|xx)ps?:\/\/)/i
const SCHEME = /(?:https?|hxxps?):\/\//i
/** What a text says of a link, before it: `下載：`, `Link:`. */
const LABEL = /^[\p{L}\p{N} ]{1,40}[:=\uff1a]+(?=[a-z0-9-]+\.)/iu
const BRACKETS = [
  '()',
  '[]',
  '{}',
  '（）',
  '【】',
  '「」',
  '『』',
  '《》',
  '〈〉',
  '〔〕',
  '［］',
  '＜＞',
  '｛｝',
]
const OPENS: ReadonlySet<string> = new Set(BRACKETS.map(([opens]) => opens ?? ''))
const CLOSES: ReadonlyMap<string, string> = new Map(
  BRACKETS.map(([opens = '', closes = '']) => [closes, opens]),
)
/** What no link begins with. */
const OPENING = /^[([{'*_~.,;:|\u0080-\uffff-]+/
/** Marks of a Chinese sentence. A link in ASCII ends before one; a name in Chinese characters may have it. */
const SENTENCE_MARK = /[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]/
const PUNCTUATION: ReadonlySet<string> = new Set(
  ".,;:!'*~|\u200c\u200d\u00bb\u2019\u201d\u203a\u3002\uff0c\u3001\u2026\uff01\uff1a\uff1b\uff1f",
)

/**
 * The different links in a text that somebody pasted, in order, as URLs with a scheme: without the brackets, quotes,
 * tags of forums and punctuation around them, and with `hxxp` and a missing scheme put right. What has none of the
 * schemes that links here have is none.
 */
export function pastedLinks(text: string): string[] {
  const links = text
    .replace(INVISIBLE, '')
    .replace(JSON_SLASH, '/')
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
  if (CONTROL.test(part)) return undefined
  if (ENCODED.test(part)) return linkIn(decodedOnce(part))
  const [before = ''] = OPENING.exec(part) ?? []
  // The rest of `中文.host.net/…` is another host.
  const own = /\p{L}\.$/u.test(before) ? undefined : withScheme(part.slice(before.length))
  // `[name](https://…)`, `link:https://…`, `下載:host.net/…`
  const at = SCHEME.exec(part)?.index ?? LABEL.exec(part)?.[0].length
  const [link, words] =
    own || at === undefined ? [own, before] : [withScheme(part.slice(at)), part.slice(0, at)]
  return link && withoutEnd(link, OPENS.has(words.at(-1) ?? ''))
}

function decodedOnce(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })
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
  let isAscii = true
  for (let at = 0; at < link.length; at++) {
    const char = link.charAt(at)
    if (OPENS.has(char)) open.push(char)
    if (isAscii && SENTENCE_MARK.test(char)) return withoutEnd(link.slice(0, at), false)
    isAscii &&= char < '\u0080'
    const opening = CLOSES.get(char)
    if (opening === undefined || open.pop() === opening) continue
    if (opened || char >= '\u0080') return withoutEnd(link.slice(0, at), false)
    unmatched.add(at)
  }
  let end = link.length
  while (end > 0 && (PUNCTUATION.has(link.charAt(end - 1)) || unmatched.has(end - 1))) end--
  return link.slice(0, end)
}
