import type { FileRef } from '../../kit/adapter.js'
import { bareHostname } from '../../kit/hostname.js'
import { domainOf } from '../../kit/links.js'
import { isSitePage } from '../../kit/site-pages.js'

/** Canonical first; the API names most of them by number. */
export const DOMAINS = [
  '1fichier.com',
  'alterupload.com',
  'cjoint.net',
  'desfichiers.com',
  'dfichiers.com',
  'megadl.fr',
  'mesfichiers.org',
  'piecejointe.net',
  'pjointe.com',
  'tenvoi.com',
  'dl4free.com',
  'desfichiers.net',
] as const

const FILE_ID = /^([a-z0-9]{5,20})(?:=?$|[/?]|%26)/
const FOLDER = /^\/(?:[a-z]{2}\/)?dir\/(?:[a-z]{2}\/)?([A-Za-z0-9]{5,20})\/?$/
/** The page of a file, which may say its language. */
const PAGE = /^\/(?:[a-z]{2}\/?)?(?:index\.html)?$/

/**
 * `https://<domain>/?<id>`, the very old `https://<id>.<domain>/`, and folders `/dir/<id>`. A file answers only
 * on the domain that its uploader chose, so the canonical URL keeps it, while the id is the same everywhere.
 */
export function match(url: URL): FileRef | undefined {
  const domain = domainOf(DOMAINS, url, { subdomains: true })
  if (domain === undefined) return undefined
  const label = bareHostname(url.hostname).slice(0, -domain.length - 1)
  const folderId = label === '' ? FOLDER.exec(url.pathname)?.[1] : undefined
  if (folderId !== undefined) {
    return { fileId: `dir/${folderId}`, canonicalUrl: `https://${domain}/dir/${folderId}`, kind: 'folder' }
  }
  // All else that the query holds has names and values: `af`, `e`, `auth`.
  const words = label === '' ? url.search.slice(1).split('&') : [label]
  const fileId = words.map((word) => FILE_ID.exec(word)?.[1]).find((id) => id !== undefined)
  if (!PAGE.test(url.pathname) || fileId === undefined || isSitePage(fileId)) return undefined
  return { fileId, canonicalUrl: `https://${domain}/?${fileId}`, kind: 'file' }
}
