import type { FileRef } from '../../kit/adapter.js'
import { decodedSegment } from '../../kit/fields/text.js'
import { bareHostname } from '../../kit/hostname.js'
import { domainOf } from '../../kit/links.js'

export const DOMAINS = ['mediafire.com', 'mediafirecdn.com', 'mfi.re'] as const

const SITE = 'https://www.mediafire.com'
const FILE_KEY = /^(?:[a-z0-9]{11}|[a-z0-9]{15})$/
const FOLDER_KEY = /^[a-z0-9]{13}$/
const FILE_WORDS: ReadonlySet<string> = new Set([
  ...['file', 'file_premium', 'download', 'download_repair', 'listen', 'watch', 'view'],
])
const QUERY_WORDS: ReadonlySet<string> = new Set([
  ...[...FILE_WORDS, 'folder', 'i', 'download.php', 'imageview.php', ''],
])
/** Hostnames whose links are a key alone. */
const KEY_HOSTS: ReadonlySet<string> = new Set(['app.mediafire.com', 'mfi.re'])
const DOWNLOAD_SERVER = /^download\d*\./
/** MAX_KEYS is as many keys as a URL of ordinary length holds. */
const MAX_KEYS = 200

/** The files and folders that a link names; more than one is a list, which has no page of its own. */
export function match(url: URL): FileRef | undefined {
  if (domainOf(DOMAINS, url, { subdomains: true }) === undefined) return undefined
  const named = DOWNLOAD_SERVER.test(url.hostname)
    ? directLink(url)
    : (pageLink(url) ?? queryLink(url) ?? keyLink(url))
  if (named === undefined) return undefined
  const keys = new Set(named.keys.split(',', MAX_KEYS + 1).map((key) => key.toLowerCase()))
  const [key = ''] = keys
  if (keys.size > 1) return listOf([...keys])
  const nameHint = decodedSegment(named.name ?? '')
  if (named.folder !== true && FILE_KEY.test(key)) {
    return { ...keyRef(key, 'file'), ...(nameHint && { nameHint }) }
  }
  return FOLDER_KEY.test(key) ? keyRef(key, 'folder') : undefined
}

/** The keys in the id of a list. */
export function keysIn({ fileId }: FileRef): string[] {
  return fileId.split(',')
}

/** The link of one key, whichever kind it is. */
export function linkOf(key: string): string {
  return keyRef(key, FOLDER_KEY.test(key) ? 'folder' : 'file').canonicalUrl
}

interface Named {
  keys: string
  name?: string | undefined
  folder?: boolean
}

/** `download<n>.mediafire.com/<token>/<key>/<name>`. */
function directLink({ pathname }: URL): Named | undefined {
  const [, , key, name, ...rest] = pathname.split('/')
  return key === undefined || name === undefined || rest.length > 0 ? undefined : { keys: key, name }
}

function pageLink({ pathname }: URL): Named | undefined {
  const [, word = '', keys, name] = pathname.split('/')
  if (keys === undefined || keys === '') return undefined
  if (word === 'folder') return { keys, folder: true }
  return FILE_WORDS.has(word) ? { keys, name } : undefined
}

/** `/<key>`. */
function keyLink({ hostname, pathname }: URL): Named | undefined {
  return KEY_HOSTS.has(bareHostname(hostname)) ? { keys: pathname.replace(/^\/|\/$/g, '') } : undefined
}

/** `/?<key>`, `/?quickkey=<key>`, `/?sharekey=<key>` and their like. */
function queryLink({ pathname, search }: URL): Named | undefined {
  if (!QUERY_WORDS.has(pathname.replace(/^\/|\/$/g, ''))) return undefined
  const [, name, value] = /^\?([a-z0-9,_%]+)=?([a-z0-9,%]*)/i.exec(search) ?? []
  if (name === undefined || value === undefined) return undefined
  if (name === 'quickkey') return { keys: decodedSegment(value) }
  if (name === 'sharekey') return { keys: decodedSegment(value), folder: true }
  return { keys: decodedSegment(name) }
}

function keyRef(key: string, kind: FileRef['kind']): FileRef {
  return { fileId: key, canonicalUrl: `${SITE}/${kind}/${key}`, kind }
}

function listOf(keys: readonly string[]): FileRef | undefined {
  const sound = keys.length <= MAX_KEYS && keys.every((key) => FILE_KEY.test(key) || FOLDER_KEY.test(key))
  const fileId = keys.join(',')
  return sound ? { fileId, canonicalUrl: `${SITE}/?${fileId}`, kind: 'folder' } : undefined
}
