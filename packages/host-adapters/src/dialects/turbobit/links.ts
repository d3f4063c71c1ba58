import type { FileRef } from '../../kit/adapter.js'
import { linksAt } from '../../kit/links.js'
import { isSitePage } from '../../kit/site-pages.js'
import type { Site } from './site.js'

type Links = Pick<Site, 'domains' | 'pages'>

/** Subdomains under which the site itself answers. */
const LABELS = ['new', 'app', 'm'] as const
/** Pages in a language have it before the rest; links of download pages begin with two slashes at times. */
const HTML_PAGE = /^\/(?:[a-z]{2}\/)?([A-Za-z0-9]{4,32})(?:\.html|\/(.*?)\.html)\/?$/
const BARE_PAGE = /^\/(?:[a-z]{2}\/)?([A-Za-z0-9]{4,32})(?:\/(.*))?$/
const DOWNLOAD_PAGE =
  /^\/{1,2}(?:[a-z]{2}\/)?download\/(?:free|started|redirect\/[^/]{1,128})\/([A-Za-z0-9]{4,32})(?:\/(.*?))?\/?$/
const FOLDER = /^\/(?:[a-z]{2}\/)?download\/folder\/(\d{1,20})\/?$/
const FOLDER_PREFIX = 'folder-'
/** Most ids are of this length, or mix cases; words of the site in letters alone hardly do. */
const ID_LENGTH = 12

/** Ids are letters and digits; their case counts. */
export function matcher({ domains, pages }: Links): (url: URL) => FileRef | undefined {
  const id = (word: string) => (isSitePage(word) ? undefined : word)
  const file = { fileId: id, canonical: (fileId: string) => filePath(pages, fileId), subdomains: LABELS }
  return linksAt(
    domains,
    {
      kind: 'folder',
      path: FOLDER,
      fileId: (number) => FOLDER_PREFIX + number,
      canonical: (fileId) => `/download/folder/${fileId.slice(FOLDER_PREFIX.length)}`,
      subdomains: LABELS,
    },
    { ...file, path: HTML_PAGE },
    { ...file, path: DOWNLOAD_PAGE },
    {
      ...file,
      path: BARE_PAGE,
      fileId: (word) => (/\d|.[A-Z]/.test(word) || word.length === ID_LENGTH ? id(word) : undefined),
    },
  )
}

export function fileUrl({ domains, pages }: Pick<Links, 'domains' | 'pages'>, id: string): string {
  return `https://${domains[0]}${filePath(pages, id)}`
}

function filePath(pages: Site['pages'], id: string): string {
  return `/${id}${pages === 'html' ? '.html' : ''}`
}
