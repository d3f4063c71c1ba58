import type { FileRef } from '../../kit/adapter.js'
import { decodedSegment } from '../../kit/fields/text.js'
import type { Site } from './site.js'

type Links = Pick<Site, 'domains' | 'pages' | 'shortDomains'>

/** Labels under which the site itself answers. */
const LABEL = /^(?:www|new|app|m)\./
const HTML_PAGE = /^\/([A-Za-z0-9]{1,32})(?:\.html|\/([^/]*)\.html)\/?$/
const BARE_PAGE = /^\/([A-Za-z0-9]{1,32})(?:\/([^/]*))?\/?$/
const DOWNLOAD_PAGE = /^\/download\/(?:free|redirect\/[^/]{1,128})\/([A-Za-z0-9]{1,32})\/?$/
const FOLDER = /^\/download\/folder\/(\d{1,20})\/?$/

/** Pages of the site that have the form of a file's. */
const PAGES: ReadonlySet<string> = new Set([
  ...['about', 'abuse', 'affiliate', 'api', 'contact', 'contacts', 'copyright', 'download', 'faq', 'files'],
  ...['folder', 'help', 'index', 'lang', 'linkchecker', 'login', 'logout', 'news', 'payment', 'premium'],
  ...[
    'privacy',
    'registration',
    'reset',
    'rules',
    'search',
    'settings',
    'support',
    'terms',
    'upload',
    'user',
  ],
])

/** Ids are letters and digits; their case counts. */
export function matchLink({ domains, pages, shortDomains = [] }: Links, url: URL): FileRef | undefined {
  const hostDomain = url.hostname
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^www\./, '')
  const domain = domains.includes(hostDomain) ? hostDomain : hostDomain.replace(LABEL, '')
  if (!domains.includes(domain)) return undefined
  const base = `https://${domains[0]}`
  const [, folder] = (pages === 'html' && FOLDER.exec(url.pathname)) || []
  if (folder !== undefined) {
    return {
      fileId: `folder-${folder}`,
      canonicalUrl: `${base}/download/folder/${folder}`,
      kind: 'folder',
      hostDomain,
    }
  }
  const bare = pages === 'bare' || shortDomains.includes(domain)
  const [, id, tail] =
    HTML_PAGE.exec(pages === 'html' ? url.pathname : '') ??
    BARE_PAGE.exec(bare ? url.pathname : '') ??
    DOWNLOAD_PAGE.exec(pages === 'html' ? url.pathname : '') ??
    []
  if (id === undefined || PAGES.has(id.toLowerCase())) return undefined
  const nameHint = decodedSegment(tail ?? '')
  const canonicalUrl = fileUrl({ domains, pages }, id)
  return { fileId: id, canonicalUrl, kind: 'file', ...(nameHint && { nameHint }), hostDomain }
}

export function fileUrl({ domains, pages }: Pick<Links, 'domains' | 'pages'>, id: string): string {
  return `https://${domains[0]}/${id}${pages === 'html' ? '.html' : ''}`
}
