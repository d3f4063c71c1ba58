import { parseUrl } from '@obb/host-http'

/**
 * The base URL to use for a platform's `defaultUrl` when an operator overrides it. An override without a
 * path replaces scheme, host and port and keeps the platform's path; one with a path replaces the whole
 * base. Without a trailing slash. Throws a TypeError for an override that is not an http(s) URL.
 */
export function resolveOrigin(defaultUrl: string, override?: string): string {
  if (override === undefined) return withoutSlash(defaultUrl)
  const url = parseUrl(override)
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError('An origin override must be an http or https URL')
  }
  const path = withoutSlash(url.pathname) || withoutSlash(new URL(defaultUrl).pathname)
  return url.origin + path
}

function withoutSlash(text: string): string {
  return text.replace(/(?<!\/)\/+$/, '')
}
