import { createHash } from 'node:crypto'
import type { FileRef } from '../../kit/adapter.js'
import { decodedSegment } from '../../kit/fields/text.js'
import { placeOf } from './indexers.js'

const FILE = /^#([0-9a-f]{64})(?:\/(.*))?$/i
/** Longest name in a link, characters: encoded it has room beside the rest. */
const MAX_NAME = 200
const UPLOADED = /^\/([0-9a-f]{64})$/i

/**
 * An NZB on any hostname, by its name or by the API of an indexer, is a container, `<url>#<fileId>/<name>` a file in it, by the name that this NZB gives it.
 * User info and query belong to the user: they are the secret, `<user info>@<tail>`, and not part of the canonical URL.
 * An NZB that was uploaded is `usenet://nzb/<SHA-256 of its text>`.
 */
export function match(url: URL): FileRef | undefined {
  if (url.protocol === 'usenet:') return matchUploaded(url)
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined
  const place = placeOf(url)
  if (place === undefined) return undefined
  const { document, nameHint, tail } = place
  const userInfo = url.username === '' && url.password === '' ? '' : `${url.username}:${url.password}`
  const secret = tail === '' && userInfo === '' ? undefined : `${userInfo}@${tail}`
  const common = secret === undefined ? {} : { secret }
  const file = fileAt(document, url.hash)
  if (file !== undefined) return { ...file, ...common }
  return {
    fileId: createHash('sha256')
      .update(`${document}\n${secret ?? ''}`)
      .digest('hex'),
    canonicalUrl: document,
    kind: 'folder',
    ...(nameHint === undefined ? {} : { nameHint }),
    ...common,
  }
}

function matchUploaded({ hash, host, pathname, search }: URL): FileRef | undefined {
  const digest = UPLOADED.exec(pathname)?.[1]?.toLowerCase()
  if (host.toLowerCase() !== 'nzb' || digest === undefined || search !== '') return undefined
  const document = `usenet://nzb/${digest}`
  return fileAt(document, hash) ?? { fileId: digest, canonicalUrl: document, kind: 'folder' }
}

function fileAt(document: string, hash: string): FileRef | undefined {
  const [, id, name] = FILE.exec(hash) ?? []
  if (id === undefined) return undefined
  const fileId = id.toLowerCase()
  const named = name ? { ownName: decodedSegment(name) } : {}
  return { fileId, canonicalUrl: `${document}#${fileId}`, kind: 'file', ...named }
}

/** fileLink gives the link to a file of an NZB, with what this NZB calls it. */
export function fileLink(document: string, { fileId, name }: { fileId: string; name?: string }): string {
  const file = `${document}#${fileId}`
  if (name === undefined) return file
  const wellFormed = Buffer.from(name.slice(0, MAX_NAME)).toString()
  return `${file}/${encodeURIComponent(wellFormed)}`
}

/** The digest of the uploaded NZB of a reference; undefined where it is at a URL. */
export function uploadOf({ canonicalUrl }: FileRef): string | undefined {
  return /^usenet:\/\/nzb\/([0-9a-f]{64})/.exec(canonicalUrl)?.[1]
}

/** NzbAddress tells where the NZB of a reference is, its keys included: a secret. */
export interface NzbAddress {
  /** Without user info. */
  url: string
  /** Decoded, `user:password`. */
  userInfo?: string
  /** The same as a user would paste it, without a fragment. */
  link: string
}

export function addressOf({ canonicalUrl, secret = '@' }: FileRef): NzbAddress {
  const split = secret.indexOf('@')
  const userInfo = secret.slice(0, split)
  const [document = ''] = canonicalUrl.split('#', 1)
  const url = document + secret.slice(split + 1)
  if (userInfo === '') return { url, link: url }
  return { url, userInfo: decodedSegment(userInfo), link: url.replace('://', `://${userInfo}@`) }
}
