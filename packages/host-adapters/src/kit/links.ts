import type { FileRef } from './adapter.js'
import { decodedSegment } from './fields/text.js'
import type { HostManifest } from './manifest.js'

/**
 * The domain of a platform that a URL is on, as in the manifest; undefined for another's. A subdomain other
 * than `www.` counts only where `subdomains` says so.
 */
export function domainOf(
  { domains }: Pick<HostManifest, 'domains'>,
  url: URL,
  { subdomains = false } = {},
): string | undefined {
  const hostname = url.hostname.replace(/\.$/, '').replace(/^www\./, '')
  return domains.find((domain) => hostname === domain || (subdomains && hostname.endsWith(`.${domain}`)))
}

/**
 * `match` of a platform whose links are all files at one kind of path. The first group of `link` is the id, the
 * second, if there is one, the name as it is written in the URL. `canonical` makes the path from the id.
 */
export function filesAt(
  manifest: Pick<HostManifest, 'domains'>,
  link: RegExp,
  canonical: (fileId: string) => string,
): (url: URL) => FileRef | undefined {
  return (url) => {
    const hostDomain = domainOf(manifest, url)
    const [, fileId, name] = link.exec(url.pathname) ?? []
    if (hostDomain === undefined || fileId === undefined) return undefined
    const canonicalUrl = `https://${manifest.domains[0]}${canonical(fileId)}`
    return { fileId, canonicalUrl, kind: 'file', hostDomain, ...(name && { nameHint: decodedSegment(name) }) }
  }
}
