import type { FileRef } from '../../kit/adapter.js'
import { decodedSegment } from '../../kit/fields/text.js'
import { domainOf } from '../../kit/links.js'
import type { Site } from './site.js'

const FILE = /^\/(?:embed-|[de]\/)?([a-z0-9]{12})(?:-\d{1,5}x\d{1,5})?(?:\.html?)?(?:\/([^/]*))?\/?$/
const SHORT = /^\/d\/([A-Za-z0-9]{1,32})\/?$/
const SHORT_PREFIX = 'd-'

/** Pages of the script whose names have the form of a file's code. */
const PAGES: ReadonlySet<string> = new Set(['registration'])

type Links = Pick<Site, 'domains' | 'shortLinks'>

/** Codes are 12 lower-case characters; short ids, where a site has them, are of any other kind and case. */
export function matchLink({ domains, shortLinks = false }: Links, url: URL): FileRef | undefined {
  const hostDomain = domainOf({ domains }, url, { subdomains: true })
  if (hostDomain === undefined) return undefined
  const [, code, tail = ''] = FILE.exec(url.pathname) ?? []
  if (code !== undefined && !PAGES.has(code)) {
    const nameHint = decodedSegment(tail.replace(/\.html?$/i, ''))
    const canonicalUrl = `https://${domains[0]}/${code}`
    return { fileId: code, canonicalUrl, kind: 'file', ...(nameHint && { nameHint }), hostDomain }
  }
  // Download servers have links of this form on names of their own.
  const [, short] = (shortLinks && domainOf({ domains }, url) && SHORT.exec(url.pathname)) || []
  if (short === undefined) return undefined
  const canonicalUrl = `https://${domains[0]}/d/${short}`
  return { fileId: SHORT_PREFIX + short, canonicalUrl, kind: 'file', hostDomain }
}

export function isShort({ fileId }: Pick<FileRef, 'fileId'>): boolean {
  return fileId.startsWith(SHORT_PREFIX)
}

/** The file in the words of `file/direct_link`. */
export function fileCode(ref: Pick<FileRef, 'fileId'>): string {
  return isShort(ref) ? `d/${ref.fileId.slice(SHORT_PREFIX.length)}` : ref.fileId
}
