import { safeFileName } from '@obb/contracts'
import { LRUCache } from 'lru-cache'

/** Names whose field is remembered: a file is asked for in many ranges, and the rules for names are slow. */
const known = new LRUCache<string, string>({ max: 1_000 })

/** What a download is called, in the header as in a Metalink. */
export const downloadName = (name: string): string => safeFileName(name) ?? 'download'

/**
 * Content-Disposition that names a download (RFC 6266): an ASCII form for old clients and the exact name
 * in the form of RFC 8187. Pure ASCII whatever `name` is.
 */
export function contentDisposition(name: string): string {
  const before = known.get(name)
  if (before !== undefined) return before
  const safe = downloadName(name)
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
