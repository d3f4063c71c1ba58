import { safeFileName } from '@obb/contracts'
import type { NameOrigin } from '@obb/core/files'
import type { AvailableFile, FileRef } from '@obb/host-adapters'

/** The name that a file has from its check on. */
export function checkedName(
  info: Pick<AvailableFile, 'name' | 'nameHint'>,
  ref: Pick<FileRef, 'fileId' | 'nameHint'>,
): { name: string; nameFrom: NameOrigin } {
  const told = fitName(info.name)
  if (told !== undefined) return { name: told, nameFrom: 'check' }
  return { name: fitName(info.nameHint) ?? fitName(ref.nameHint) ?? ref.fileId, nameFrom: 'link' }
}

/** fitName gives a name as it may be kept; undefined for what is none. */
export function fitName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : safeFileName(name)
}
