import type { FileRef } from '../../kit/adapter.js'
import { linksAt } from '../../kit/links.js'
import type { Site } from './site.js'

type Links = Pick<Site, 'domains' | 'pages' | 'shortDomains'>

/** Subdomains under which the site itself answers. */
const LABELS = ['new', 'app', 'm'] as const
const HTML_PAGE = /^\/([A-Za-z0-9]{1,32})(?:\.html|\/([^/]*)\.html)\/?$/
const BARE_PAGE = /^\/([A-Za-z0-9]{1,32})(?:\/([^/]*))?\/?$/
const DOWNLOAD_PAGE = /^\/download\/(?:free|redirect\/[^/]{1,128})\/([A-Za-z0-9]{1,32})\/?$/
const FOLDER = /^\/download\/folder\/(\d{1,20})\/?$/
const FOLDER_PREFIX = 'folder-'

/** Pages of the site that have the form of a file's. */
const PAGES: ReadonlySet<string> = new Set([
  ...['about', 'abuse', 'affiliate', 'api', 'contact', 'contacts', 'copyright', 'download', 'faq', 'files'],
  ...['folder', 'help', 'index', 'lang', 'linkchecker', 'login', 'logout', 'news', 'payment', 'premium'],
  ...['privacy', 'registration', 'reset', 'rules', 'search', 'settings', 'support', 'terms'],
  ...['upload', 'user'],
])

/** Ids are letters and digits; their case counts. */
export function matcher({ domains, pages, shortDomains }: Links): (url: URL) => FileRef | undefined {
  const common = {
    fileId: (id: string) => (PAGES.has(id.toLowerCase()) ? undefined : id),
    canonical: (fileId: string) => filePath(pages, fileId),
    subdomains: LABELS,
  }
  const bare = { ...common, path: BARE_PAGE }
  if (pages === 'bare') return linksAt(domains, bare)
  const folders = {
    kind: 'folder' as const,
    path: FOLDER,
    fileId: (id: string) => FOLDER_PREFIX + id,
    canonical: (fileId: string) => `/download/folder/${fileId.slice(FOLDER_PREFIX.length)}`,
    subdomains: LABELS,
  }
  return linksAt(
    domains,
    folders,
    { ...common, path: HTML_PAGE },
    { ...bare, domains: shortDomains ?? [] },
    { ...common, path: DOWNLOAD_PAGE },
  )
}

export function fileUrl({ domains, pages }: Pick<Links, 'domains' | 'pages'>, id: string): string {
  return `https://${domains[0]}${filePath(pages, id)}`
}

function filePath(pages: Site['pages'], id: string): string {
  return `/${id}${pages === 'html' ? '.html' : ''}`
}
