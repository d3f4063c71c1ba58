import { readdir } from 'node:fs/promises'
import { lineAsLink, pastedLinks } from '@obb/contracts'
import type { FileRef, HostAdapter } from './adapter.js'
import { parseUrl } from '@obb/host-http'
import { oneEncoding } from './fields/text.js'
import { bareHostname } from './hostname.js'
import { manifestFaults, ownsNoDomain } from './manifest.js'

export interface HostMatch {
  adapter: HostAdapter
  ref: MatchedRef
}

export interface MatchedRef extends FileRef {
  /** The bare hostname that the user wrote; the platform's pseudo name for links on none. */
  hostDomain: string
}

/**
 * DomainChanges are what an operator changed of hostnames, by platform id. Names are bare: lower case, without `www.`.
 */
export interface DomainChanges {
  /** A manifest's own claim goes first. */
  added?: Readonly<Record<string, readonly string[]>>
  /** Names of a manifest's own that are nobody's any more, so plain links may take them. */
  retired?: Readonly<Record<string, readonly string[]>>
}

export interface HostRegistry {
  /** Every platform, in order of id. */
  adapters(): HostAdapter[]
  get(id: string): HostAdapter | undefined
  /** The platform a hostname belongs to, subdomains included; never one that is on foreign hostnames. */
  owner(hostname: string, changes?: DomainChanges): HostAdapter | undefined
  /**
   * The file behind the one link in what a user pasted. Total: undefined for anything that is no supported link, and
   * for several. A hostname that belongs to a platform is never handed to the catch-all.
   */
  match(rawUrl: string, changes?: DomainChanges): HostMatch | undefined
}

/** Longest text that is read as a link, characters: queries with tracking in them are long. */
const MAX_PASTED_LENGTH = 8192
/** Longest canonical URL, UTF-8 bytes. */
const MAX_URL_LENGTH = 2048
/** Longest file id, UTF-8 bytes: it stands in indexes, whose rows PostgreSQL keeps below 2704 bytes. */
export const MAX_FILE_ID_BYTES = 1024
/** No longer name can be resolved (RFC 1035 §2.3.4), and the domains above one are looked at one by one. */
const MAX_HOSTNAME_LENGTH = 253
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/
/** Sites for telephones have the same links. */
const MOBILE = /^m\.(?=[^.]+\.[^.])/
/** Lines of a link that a program has broken. */
const BROKEN = /^\s*\S+(?:[\r\n]+\S+){1,20}\s*$/
/** Pages that lead on to a link in their query, by the names that they give it; no file is one. */
const CARRIED =
  /^[^?#]*?(?:\.(?:php|html?|aspx?|cgi|jsp)|\/[^./?#]*|:\/\/[^/?#]*)\?(?:[^#]*&)?(?:(?:u|url|uri|q|to|target|link|goto|go|out|redir|redirect|redirect_?url|dest|destination|href|l|r|s|z)=)?(https?(?::|%3a)[^&#]{1,2000})/i
const PLATFORMS = new URL('../platforms/', import.meta.url)

/** Finds every folder under `platforms/`. Throws with all faults when one is unsound or two collide. */
export async function loadRegistry(): Promise<HostRegistry> {
  const platforms = await discover()
  return createRegistry(platforms.map(({ adapter }) => adapter))
}

export interface PlatformFolder {
  folder: string
  adapter: HostAdapter
}

export async function discover(): Promise<PlatformFolder[]> {
  const entries = await readdir(PLATFORMS, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const platforms: PlatformFolder[] = []
  // One after the other: Jest's loader of modules fails at imports in parallel that share some.
  for (const folder of folders.sort()) {
    const { adapter } = (await import(`../platforms/${folder}/index.js`)) as { adapter?: HostAdapter }
    if (adapter === undefined) throw new Error(`platforms/${folder} exports no adapter`)
    platforms.push({ folder, adapter })
  }
  return platforms
}

export function createRegistry(unsorted: readonly HostAdapter[]): HostRegistry {
  const sorted = [...unsorted].sort((a, b) => (a.manifest.id < b.manifest.id ? -1 : 1))
  const faults = sorted.flatMap(({ manifest }) =>
    manifestFaults(manifest).map((fault) => `${manifest.id}: ${fault}`),
  )
  const byId = new Map<string, HostAdapter>()
  const byDomain = new Map<string, HostAdapter>()
  for (const adapter of sorted) {
    const { id, domains } = adapter.manifest
    const key = id.toLowerCase()
    if (byId.has(key)) faults.push(`${id}: the id is taken by another folder`)
    byId.set(key, adapter)
    for (const domain of ownsNoDomain(adapter.manifest) ? [] : domains) {
      const holder = byDomain.get(domain)
      if (holder !== undefined) faults.push(`${id}: ${domain} is claimed by ${holder.manifest.id} too`)
      byDomain.set(domain, adapter)
    }
  }
  const catchAlls = sorted.filter(({ manifest }) => manifest.catchAll)
  if (catchAlls.length > 1) faults.push('more than one catch-all platform')
  const roaming = [...sorted.filter(({ manifest }) => manifest.anyDomain), ...catchAlls]
  if (faults.length > 0) throw new Error(`Host platforms are unsound:\n${faults.join('\n')}`)

  /** The claim on a hostname: by a manifest or an operator, the longest domain first. */
  function claim(
    hostname: string,
    { added = {}, retired = {} }: DomainChanges,
  ): { adapter: HostAdapter; alias: boolean } | undefined {
    const adopters = new Map(
      Object.entries(added).flatMap(([id, names]) => names.map((name) => [bareHostname(name), id] as const)),
    )
    for (
      let rest = hostname.slice(-MAX_HOSTNAME_LENGTH);
      rest !== '';
      rest = rest.slice(rest.indexOf('.') + 1 || rest.length)
    ) {
      const own = byDomain.get(rest)
      if (own !== undefined && !retired[own.manifest.id]?.includes(rest))
        return { adapter: own, alias: false }
      const addedTo = byId.get(adopters.get(rest)?.toLowerCase() ?? '')
      if (addedTo !== undefined && !ownsNoDomain(addedTo.manifest)) return { adapter: addedTo, alias: true }
    }
    return undefined
  }

  /** A link into an uploaded document, which is on no hostname. */
  function matchDocument(url: URL): HostMatch | undefined {
    for (const adapter of sorted) {
      const { document } = adapter.manifest
      if (document === undefined || !document.link.startsWith(`${url.protocol}//`)) continue
      const ref = adapter.match(url)
      if (ref !== undefined) return matched(adapter, ref, adapter.manifest.domains[0])
    }
    return undefined
  }

  /** `exact`: by the platform that owns the hostname, since others take whatever stands behind it. */
  function matchUrl(text: string, changes: DomainChanges, exact: boolean): HostMatch | undefined {
    if (CONTROL_CHARACTER.test(text)) return undefined
    const url = parseUrl(text)
    if (url === undefined) return undefined
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return matchDocument(url)
    const hostDomain = bareHostname(url.hostname)
    if (hostDomain === '' || hostDomain.length > MAX_HOSTNAME_LENGTH) return undefined
    const owner = claim(hostDomain, changes)
    if (exact && owner === undefined) return undefined
    // An adapter knows its own domains only: an operator's alias is shown to it as the canonical one.
    if (owner !== undefined) {
      url.hostname = owner.alias ? owner.adapter.manifest.domains[0] : hostDomain.replace(MOBILE, '')
    }
    url.pathname = oneEncoding(url.pathname)
    const urls = owner === undefined ? [url] : [url, ...lessNoise(url)]
    for (const adapter of owner === undefined ? roaming : [owner.adapter]) {
      const ref = firstOf(urls, (one) => adapter.match(one))
      if (ref !== undefined) return matched(adapter, ref, hostDomain)
    }
    return undefined
  }

  return {
    adapters: () => [...sorted],
    get: (id) => sorted.find(({ manifest }) => manifest.id === id),
    owner: (hostname, changes = {}) => claim(bareHostname(hostname), changes)?.adapter,
    match(text, changes = {}) {
      if (text.length > MAX_PASTED_LENGTH) return undefined
      const [link, ...others] = pastedLinks(text)
      if (others.length > 0) return undefined
      // A link as it is written goes first: names may end with what is punctuation elsewhere.
      const readings = [lineAsLink(text), link, ...lessOf(text, link)]
      return (
        firstOf([text.trim(), ...readings, ...carriedBy(link)], (one) => matchUrl(one, changes, true)) ??
        firstOf(readings.slice(0, 2), (one) => matchUrl(one, changes, false))
      )
    },
  }
}

/**
 * What a link of a platform may be where it is none as it stands: without slashes too many, the language before the rest,
 * and fields that no question mark parts from the path; and with one that is encoded.
 */
function lessNoise(url: URL): URL[] {
  const pathname = url.pathname
    .replace(/\/{2,}/g, '/')
    .replace(/^\/[a-z]{2}(?:[-_][a-z]{2,4})?(?=\/.)/i, '')
    .replace(/&[\w.-]{1,40}=[^/]*$/, '')
  const [path = '', query] = pathname.split(/%3f(.*)/i, 2)
  if (path === url.pathname) return []
  const less = new URL(url)
  less.pathname = path
  if (query !== undefined && url.search === '') less.search = query
  return [less]
}

function firstOf<From, To>(
  readings: readonly (From | undefined)[],
  read: (one: From) => To | undefined,
): To | undefined {
  for (const reading of readings) {
    const found = reading === undefined ? undefined : read(reading)
    if (found !== undefined) return found
  }
  return undefined
}

/** What a link may be where it is none as it stands: the first column of a table, or broken into lines. */
function lessOf(text: string, link: string | undefined): string[] {
  const column = link?.split(/[,;]/, 1) ?? []
  const isBroken = text.length <= MAX_URL_LENGTH && BROKEN.test(text)
  const lines = isBroken ? pastedLinks(text.replace(/\s+/g, '')) : []
  return [...column, ...(lines.length === 1 ? lines : [])]
}

/** The link that a page leads on to. */
function carriedBy(link: string | undefined): string[] {
  return pastedLinks(CARRIED.exec(link ?? '')?.[1] ?? '')
}

/**
 * Undefined for a link that no file has: percent-encoding makes URLs three times as long, and control characters hide in
 * it. What a user pastes is held to these bounds here, for all platforms, so that whatever stores it need not ask.
 */
function matched(adapter: HostAdapter, ref: FileRef, hostDomain: string): HostMatch | undefined {
  const { canonicalUrl, fileId } = ref
  if (Buffer.byteLength(fileId) > MAX_FILE_ID_BYTES || CONTROL_CHARACTER.test(fileId)) return undefined
  if (Buffer.byteLength(canonicalUrl) > MAX_URL_LENGTH || CONTROL_CHARACTER.test(canonicalUrl))
    return undefined
  return { adapter, ref: { ...ref, hostDomain } }
}
