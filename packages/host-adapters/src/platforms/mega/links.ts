import type { FileRef } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { decodedSegment } from '../../kit/fields/text.js'
import { domainOf } from '../../kit/links.js'
import { FILE_KEY_BYTES, FOLDER_KEY_BYTES, bytesOfBase64 } from '../../kit/mega/keys.js'

export const DOMAINS = ['mega.nz', 'mega.co.nz', 'mega.io', 'mega.app'] as const

/**
 * Handles are 8 characters of base64url, keys 43 (file) or 22 (folder) and what somebody added; a canonical URL has
 * none. The # of a link comes encoded at times, or as the ! of the old form.
 */
const LINK =
  /^\/(file|embed|folder)\/!?([\w-]{8})\/?(?:[#!]{1,2}([\w-]*)=*)?(?:\/(file|folder)\/([\w-]{8}))?\/?$/
const OLD_LINK = /^\/(?:embed\/?)?#?(F)?!([\w-]{8})(?:!([\w-]{22,})=*)?(?:([!?])([\w-]{8}))?\/?$/
/** What players and trackers put behind a key: where to begin, where one comes from. */
const BEHIND_KEY = /(?<=[#!][\w-]{22,99}={0,3})[!?&].*$/
const KEY_LENGTHS = { file: 43, folder: 22 } as const

interface Parts {
  handle: string
  key: string
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
  const place = decodedSegment(url.pathname) + decodedSegment(url.hash)
  const parts = partsOf(place) ?? partsOf(place.replace(BEHIND_KEY, ''))
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
  const bytes = bytesOfBase64(key, folder ? FOLDER_KEY_BYTES : FILE_KEY_BYTES)
  const base = `https://${DOMAINS[0]}/${folder ? 'folder' : 'file'}/${handle}`
  return {
    fileId: sub === undefined ? handle : `${handle}/${sub.handle}`,
    canonicalUrl: sub === undefined ? base : `${base}#/${sub.kind}/${sub.handle}`,
    kind: sub?.kind ?? (folder ? 'folder' : 'file'),
    ...(bytes !== undefined && { secret: bytes.toString('base64url') }),
  }
}

function partsOf(place: string): Parts | undefined {
  const [, word, handle, key, kind, node] = LINK.exec(place) ?? []
  if (handle !== undefined) return placed(word === 'folder', handle, key, kind, node)
  const [, mark, oldHandle, oldKey, nodeMark, oldNode] = OLD_LINK.exec(place) ?? []
  const oldKind = nodeMark === '?' ? 'file' : 'folder'
  return oldHandle === undefined ? undefined : placed(mark === 'F', oldHandle, oldKey, oldKind, oldNode)
}

/** Undefined for a file with something in it, and for half a key. */
function placed(
  folder: boolean,
  handle: string,
  longKey = '',
  kind?: string,
  node?: string,
): Parts | undefined {
  const length = KEY_LENGTHS[folder ? 'folder' : 'file']
  if ((longKey !== '' && longKey.length < length) || (node !== undefined && !folder)) return undefined
  const sub =
    node === undefined ? {} : { sub: { kind: kind === 'file' ? 'file' : 'folder', handle: node } as const }
  return { handle, key: longKey.slice(0, length), folder, ...sub }
}
