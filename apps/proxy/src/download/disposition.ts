import { LRUCache } from 'lru-cache'

/** Longest file name of common file systems, in bytes of UTF-8. */
const MAX_NAME = 255
/** UTF-16 units looked at; keeps a monstrous name from costing time. */
const MAX_INPUT = 4_096
/** Names whose field is remembered: a file is asked for in many ranges, and the rules for names are slow. */
const known = new LRUCache<string, string>({ max: 1_000 })
/** EXTENSION is what counts as an extension worth keeping when a name is cut. */
const EXTENSION = /\.[A-Za-z0-9]{1,16}$/

/**
 * `name` as one harmless path segment: no separators, control characters, line breaks, direction marks
 * (which make `exe.jpg` of `gpj.exe`) or broken surrogates, no dots or blanks at its ends, at most 255 bytes
 * of UTF-8 with its extension kept. `download` if nothing is left.
 */
export function safeFileName(name: string): string {
  const plain = name
    .slice(0, MAX_INPUT)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]/gu, '')
    .replace(/[/\\]/g, '_')
    .replace(/^[\s.]+|(?<![\s.])[\s.]+$/gu, '')
  const cut = cutToBytes(plain, MAX_NAME).replace(/(?<![\s.])[\s.]+$/u, '')
  return cut === '' ? 'download' : cut
}

/**
 * Content-Disposition that names a download (RFC 6266): an ASCII form for old clients and the exact name
 * in the form of RFC 8187. Pure ASCII whatever `name` is.
 */
export function contentDisposition(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  const safe = safeFileName(name)
  const field = `attachment; filename="${asciiForm(safe)}"; filename*=UTF-8''${extendedForm(safe)}`
  known.set(name, field)
  return field
}

/** Without `"` and `\`, which clients unescape differently, and `%`, which some take for an escape. */
function asciiForm(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '_')
    .replace(/["%/\\]/g, '_')
    .replace(/^[\s.]+|(?<![\s.])[\s.]+$/g, '')
  return ascii === '' ? 'download' : ascii
}

/** Everything but `attr-char` of RFC 8187 percent-encoded. */
function extendedForm(name: string): string {
  const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(name).replace(/['()*]/g, hex)
}

function cutToBytes(name: string, limit: number): string {
  if (Buffer.byteLength(name) <= limit) return name
  const extension = EXTENSION.exec(name)?.[0] ?? ''
  let room = limit - extension.length
  let stem = ''
  for (const char of name.slice(0, name.length - extension.length)) {
    room -= Buffer.byteLength(char)
    if (room < 0) break
    stem += char
  }
  return stem + extension
}
