/** Nothing of a link: blanks without width, marks of direction, soft hyphens, what chooses a picture for a sign. */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffc\p{Variation_Selector}]/gu
/** Line breaks inside of `<https://…>` (RFC 3986, appendix C), and those of quoted-printable inside of a link. */
const IN_ANGLES = /<(?:url:)?h(?:tt|xx)ps?:\/\/[^<>"]{1,2000}>/gi
const SOFT_BREAK = /(?<=h(?:tt|xx)ps?:\/\/(?:[^\s"<>]|=\r?\n){1,300})=\r?\n(?![\s]|h(?:tt|xx)ps?:)/gi
/** What was written so that nobody follows the link by accident: `host[.]net`, `hxxp[:]//`, `host.net[/]file`. */
const DISARMED = /[ \t]?[[({](dot|[.:/]|:\/\/)[\])}][ \t]?/gi
const HALF_DISARMED = /(?<=:\/\/[a-z0-9.-]{1,100})(?:\[\.|\.\])(?=[a-z])/gi
/** Markdown has a backslash before its marks. */
const ESCAPED_MARK = /\\(?=[.:_*~()[\]-])/g
/** What stands before a path in Chinese signs. */
const WIDE_SCHEME = /[:\uff1a][/\uff0f]{2}(?=[^/\uff0f])/g
const WIDE_DOT = /(?<=:\/\/[a-z0-9.-]{1,100})[\u3002\uff0e\uff61](?=[a-z])/gi
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
const ESCAPED_CODE = /\\{1,2}(?:u00|x)([2-7][0-9a-f])/gi
/** Tags of forums; one with a `=` has the link in its bracket. Any tag may end. */
const FORUM_TAG =
  /\[\/[a-z][\w-]{0,20}\]|\[(?:url|img|link|code|quote|spoiler|hide|media|video|file|list|center|size|color|font|[biu*])(=["']?|\])/gi
const SEPARATOR = /[\s<>"`|\u115f\u1160\u2800\u3164]+/
const NO_LINE = /[\t\r\n<>"`]/
/** What nobody pastes: a link with one may be meant to be read otherwise further on. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/
/** A hostname, without a scheme, with what comes behind it in a URL. */
const HOST_BEFORE_PATH = /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*\.?(?::\d{1,5})?[/?#]/i
/** A link as JSON and as a parameter of another have it. */
const JSON_SLASH = /\\{1,2}\//g
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
  ...['〖〗', '〘〙', '〝〞', '﹙﹚', '⟨⟩', '❝❞', '❮❯', '⦅⦆', '｢｣'],
]
const OPENS: ReadonlySet<string> = new Set(BRACKETS.map(([opens]) => opens ?? ''))
const CLOSES: ReadonlyMap<string, string> = new Map(
  BRACKETS.map(([opens = '', closes = '']) => [closes, opens]),
)
/** What no link begins with. */
const OPENING = /^[([{'*_~.,;:|\u0080-\uffff-]+/
/** Marks of a sentence in Chinese, Arabic or Hindi. A link in ASCII ends before one; a name in such letters may have it. */
const SENTENCE_MARK = /[\u060c\u061b\u061f\u06d4\u0964\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f\uff61\uff64]/
const PUNCTUATION: ReadonlySet<string> = new Set(
  ".,;:!?'*~|\\\u200c\u200d\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u3002\uff0c\u3001\u2026\uff01\uff1a\uff1b\uff1f\uff5c\uff5e\u060c\u061b\u061f\u06d4\u0964\u0965\u20e3\u30fb\uff61\uff64",
)
/**
 * Where words go on behind a link without anything between, as in Chinese: in the midst of a segment that is ASCII, and
 * what follows is neither the name of a file nor another segment.
 */
const WORDS_BEHIND =
  /(?<=[\w)\]\s-])[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\u2460-\u24ff\u2014\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\u{1f300}-\u{1faff}\uff08\u3010\u300c\u300a]/iu
/** Pages that forums put before links, with the link behind `?`, or in a field among others. */
const REDIRECTOR =
  /^https?:\/\/(?:www\.)?(?:href\.li|anonym\.(?:to|es)|anon\.to|anonymz\.com|nullrefer\.com|blankrefer\.com|hiderefer\.com|dereferer\.(?:me|org)|leechall\.io|refhide\.com|hidelink\.net|linkfilter\.net)\/\??(?:(?:url|u)=)?(https?(?::|%3a).+)$/i
const REDIRECTOR_WITH_FIELDS =
  /^https?:\/\/(?:(?:www\.)?google\.[a-z.]{2,6}\/url|translate\.google\.com\/translate|lm?\.(?:facebook|instagram)\.com\/(?:l\.php)?|steamcommunity\.com\/linkfilter\/?|link\.(?:zhihu\.com|juejin\.cn)\/|(?:www\.)?(?:youtube|patreon)\.com\/redirect|(?:www\.)?linkedin\.com\/redir\/redirect|(?:away\.)?vk\.com\/away\.php|(?:www\.)?douban\.com\/link2\/|out\.reddit\.com\/[^?]{0,40}|t\.umblr\.com\/redirect|slack-redir\.net\/link|t\.me\/(?:iv|share\/url)|disq\.us\/url|duckduckgo\.com\/l\/|(?:exit|gate)\.sc\/|[a-z0-9]{0,20}\.?safelinks\.protection\.outlook\.com\/|weibo\.cn\/sinaurl|c\.pc\.qq\.com\/middlem\.html|www\.jianshu\.com\/go-wild|deref-[a-z]{1,10}\.(?:com|net|de)\/[^?]{0,80})\?(?:[^&]{0,2000}&){0,20}(?:url|u|q|z|to|target|uddg|pfurl|redirectUrl)=(https?(?::|%3a)[^&]+)/i
const QUOTES: ReadonlySet<string> = new Set('"\'')
const OTHER_MARKS: ReadonlySet<string> = new Set('*~|([{"\'')
const UNDERSCORE: ReadonlySet<string> = new Set('_')
const CLOSING_APOSTROPHE = /'(?=[,;:)\]}]|$)/
/** How much it is, in brackets. */
const SIZE_BEHIND = /[([{]\d{1,6}(?:[.,]\d{1,3})?[kmgt]i?b[)\]}]$/i
/** Another segment, or an extension: passwords of archives are often hostnames. */
const NAME_BEHIND = /\/|\.(?!(?:com|net|org|info|cc|cn|me|tw|top|xyz)\b)[a-z0-9]{2,8}(?![a-z0-9.])/i

/**
 * The different links in a text that somebody pasted, in order, as URLs with a scheme: without the brackets, quotes,
 * tags of forums and punctuation around them, and with `hxxp` and a missing scheme put right. What has none of the
 * schemes that links here have is none.
 */
export function pastedLinks(text: string): string[] {
  const links = withoutSoftBreaks(text)
    .replace(INVISIBLE, '')
    .replace(IN_ANGLES, joined)
    .replace(REFERENCE, referenced)
    .replace(ESCAPED_BREAK, ' ')
    .replace(ESCAPED_QUOTE, '"')
    .replace(ESCAPED_CODE, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(JSON_SLASH, '/')
    .replace(ESCAPED_MARK, '')
    .replace(WIDE_SCHEME, '://')
    .replace(WIDE_DOT, '.')
    .replace(DISARMED, (_whole, mark: string) => (mark.toLowerCase() === 'dot' ? '.' : mark))
    .replace(HALF_DISARMED, '.')
    .replace(FORUM_TAG, (_whole, end = '') => (String(end).startsWith('=') ? ' [' : ' '))
    .split(SEPARATOR)
    .flatMap((part) => part.split(GLUED).map((piece, at, all) => [piece, all[at - 1] ?? ''] as const))
    .flatMap(([piece, behind]) => linkIn(piece, behind) ?? [])
  return [...new Set(links)]
}

/** A text of one line that is a link as a whole: blanks belong to it. */
export function lineAsLink(text: string): string | undefined {
  const line = text.replace(INVISIBLE, '').trim()
  const link = NO_LINE.test(line) ? undefined : withScheme(line)
  return link && withoutEnd(withoutWords(unwrapped(link)), false).trim()
}

const joined = (lines: string): string =>
  lines
    .split(/[\r\n]/)
    .map((line) => line.trim())
    .join('')

/** Mails break lines by an equals sign at their end, and write one of the link as `=3D` then. */
function withoutSoftBreaks(text: string): string {
  const whole = text.replace(SOFT_BREAK, '')
  return whole === text ? text : whole.replace(/=3D/g, '=')
}

/** The link in a part of a text without separators, `behind` others: from where its scheme or its hostname begins. */
function linkIn(part: string, behind = ''): string | undefined {
  if (CONTROL.test(part)) return undefined
  const decoded = ENCODED.test(part) ? decodedOnce(part) : part
  if (decoded !== part) return linkIn(decoded, behind)
  const [before = ''] = OPENING.exec(part) ?? []
  // The rest of `中文.host.net/…` is another host.
  const own = /\p{L}\.$/u.test(before) ? undefined : withScheme(part.slice(before.length))
  // `[name](https://…)`, `link:https://…`, `下載:host.net/…`
  const at = SCHEME.exec(part)?.index ?? LABEL.exec(part)?.[0].length
  const [link, words] =
    own || at === undefined ? [own, behind + before] : [withScheme(part.slice(at)), part.slice(0, at)]
  return link && withoutMarks(columnOf(unwrapped(link), words), words)
}

/** A link behind a comma, a semicolon or an apostrophe ends before the next one: it is a column of a table. */
function columnOf(link: string, words: string): string {
  const quotes = endOf(words, QUOTES)
  const separator = words.at(-quotes.length - 1)
  if (separator === ',' || separator === ';') return link.split(separator, 1)[0] ?? ''
  return quotes.includes("'") ? (link.split(CLOSING_APOSTROPHE, 1)[0] ?? '') : link
}

/** What a text ends with of these characters. */
function endOf(text: string, characters: ReadonlySet<string>): string {
  let start = text.length
  while (start > 0 && characters.has(text.charAt(start - 1))) start--
  return text.slice(start)
}

/** Underscores around a link make it stand out, as other marks do that no link ends with. */
function withoutMarks(link: string, words: string): string {
  const opened = OPENS.has(words.at(-1) ?? '')
  const plain = withoutEnd(withoutWords(link.replace(SIZE_BEHIND, '')), opened)
  const others = endOf(words, OTHER_MARKS)
  const marks = endOf(words.slice(0, words.length - others.length), UNDERSCORE)
  const bare = marks !== '' && plain.endsWith(marks) ? plain.slice(0, -marks.length) : plain
  return bare === plain ? plain : withoutEnd(bare, opened)
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
