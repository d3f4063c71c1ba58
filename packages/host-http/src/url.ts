/** A URL by the WHATWG rules, or undefined for text that is none. */
export function parseUrl(text: string, base?: URL): URL | undefined {
  return URL.canParse(text, base?.href) ? new URL(text, base) : undefined
}

/** A URL as it may be logged: scheme, host and path; no user info, query or fragment. */
export function publicUrl(url: string): string {
  const parsed = parseUrl(url)
  return parsed === undefined ? '(invalid URL)' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}

/** Port of a URL, the scheme's own when it names none. */
export function portOf(url: Pick<URL, 'protocol' | 'port'>): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}
