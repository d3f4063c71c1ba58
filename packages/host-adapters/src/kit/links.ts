import type { FileRef } from './adapter.js'
import { HostError } from './errors.js'
import { decodedSegment } from './fields/text.js'
import { bareHostname } from './hostname.js'

/** Which subdomains of a platform's domains have its links: none, all, or those of these labels. */
type Subdomains = boolean | readonly string[]

/**
 * The domain of a platform that a URL is on; undefined for another's. A subdomain other than `www.` counts only
 * where `subdomains` says so.
 */
export function domainOf(
  domains: readonly string[],
  url: URL,
  { subdomains = false }: { subdomains?: Subdomains | undefined } = {},
): string | undefined {
  const hostname = bareHostname(url.hostname)
  return domains.find((domain) => {
    if (hostname === domain || !hostname.endsWith(`.${domain}`)) return hostname === domain
    const label = hostname.slice(0, -domain.length - 1)
    return typeof subdomains === 'boolean' ? subdomains : subdomains.includes(label)
  })
}

/** One form of a platform's links: an id in the path. */
export interface LinkForm {
  /** Files unless given. */
  kind?: FileRef['kind']
  /**
   * Pattern of the URL's path. The first group is the id, the second, if there is one, what comes behind it: its last
   * segment is the name as it is written there.
   */
  path: RegExp
  /** The `fileId` of the id in the path, which it is itself unless given; undefined for what only looks like one. */
  fileId?(id: string): string | undefined
  /** Path of the canonical URL of a `fileId`. */
  canonical(fileId: string): string
  /** Domains of the platform that have links of this form; all unless given. */
  domains?: readonly string[]
  /** None unless given. */
  subdomains?: Subdomains
}

/** `match` of a platform whose links all have an id in the path. The first form that fits makes the reference. */
export function linksAt(
  domains: readonly [string, ...string[]],
  ...forms: readonly LinkForm[]
): (url: URL) => FileRef | undefined {
  return (url) => {
    for (const form of forms) {
      const [, id, rest = ''] = form.path.exec(url.pathname) ?? []
      const fileId = id === undefined || form.fileId === undefined ? id : form.fileId(id)
      if (fileId === undefined || domainOf(form.domains ?? domains, url, form) === undefined) continue
      const canonicalUrl = `https://${domains[0]}${form.canonical(fileId)}`
      const { kind = 'file' } = form
      const name = rest.slice(rest.lastIndexOf('/') + 1)
      return { fileId, canonicalUrl, kind, ...(name !== '' && { nameHint: decodedSegment(name) }) }
    }
    return undefined
  }
}

/** Raises FOLDER for a folder in place of a file, BAD_URL for a file in place of a folder. */
export function requireKind(platform: string, refs: readonly FileRef[], kind: FileRef['kind']): void {
  if (refs.every((ref) => ref.kind === kind)) return
  throw new HostError(kind === 'file' ? 'FOLDER' : 'BAD_URL', `${platform}: link is not that of a ${kind}`)
}
