/** Nothing of a link: blanks without width, marks of direction, soft hyphens. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffc]/g
/** What was written so that nobody follows the link by accident: `host[.]net`, `hxxp[:]//`, `host.net[/]file`. */
const DISARMED = /[[({](dot|[.:/]|:\/\/)[\])}]/gi
/** What stands before a path in Chinese signs. */
const WIDE_SCHEME = /[:\uff1a][/\uff0f]{2}(?=[^/\uff0f])/g
const WIDE_DOT = /(?<=:\/\/[a-z0-9.-]{1,100})\u3002(?=[a-z])/gi
/** Character references of HTML source, and escapes of JSON and of programs, as what they stand for. */
const REFERENCE = /&(?:#(\d{2,5})|#x([0-9a-f]{2,4})|(amp|lt|gt|quot|apos|nbsp));/gi
const REFERENCES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}
const ESCAPED_BREAK = /(?:\\[nrt]){1,4}(?=$|["'\s]|h(?:tt|xx)ps?:)/gi
const ESCAPED_QUOTE = /\\"/g
/** Tags of forums; one with a `=` has the link in its bracket. Any tag may end. */
const FORUM_TAG =
  /\[\/[a-z][\w-]{0,20}\]|\[(?:url|img|link|code|quote|spoiler|hide|media|video|file|list|center|size|color|font|[biu*])(=["']?|\])/gi
const SEPARATOR = /[\s<>"`|]+/
const NO_LINE = /[\t\r\n<>"`]/
/** What nobody pastes: a link with one may be meant to be read otherwise further on. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/
/** A hostname, without a scheme, with what comes behind it in a URL. */
const HOST_BEFORE_PATH = /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?(?::\d{1,5})?[/?#]/i
/** A link as JSON and as a parameter of another have it. */
const JSON_SLASH = /\\\//g
const ENCODED = /^h(?:tt|xx)ps?(?:%(?:25){0,2}3a|:)(?:%(?:25){0,2}2f){2}|^h(?:tt|xx)ps?%3a\/\//i
/** Schemes as people write them, with what they stand for. */
const SCHEMES: readonly (readonly [written: RegExp, scheme: string])[] = [
  [/^h?[tx*_]{1,4}ps{1,2}(?:[:;][/\\]{1,3}|[/\\]{2,3})/i, 'https://'],
  [/^h?[tx*_]{1,4}p(?:[:;][/\\]{1,3}|[/\\]{2,3})/i, 'http://'],
  [/^:\/\//, 'https://'],
  [/^usenet:\/\//i, 'usenet://'],
  [/^mega:\/{0,3}/i, 'https://mega.nz/'],
  [/^\/\//, 'https://'],
]
/**
 * The beginning of another link where no separator stands before it, as in Chinese, which has none; behind `=`, `/` and
 * `?` it is part of the first.
 */
const GLUED = /(?<=[a-z0-9_.,;'|)\]\u0080-\uffff-]|\]\()(?=h(?:tt|xx)ps?:\/\/)/i
const SCHEME = /(?:https?|hxxps?):\/\//i
/** Put before a link that had one. */
const SCHEME_TWICE = /^(?:https?:\/\/)+(?=https?:\/\/[a-z0-9])/i
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
  ".,;:!?'*~|\\\u200c\u200d\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u3002\uff0c\u3001\u2026\uff01\uff1a\uff1b\uff1f\uff5c\uff5e",
)
/**
 * Where words go on behind a link without anything between, as in Chinese: in the midst of a segment that is ASCII, and
 * what follows is neither the name of a file nor another segment.
 */
const WORDS_BEHIND =
  /(?<=[\w)\]\s-])[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u2460-\u24ff\u2014\u2190-\u21ff\u{1f300}-\u{1faff}\uff08\u3010\u300c\u300a]/iu
/** Pages that forums put before links, with the link behind `?`, or in a field among others. */
const REDIRECTOR =
  /^https?:\/\/(?:www\.)?(?:href\.li|anonym\.(?:to|es)|anon\.to|anonymz\.com|nullrefer\.com|blankrefer\.com|hiderefer\.com|dereferer\.(?:me|org))\/\??(?:(?:url|u)=)?(https?(?::|%3a).+)$/i
const REDIRECTOR_WITH_FIELDS =
  /^https?:\/\/(?:(?:www\.)?google\.[a-z.]{2,6}\/url|lm?\.facebook\.com\/l\.php|steamcommunity\.com\/linkfilter\/?|link\.zhihu\.com\/|(?:www\.)?youtube\.com\/redirect|vk\.com\/away\.php|(?:www\.)?douban\.com\/link2\/)\?(?:[^&]{0,500}&){0,20}(?:url|u|q|to|target)=(https?(?::|%3a)[^&]+)/i
/** Another segment, or an extension: passwords of archives are often hostnames. */
const NAME_BEHIND = /\/|\.(?!(?:com|net|org|info|cc|cn|me|tw|top|xyz)\b)[a-z0-9]{2,8}(?![a-z0-9.])/i

/**
 * The different links in a text that somebody pasted, in order, as URLs with a scheme: without the brackets, quotes,
 * tags of forums and punctuation around them, and with `hxxp` and a missing scheme put right. What has none of the
 * schemes that links here have is none.
 */
export function pastedLinks(text: string): string[] {
  const links = text
    .replace(INVISIBLE, '')
    .replace(REFERENCE, referenced)
    .replace(ESCAPED_BREAK, ' ')
    .replace(ESCAPED_QUOTE, '"')
    .replace(JSON_SLASH, '/')
    .replace(WIDE_SCHEME, '://')
    .replace(WIDE_DOT, '.')
    .replace(DISARMED, (_whole, mark: string) => (mark.toLowerCase() === 'dot' ? '.' : mark))
    .replace(FORUM_TAG, (_whole, end = '') => (String(end).startsWith('=') ? ' [' : ' '))
    .split(SEPARATOR)
    .flatMap((part) => part.split(GLUED))
    .flatMap((part) => linkIn(part) ?? [])
  return [...new Set(links)]
}

/** A text of one line that is a link as a whole: blanks belong to it. */
export function lineAsLink(text: string): string | undefined {
  const line = text.replace(INVISIBLE, '').trim()
  const link = NO_LINE.test(line) ? undefined : withScheme(line)
  return link && withoutEnd(withoutWords(unwrapped(link)), false).trim()
}

/** The link in a part of a text without separators: from where its scheme or its hostname begins. */
function linkIn(part: string): string | undefined {
  if (CONTROL.test(part)) return undefined
  const decoded = ENCODED.test(part) ? decodedOnce(part) : part
  if (decoded !== part) return linkIn(decoded)
  const [before = ''] = OPENING.exec(part) ?? []
  // The rest of `中文.host.net/…` is another host.
  const own = /\p{L}\.$/u.test(before) ? undefined : withScheme(part.slice(before.length))
  // `[name](https://…)`, `link:https://…`, `下載:host.net/…`
  const at = SCHEME.exec(part)?.index ?? LABEL.exec(part)?.[0].length
  const [link, words] =
    own || at === undefined ? [own, before] : [withScheme(part.slice(at)), part.slice(0, at)]
  return link && withoutEnd(withoutWords(unwrapped(link)), OPENS.has(words.at(-1) ?? ''))
}

/** The link that a page which hides where one comes from leads to. */
function unwrapped(link: string): string {
  const target = REDIRECTOR.exec(link)?.[1] ?? REDIRECTOR_WITH_FIELDS.exec(link)?.[1]
  return target === undefined ? link : ENCODED.test(target) ? decodedOnce(target) : target
}

function withoutWords(link: string): string {
  const at = link.search(WORDS_BEHIND)
  return at === -1 || NAME_BEHIND.test(link.slice(at)) ? link : link.slice(0, at)
}

function referenced(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return REFERENCES[name.toLowerCase()] ?? whole
  const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
  return code >= 0x20 && code < 0xd800 ? String.fromCodePoint(code) : whole
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

function withScheme(pasted: string): string | undefined {
  const text = pasted.replace(SCHEME_TWICE, '')
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
