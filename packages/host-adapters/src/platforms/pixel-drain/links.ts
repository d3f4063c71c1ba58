import type { FileRef } from '../../kit/adapter.js'
import { domainOf } from '../../kit/links.js'
import { isSitePage } from '../../kit/site-pages.js'

/** Canonical first; the others are mirrors of the same data. */
export const DOMAINS = [
  'pixeldrain.com',
  'pixeldrain.net',
  'pixeldrain.nl',
  'pixeldrain.biz',
  'pixeldrain.tech',
  'pixeldrain.dev',
  'pixeldra.in',
] as const

/** Target is what a link leads to; ids are case-sensitive. */
export type Target =
  | { at: 'file'; id: string }
  /** One file of a list, by its number from 0; the whole list without. */
  | { at: 'list'; id: string; item?: number }
  /** A node of a shared filesystem: `<id>[/path]`, percent-encoded. */
  | { at: 'filesystem'; path: string }

const FILE = /^\/(?:u|api\/file)\/([A-Za-z0-9_-]{4,32})(?:\/.*)?$/
/** Without a letter before it, an id has the length that ids have. */
const BARE_FILE = /^\/([A-Za-z0-9]{8})\/?$/
const LIST = /^\/(?:l|api\/list)\/([A-Za-z0-9_-]{4,32})(?:\/.*)?$/
const ITEM = /^#item=(\d{1,5})$/
const FILESYSTEM = /^\/(d|api\/filesystem)\/([A-Za-z0-9_-]{4,32})(\/.*)?$/

/**
 * Files `/u/<id>`, lists `/l/<id>` (`#item=<n>` is one of its files) and shared filesystems `/d/<id>[/path]`,
 * also in the spelling of the API. Whether a path of a filesystem is that of a directory, only the host knows: in
 * the spelling of the site, and with a slash at the end, it is a folder, which may be of one file.
 */
export function match(url: URL): FileRef | undefined {
  const link = domainOf(DOMAINS, url) === undefined ? undefined : linkOf(url)
  return link && { ...link, canonicalUrl: `https://${DOMAINS[0]}${link.canonicalUrl}` }
}

/** targetOf returns what `fileId` of a link stands for. */
export function targetOf({ fileId }: Pick<FileRef, 'fileId'>): Target {
  const [kind, id = '', item] = fileId.split(/[/#]/, 3)
  if (kind === 'd') return { at: 'filesystem', path: fileId.slice(2) }
  if (kind === 'l') return { at: 'list', id, ...(item !== undefined && { item: Number(item) }) }
  return { at: 'file', id: fileId }
}

/** Its canonical URL is a path. */
function linkOf({ hash, pathname }: URL): FileRef | undefined {
  const bare = BARE_FILE.exec(pathname)?.[1]
  const file = FILE.exec(pathname)?.[1] ?? (isSitePage(bare ?? '') ? undefined : bare)
  if (file !== undefined) return { fileId: file, canonicalUrl: `/u/${file}`, kind: 'file' }
  const list = LIST.exec(pathname)?.[1]
  if (list !== undefined) {
    const item = ITEM.exec(hash)?.[1]
    if (item === undefined) return { fileId: `l/${list}`, canonicalUrl: `/l/${list}`, kind: 'folder' }
    const number = Number(item)
    return { fileId: `l/${list}#${number}`, canonicalUrl: `/l/${list}#item=${number}`, kind: 'file' }
  }
  const [, spelling, id, rest = ''] = FILESYSTEM.exec(pathname) ?? []
  if (id === undefined) return undefined
  const names = rest.split('/').filter((name) => name !== '')
  const path = [id, ...names.map(encodeName)].join('/')
  const isDirectory = rest.endsWith('/') || spelling === 'd'
  if (isDirectory) return { fileId: `d/${path}`, canonicalUrl: `/d/${path}/`, kind: 'folder' }
  return { fileId: `d/${path}`, canonicalUrl: `/api/filesystem/${path}`, kind: 'file' }
}

/** One spelling for all; what is no valid UTF-8 stays as it is. */
function encodeName(name: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(name))
  } catch {
    return name
  }
}
