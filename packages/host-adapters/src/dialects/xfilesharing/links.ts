import type { FileRef } from '../../kit/adapter.js'
import { linksAt } from '../../kit/links.js'
import { isSitePage } from '../../kit/site-pages.js'
import type { Site } from './site.js'

const FILE =
  /^\/(?:embed-|[defvw]\/)?([a-z0-9]{12})(?:-\d{1,5}x\d{1,5})?(?:\.html?)?(?:\/(.*?)(?:\.html?)?)?\/?$/i
const CODE = /^[a-z0-9]{12}$/
const SHORT = /^\/d\/([A-Za-z0-9]{1,32})(?:\/(.*?)(?:\.html?)?)?\/?$/
const SHORT_PREFIX = 'd-'
/** Folders that their owners shared; the API lists the account's own alone. */
const FOLDER = /^\/s\/([\w-]{1,64})(?:\/(.*?))?\/?$/
const FOLDER_PREFIX = 'folder-'

type Links = Pick<Site, 'domains' | 'sharedFolders'>

/** Codes are 12 lower-case characters; ids of short links are of any other kind and case. */
export function matcher({ domains, sharedFolders }: Links): (url: URL) => FileRef | undefined {
  const canonical = (fileId: string) => `/${fileCode({ fileId })}`
  const code = (id: string) => (CODE.test(id) && !isSitePage(id) ? id : undefined)
  // Download servers have links of the short form on names of their own.
  const short = {
    path: SHORT,
    fileId: (id: string) => (isSitePage(id) ? undefined : SHORT_PREFIX + id),
    canonical,
  }
  const folder = {
    kind: 'folder' as const,
    path: FOLDER,
    fileId: (id: string) => FOLDER_PREFIX + id,
    canonical: (fileId: string) => `/s/${fileId.slice(FOLDER_PREFIX.length)}`,
  }
  return linksAt(
    domains,
    { path: FILE, fileId: code, canonical, subdomains: true },
    short,
    ...(sharedFolders === true ? [folder] : []),
  )
}

export function isShort({ fileId }: Pick<FileRef, 'fileId'>): boolean {
  return fileId.startsWith(SHORT_PREFIX)
}

/** The file in the words of `file/direct_link`. */
export function fileCode(ref: Pick<FileRef, 'fileId'>): string {
  return isShort(ref) ? `d/${ref.fileId.slice(SHORT_PREFIX.length)}` : ref.fileId
}
