import { downloadName } from '@obb/contracts'
import anyAscii from 'any-ascii'
import { LRUCache } from 'lru-cache'

/** Names whose field is remembered: a file is asked for in many ranges, and the rules for names are slow. */
const known = new LRUCache<string, string>({ max: 1_000 })

/**
 * Content-Disposition that names a download (RFC 6266): an ASCII form for old clients and the exact name
 * in the form of RFC 8187. Pure ASCII whatever `name` is.
 */
export function contentDisposition(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  const safe = downloadName(name)
  const field = `attachment; filename="${asciiName(safe)}"; filename*=UTF-8''${extendedForm(safe)}`
  known.set(name, field)
  return field
}

/**
 * `name` in letters that every client can write, transliterated. Without `"` and `\`, which clients unescape differently,
 * `%`, which some take for an escape, `'`, where axel ends a name, and `&`, which shells and page scripts stumble over.
 */
function asciiName(name: string): string {
  return downloadName(anyAscii(name).replace(/[^\x20-\x7e]|["%&'/\\]/g, '_'))
}

/** Everything but `attr-char` of RFC 8187 percent-encoded. */
function extendedForm(name: string): string {
  const hex = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(name).replace(/['()*]/g, hex)
}
