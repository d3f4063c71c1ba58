/** Browsers by what their User-Agent has, those first that name others, too. */
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const

/** clientName is `Firefox, Windows` of a User-Agent, or its first word. */
export function clientName(userAgent: string | null): string | undefined {
  if (!userAgent) return undefined
  const find = (names: readonly (readonly [string, string])[]) =>
    names.find(([sign]) => userAgent.includes(sign))?.[1]
  const browser = find(BROWSERS)
  if (browser === undefined) return userAgent.split(' ', 1)[0]
  return [browser, find(SYSTEMS)].filter((name) => name !== undefined).join(', ')
}
