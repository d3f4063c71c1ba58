import type { FileRef } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { decodedSegment } from '../../kit/fields/text.js'
import { domainOf } from '../../kit/links.js'
import { FILE_KEY_BYTES, FOLDER_KEY_BYTES, bytesOfBase64 } from './keys.js'

export const DOMAINS = ['mega.nz', 'mega.co.nz', 'mega.io'] as const

/** Handles are 8 characters of base64url, keys 43 (file) or 22 (folder); a canonical URL has none. */
const FILE_PATH = /^\/(?:file|embed)\/([\w-]{8})\/?$/
const FILE_KEY = /^([\w-]{43})?$/
const FOLDER_PATH = /^\/folder\/([\w-]{8})\/?$/
const FOLDER_KEY = /^([\w-]{22})?(?:\/(file|folder)\/([\w-]{8}))?\/?$/
const OLD_FILE = /^!([\w-]{8})(?:!([\w-]{43}))?$/
const OLD_FOLDER = /^F!([\w-]{8})(?:!([\w-]{22}))?(?:([!?])([\w-]{8}))?$/

interface Parts {
  handle: string
  key: string | undefined
  /** The link is of a folder, or of something in it. */
  folder: boolean
  sub?: { kind: 'file' | 'folder'; handle: string }
}

/** The handles that a reference names; `node`: in the folder. */
export interface MegaPlace {
  handle: string
  node?: string
}

export function match(url: URL): FileRef | undefined {
  if (domainOf(DOMAINS, url) === undefined) return undefined
  const parts = partsOf(url.pathname, decodedSegment(url.hash.slice(1)))
  return parts && refOf(parts)
}

/** placeOf returns the place of a reference that `match` made. */
export function placeOf({ fileId }: Pick<FileRef, 'fileId'>): MegaPlace {
  const [handle = '', node] = fileId.split('/')
  return { handle, ...(node !== undefined && { node }) }
}

/** The key in the link. Raises BAD_URL for a link without one: clients that drop fragments lose it. */
export function keyOf({ secret }: Pick<FileRef, 'secret'>, length: number): Buffer {
  const key = bytesOfBase64(secret ?? '', length)
  if (key === undefined) throw new HostError('BAD_URL', 'Mega: link has no key, which comes behind its #')
  return key
}

/** folderFileUrl is the link to a file in a folder, as a user would paste it. */
export function folderFileUrl(handle: string, key: string, node: string): string {
  return `https://${DOMAINS[0]}/folder/${handle}#${key}/file/${node}`
}

function refOf({ folder, handle, key, sub }: Parts): FileRef {
  const bytes = bytesOfBase64(key ?? '', folder ? FOLDER_KEY_BYTES : FILE_KEY_BYTES)
  const base = `https://${DOMAINS[0]}/${folder ? 'folder' : 'file'}/${handle}`
  return {
    fileId: sub === undefined ? handle : `${handle}/${sub.handle}`,
    canonicalUrl: sub === undefined ? base : `${base}#/${sub.kind}/${sub.handle}`,
    kind: sub?.kind ?? (folder ? 'folder' : 'file'),
    ...(bytes !== undefined && { secret: bytes.toString('base64url') }),
  }
}

function partsOf(path: string, fragment: string): Parts | undefined {
  const [, file] = FILE_PATH.exec(path) ?? []
  const fileKey = FILE_KEY.exec(fragment)
  if (file !== undefined)
    return fileKey === null ? undefined : { handle: file, key: fileKey[1], folder: false }
  const [, folder] = FOLDER_PATH.exec(path) ?? []
  if (folder !== undefined) return insideFolder(folder, FOLDER_KEY.exec(fragment))
  if (path !== '/' && path !== '/embed') return undefined
  const [, oldFile, oldKey] = OLD_FILE.exec(fragment) ?? []
  if (oldFile !== undefined) return { handle: oldFile, key: oldKey, folder: false }
  const [, oldFolder, folderKey, mark, node] = OLD_FOLDER.exec(fragment) ?? []
  if (oldFolder === undefined) return undefined
  const sub = node === undefined ? [] : [mark === '?' ? 'file' : 'folder', node]
  return insideFolder(oldFolder, ['', folderKey, ...sub])
}

function insideFolder(handle: string, found: readonly (string | undefined)[] | null): Parts | undefined {
  if (found === null) return undefined
  const [, key, kind, node] = found
  const sub =
    node === undefined ? {} : { sub: { kind: kind === 'file' ? 'file' : 'folder', handle: node } as const }
  return { handle, key, folder: true, ...sub }
}
