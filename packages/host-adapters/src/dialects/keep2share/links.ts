import type { FileRef } from '../../kit/adapter.js'
import { linksAt } from '../../kit/links.js'

const FILE = /^\/(?:f|file|preview)\/(?:info\/)?([a-z0-9_-]{13,64})(?:\/(.*?))?\/?$/i
const FOLDER = /^\/folder\/(?:info\/)?([a-z0-9]{13,64})(?:\/(.*?))?\/?$/i
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
  return `https://${domain}${pathOf(kind, id)}`
}

/** Recognises links on the domains, canonical first, and on all their subdomains. */
export function matcher(domains: readonly [string, ...string[]]): (url: URL) => FileRef | undefined {
  const form = (kind: FileRef['kind'], path: RegExp) => ({
    kind,
    path,
    fileId: oneSpelling,
    canonical: (id: string) => pathOf(kind, id),
    subdomains: true,
  })
  return linksAt(domains, form('file', FILE), form('folder', FOLDER))
}

function pathOf(kind: FileRef['kind'], id: string): string {
  return `/${kind}/${id}`
}
