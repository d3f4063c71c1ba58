import type { HashAlgorithm } from '../adapter.js'

const HEX_LENGTH: Readonly<Record<HashAlgorithm, number>> = { md5: 32, sha1: 40, sha256: 64 }
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

/** Text that says something; numbers are taken for text too. Undefined for the rest. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined
}

/** Text that a host wrote for a page: its character references resolved once. */
export function fromHtml(text: string): string {
  return text.replace(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** A digest in hex of the right length, in lower case. Undefined for anything else. */
export function hashOf(
  algorithm: HashAlgorithm,
  value: unknown,
): { algorithm: HashAlgorithm; value: string } | undefined {
  const hex = typeof value === 'string' ? value.trim().toLowerCase() : ''
  const fits = hex.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(hex)
  return fits ? { algorithm, value: hex } : undefined
}

/** baseName returns what comes after the last slash or backslash; undefined for what is no name. */
export function baseName(name: string | undefined): string | undefined {
  const base = name?.split(/[/\\]/).at(-1)?.trim()
  return base === undefined || base === '' || base === '.' || base === '..' ? undefined : base
}

/** A path segment of a URL as a person reads it; as it is where it is no valid UTF-8. */
export function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** One spelling of percent-encoded text (RFC 3986 §6.2.2): upper-case digits, and nothing encoded that need not be. */
export function oneEncoding(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (code) => {
    const char = String.fromCharCode(parseInt(code.slice(1), 16))
    return /[\w.~-]/.test(char) ? char : code.toUpperCase()
  })
}
