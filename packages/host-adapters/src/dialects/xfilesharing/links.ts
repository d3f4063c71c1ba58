import type { FileRef } from '../../kit/adapter.js'
import { linksAt } from '../../kit/links.js'
import type { Site } from './site.js'

const FILE =
  /^\/(?:embed-|[de]\/)?([a-z0-9]{12})(?:-\d{1,5}x\d{1,5})?(?:\.html?)?(?:\/([^/]*?)(?:\.[Hh][Tt][Mm][Ll]?)?)?\/?$/
const SHORT = /^\/d\/([A-Za-z0-9]{1,32})\/?$/
const SHORT_PREFIX = 'd-'

/** Pages of the script whose names have the form of a file's code. */
const PAGES: ReadonlySet<string> = new Set(['registration'])

type Links = Pick<Site, 'domains' | 'shortLinks'>

/** Codes are 12 lower-case characters; short ids, where a site has them, are of any other kind and case. */
export function matcher({ domains, shortLinks = false }: Links): (url: URL) => FileRef | undefined {
  const canonical = (fileId: string) => `/${fileCode({ fileId })}`
  const code = (id: string) => (PAGES.has(id) ? undefined : id)
  // Download servers have links of the short form on names of their own.
  const short = { path: SHORT, fileId: (id: string) => SHORT_PREFIX + id, canonical }
  return linksAt(
    domains,
    { path: FILE, fileId: code, canonical, subdomains: true },
    ...(shortLinks ? [short] : []),
  )
}

export function isShort({ fileId }: Pick<FileRef, 'fileId'>): boolean {
  return fileId.startsWith(SHORT_PREFIX)
}

/** The file in the words of `file/direct_link`. */
export function fileCode(ref: Pick<FileRef, 'fileId'>): string {
  return isShort(ref) ? `d/${ref.fileId.slice(SHORT_PREFIX.length)}` : ref.fileId
}
