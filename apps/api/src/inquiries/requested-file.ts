import {
  MAX_URL_LENGTH,
  Refusal,
  type RefusalCause,
  type UrlGate,
  pastedLinks,
  safeFileName,
} from '@obb/contracts'
import type { BlockFacts } from '@obb/core/blocks'
import { type FileIdentity, type SourceFile, fileIdentity } from '@obb/core/files'
import type { HostCatalog, HostPolicy } from '@obb/core/hosts'
import type { MatchedRef } from '@obb/host-adapters'

/** The file, or the folder, that a URL means. */
export interface RequestedFile {
  policy: HostPolicy
  ref: MatchedRef
  password: string | undefined
  identity: FileIdentity
  /** Facts that the URL alone tells of the file. */
  facts: BlockFacts
}

/** A URL that means no file here, and which of the two gates before all others it fails at. */
export interface UnsupportedUrl {
  gate: UrlGate
  policy?: HostPolicy
  refusal: Refusal
}

/** Reads the URL of a file without asking anybody. */
export async function readUrl(
  catalog: HostCatalog,
  url: string,
  givenPassword?: string | null,
): Promise<RequestedFile | UnsupportedUrl> {
  const link = await readLink(catalog, url, givenPassword)
  if ('refusal' in link || link.ref.kind === 'file' || link.policy.adapter.manifest.foldersOfOne) return link
  return unsupportedUrl('host_known', 'folder_given')
}

function unsupportedUrl(gate: UrlGate, cause: RefusalCause = 'url_unsupported'): UnsupportedUrl {
  return { gate, refusal: new Refusal(cause) }
}

/** The same of any link: to a file or a folder. */
export async function readLink(
  catalog: HostCatalog,
  url: string,
  givenPassword?: string | null,
): Promise<RequestedFile | UnsupportedUrl> {
  if (url.length > MAX_URL_LENGTH) return unsupportedUrl('host_known')
  await catalog.refresh()
  const match = catalog.match(url)
  if (!match) return unsupportedUrl('host_known', pastedLinks(url).length > 1 ? 'several_links' : undefined)
  const { policy, ref } = match
  // A host that only plain links to any host would take is unknown where those are off.
  if (!policy.enabled && policy.adapter.manifest.catchAll) return unsupportedUrl('host_known')
  if (!policy.enabled) return { ...unsupportedUrl('host_enabled'), policy }
  if (ref.kind === 'folder' && !policy.adapter.expand) return unsupportedUrl('host_known', 'folder_unlisted')
  const password = givenPassword ? givenPassword : undefined
  const identity = fileIdentity(policy.platform, ref, password)
  const facts = { ...identity, canonicalUrl: ref.canonicalUrl, ownName: safeFileName(ref.ownName ?? '') }
  return { policy, ref, password, identity, facts }
}

/** What is known of a requested file, of which there may be a row. */
export function factsOf({ facts }: Pick<RequestedFile, 'facts'>, file: SourceFile | undefined): BlockFacts {
  return { ...facts, ...file }
}
