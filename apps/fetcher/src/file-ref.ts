import type { FileSecrets, Files, SourceFile } from '@obb/core/files'
import type { HostCatalog, HostPolicy } from '@obb/core/hosts'
import { type FileRef, HostError } from '@obb/host-adapters'

export interface KnownFile {
  policy: HostPolicy
  ref: FileRef
  secrets: FileSecrets
}

/** A stored file as its adapter knows it. Raises HostError if its platform is gone or switched off. */
export function knownFile(catalog: HostCatalog, files: Files, file: SourceFile): KnownFile {
  const match = catalog.match(file.canonicalUrl)
  if (match?.policy.platform !== file.platform) {
    throw new HostError('BAD_URL', `${file.platform} does not claim this file any more`)
  }
  if (!match.policy.enabled) throw new HostError('HOST_DOWN', `${file.platform} is switched off`)
  const secrets = files.secrets(file)
  const ref = secrets.secret === undefined ? match.ref : { ...match.ref, secret: secrets.secret }
  return { policy: match.policy, ref, secrets }
}
