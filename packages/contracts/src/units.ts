const BYTE_UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  pb: 1e15,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
}

const MS_UNITS: Record<string, number> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 }

/** `1TB`, `60GB`, `512MiB`, `1048576` → bytes; undefined if it is not a size or beyond 2^53. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim())
  const unit = BYTE_UNITS[match?.[2]?.toLowerCase() ?? 'none']
  if (!match || unit === undefined) return undefined
  const bytes = Math.round(Number(match[1]) * unit)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** `7d`, `12h`, `30m`, `45s`, `500ms` → ms; undefined if it is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|[smhdw])$/i.exec(text.trim())
  const unit = MS_UNITS[match?.[2]?.toLowerCase() ?? 'none']
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : undefined
}

const DECIMAL_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** `1.0 TB`, `999 B`; decimal units, as sizes are given to the command line. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes)
  let unit = 0
  while (unit < DECIMAL_UNITS.length - 1 && (unit === 0 ? value >= 1000 : value >= 999.95)) {
    value /= 1000
    unit++
  }
  return `${bytes < 0 ? '-' : ''}${unit === 0 ? value : value.toFixed(1)} ${DECIMAL_UNITS[unit]}`
}
