import { type SourceFile, differ, versionOf } from '@obb/core/files'
import type { AvailableFile, Source } from '@obb/host-adapters'

/**
 * Whether a host has another file in place of a stored one, by what it tells of it now. What it tells at first glance is
 * believed once the direct link says the same: of the size the link alone, since that is what was stored, and of the
 * version both, since some hosts tell another one each time.
 */
export async function hasChanged(
  file: SourceFile,
  told: AvailableFile,
  open: () => Promise<Source>,
): Promise<boolean> {
  const stored = versionOf(file)
  if (!differ(stored, told)) return false
  const source = await open()
  const { size } = source
  if (differ(stored, { ...(size !== undefined && { size }), ...(told.hash && { hash: told.hash }) }))
    return true
  return told.validator !== stored.validator && told.validator === validatorOf(source)
}

/** As `AvailableFile` has it: whether it is a strong one does not matter here. */
function validatorOf(source: Source): string | undefined {
  if (source.kind !== 'url') return undefined
  return (source.validator ?? source.weakValidator)?.replace(/^W\//, '')
}
