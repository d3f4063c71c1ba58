import { baseName, decodedSegment } from './text.js'

/**
 * The file's name in a Content-Disposition: `filename*` (RFC 8187) before `filename` (RFC 6266), without any path.
 * Undefined where there is none.
 */
export function dispositionName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const extended = /;\s*filename\*\s*=\s*(utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(header)
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header)
  const quoted = plain?.[1]?.replace(/\\(.)/g, '$1')
  return baseName(decodeExtended(extended?.[1], extended?.[2])) ?? baseName(utf8(quoted ?? plain?.[2]))
}

function decodeExtended(charset: string | undefined, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  if (charset?.toLowerCase() === 'utf-8') return decodedSegment(value)
  return value.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

/** Header bytes arrive as Latin-1; many servers mean UTF-8. */
function utf8(value: string | undefined): string | undefined {
  if (value === undefined || !/[\x80-\xff]/.test(value)) return value
  const text = Buffer.from(value, 'latin1').toString('utf8')
  return text.includes('\ufffd') ? value : text
}
