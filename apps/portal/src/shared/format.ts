import type { Language } from '../api/portal-types.js'
import { currentLanguage } from './text.js'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const

const cached = new Map<string, unknown>()

/** The browser's own kind of a language: days are written otherwise in London than in New York. */
function localeOf(language: Language): string {
  return navigator.languages.find((locale) => locale.startsWith(`${language}-`)) ?? language
}

/** Making one takes longer than using it a thousand times. */
function formatter<T>(kind: string, make: (locale: string) => T): T {
  const language = currentLanguage()
  const key = `${language} ${kind}`
  const known = (cached.get(key) as T | undefined) ?? make(localeOf(language))
  cached.set(key, known)
  return known
}

/** `48.2 GB`: decimal units. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes)
  let unit = 0
  while (unit < UNITS.length - 1 && value >= (unit === 0 ? 1000 : 999.5)) {
    value /= 1000
    unit++
  }
  // Intl would spell bytes out.
  if (unit === 0) return `${formatNumber(bytes)} B`
  const digits = value >= 100 ? 0 : 1
  const format = formatter(`bytes ${unit} ${digits}`, (locale) => {
    return new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: UNITS[unit] ?? 'byte',
      unitDisplay: 'short',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  })
  return format.format(bytes < 0 ? -value : value)
}

/** `12.4 MB/s`. */
export function formatSpeed(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

export function formatNumber(value: number): string {
  return formatter('number', (locale) => new Intl.NumberFormat(locale)).format(value)
}

/** `42%`; never 100% of what is not whole. `share`: 0–1. */
export function formatPercent(share: number): string {
  const shown = share >= 1 ? 1 : Math.min(share, 0.99)
  return formatter('percent', (locale) => {
    return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  }).format(shown)
}

const DURATIONS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** `3 min`, `1 hr 20 min`: the two largest units. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds))
  const parts: string[] = []
  for (const [unit, size] of DURATIONS) {
    const count = Math.floor(rest / size)
    if (count === 0 && !(unit === 'second' && parts.length === 0)) {
      if (parts.length > 0) break
      continue
    }
    rest -= count * size
    const format = formatter(`duration ${unit}`, (locale) => {
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' })
    })
    parts.push(format.format(count))
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

/** `9 min`: what is a guess, without seconds where there are minutes. */
export function formatRemaining(seconds: number): string {
  return formatDuration(seconds < 60 ? seconds : Math.round(seconds / 60) * 60)
}

/** Day and time, in the time zone of the browser. */
export function formatTime(at: number | string): string {
  return formatter('time', (locale) => {
    return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  }).format(new Date(at))
}

/** `timeZone`: the browser's unless given. */
export function formatDay(at: number | string, timeZone?: string): string {
  return formatter(`day ${timeZone ?? ''}`, (locale) => {
    return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone })
  }).format(new Date(at))
}

/** `November 2026`, of UTC. */
export function formatMonth(at: number | string): string {
  return formatter('month', (locale) => {
    return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  }).format(new Date(at))
}

/** `28 Nov`, of UTC: under a chart there is room for no more. */
export function formatShortDay(at: number | string): string {
  return formatter('short day', (locale) => {
    return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  }).format(new Date(at))
}

/** `14:00`, in the time zone of the browser. */
export function formatHour(at: number | string): string {
  return formatter('hour', (locale) => {
    return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  }).format(new Date(at))
}

/** `3 minutes ago`, `in 2 hours`. */
export function formatRelative(at: number | string, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  const [unit, size] = DURATIONS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1]
  const format = formatter('relative', (locale) => {
    return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  })
  return format.format(Math.round(seconds / size), unit)
}

/** The time zone of this browser, by its name in the IANA database. */
export const localZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone
