import type { FileRef } from '../../kit/adapter.js'
import { decodedSegment } from '../../kit/fields/text.js'

const LINK = /^\/(?:f|file|preview|(folder))\/(?:info\/)?([a-z0-9_-]{13,64})(?:\/([^/]*))?\/?$/i
const PLAIN_ID = /^[a-z0-9]{13}$/i

/**
 * One spelling of an id. Plain ids are the same in either case; longer ones are tracking ids, whose case
 * counts.
 */
export function oneSpelling(id: string): string {
  return PLAIN_ID.test(id) ? id.toLowerCase() : id
}

/** The link of an id at the platform whose canonical domain is `domain`. */
export function linkTo(domain: string, kind: FileRef['kind'], id: string): string {
  return `https://${domain}/${kind}/${id}`
}

/** Recognises links on the domains, canonical first, and on all their subdomains. */
export function matcher(domains: readonly [string, ...string[]]): (url: URL) => FileRef | undefined {
  return (url) => {
    const hostDomain = url.hostname
      .toLowerCase()
      .replace(/\.$/, '')
      .replace(/^www\./, '')
    if (!domains.some((domain) => hostDomain === domain || hostDomain.endsWith(`.${domain}`)))
      return undefined
    const [, folder, id, tail = ''] = LINK.exec(url.pathname) ?? []
    if (id === undefined || (folder !== undefined && /[_-]/.test(id))) return undefined
    const kind = folder === undefined ? 'file' : 'folder'
    const fileId = oneSpelling(id)
    const nameHint = decodedSegment(tail)
    return {
      fileId,
      canonicalUrl: linkTo(domains[0], kind, fileId),
      kind,
      ...(nameHint && { nameHint }),
      hostDomain,
    }
  }
}
