import type { FileRef } from '../../kit/adapter.js'
import { domainOf } from '../../kit/links.js'

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

const FILE_ID = /^[a-z0-9]{5,20}$/
const FOLDER = /^\/dir\/([A-Za-z0-9]{5,20})\/?$/

/**
 * `https://<domain>/?<id>`, the very old `https://<id>.<domain>/`, and folders `/dir/<id>`. A file answers only
 * on the domain that its uploader chose, so the canonical URL keeps it, while the id is the same everywhere.
 */
export function match(url: URL): FileRef | undefined {
  const hostDomain = domainOf({ domains: DOMAINS }, url, { subdomains: true })
  if (hostDomain === undefined) return undefined
  const labels = url.hostname.replace(/\.$/, '').replace(/^www\./, '')
  const oldId = labels.slice(0, -hostDomain.length - 1)
  const folderId = oldId === '' ? FOLDER.exec(url.pathname)?.[1] : undefined
  if (folderId !== undefined) {
    const canonicalUrl = `https://${hostDomain}/dir/${folderId}`
    return { fileId: `dir/${folderId}`, canonicalUrl, kind: 'folder', hostDomain }
  }
  // What else the query holds has names: `af`, `e`, `auth`.
  const bare = url.search
    .slice(1)
    .split('&')
    .find((part) => !part.includes('='))
  const fileId = oldId === '' ? bare : oldId
  if (url.pathname !== '/' || fileId === undefined || !FILE_ID.test(fileId)) return undefined
  return { fileId, canonicalUrl: `https://${hostDomain}/?${fileId}`, kind: 'file', hostDomain }
}
