const DIGITS = /^\d{1,17}$/
const AMOUNT = /^([\d ]{1,20}(?:[.,]\d{1,9})?)\s*([kmgtp]?)(i?)b?(?:ytes?)?$/i
const UNLIMITED: ReadonlySet<string> = new Set(['inf', 'infinity', 'unlimited', '∞'])
const POWERS = ['', 'k', 'm', 'g', 't', 'p']

/** A number that a host states as a number or as text. Undefined is unknown. */
export function numberOf(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && /^\s*-?\d{1,17}(\.\d{1,17})?\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** A count of bytes that hosts state as a number or as digits. Undefined is unknown; 0 stays 0. */
export function bytesOf(value: unknown): number | undefined {
  const count = typeof value === 'string' && DIGITS.test(value.trim()) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

/** Bytes of traffic that are left: as `bytesOf`, where a host counts on below zero 0. -1 says nothing. */
export function trafficOf(value: unknown): number | undefined {
  return overdrawn(value) ? 0 : bytesOf(value)
}

/** More was used than there was. Of -1 nobody knows: at some hosts it is "without a limit". */
function overdrawn(value: unknown): boolean {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  return (
    /^-(?!1(\.0{1,9})?$)[\d ]{1,20}([.,]\d{1,9})?\s?[kmgtp]?i?b?$/i.test(text) &&
    !/^-[0., ]{1,20}$/.test(text)
  )
}

export interface AmountRules {
  /** Unit of a number that has none. Default `B`. */
  unit?: 'B' | 'KB' | 'MB' | 'GB' | 'TB'
  /** Bytes of a KB, whatever the host writes. Default 1024. */
  base?: 1000 | 1024
}

/**
 * An amount of bytes with or without a unit: `1000.0 GB`, `98,5`, `12345`. Rounded to whole bytes; a decimal
 * comma or point, no grouping but spaces. 0 for what is overdrawn. Infinity for what hosts call `inf` or `unlimited`.
 */
export function amountOf(value: unknown, { unit = 'B', base = 1024 }: AmountRules = {}): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : ''
  if (text.length > 40) return undefined
  if (UNLIMITED.has(text.toLowerCase())) return Infinity
  if (overdrawn(value)) return 0
  const [, figure, prefix = ''] = AMOUNT.exec(text) ?? []
  if (figure === undefined) return undefined
  const stated = /[a-z]$/i.test(text) ? prefix : unit.slice(0, -1)
  const bytes = Math.round(
    Number(figure.replaceAll(' ', '').replace(',', '.')) * base ** POWERS.indexOf(stated.toLowerCase()),
  )
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

const YES: ReadonlySet<unknown> = new Set([true, 1, '1', 'true', 'yes', 'y', 'on'])
const NO: ReadonlySet<unknown> = new Set([false, 0, '0', 'false', 'no', 'n', 'off', ''])

/** A yes or no in whatever words. Undefined is unknown, null included. */
export function flagOf(value: unknown): boolean | undefined {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value
  if (YES.has(word)) return true
  return NO.has(word) ? false : undefined
}
