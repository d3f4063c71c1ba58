import type { FileSecrets, Files, SourceFile } from '@obb/core/files'
import type { HostCatalog, HostPolicy } from '@obb/core/hosts'
import { type FileRef, HostError } from '@obb/host-adapters'

export interface HostFile {
  policy: HostPolicy
  ref: FileRef
  secrets: FileSecrets
}

/** A stored file as its adapter knows it. Raises HostError if its platform is gone or switched off. */
export function hostFileOf(catalog: HostCatalog, files: Files, file: SourceFile): HostFile {
  return hostFileAt(catalog, file, files.secrets(file))
}

/** The same for whatever has a link: a folder, a canary. */
export function hostFileAt(
  catalog: HostCatalog,
  { platform, canonicalUrl }: { platform: string; canonicalUrl: string },
  secrets: FileSecrets,
): HostFile {
  const match = catalog.match(canonicalUrl)
  if (match?.policy.platform !== platform) {
    throw new HostError('BAD_URL', `${platform} does not claim this link any more`)
  }
  if (!match.policy.enabled) throw new HostError('HOST_DOWN', `${platform} is switched off`)
  const ref = secrets.secret === undefined ? match.ref : { ...match.ref, secret: secrets.secret }
  return { policy: match.policy, ref, secrets }
}
