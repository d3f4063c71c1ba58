import type { NameOrigin } from '@obb/core/files'
import type { AvailableFile, FileRef } from '@obb/host-adapters'

/** Longest file name that is kept, characters. */
const MAX_NAME = 255
/** Control characters and path separators. */
// eslint-disable-next-line no-control-regex
const UNFIT_IN_NAMES = /[\u0000-\u001f\u007f-\u009f/\\]/g

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
  const fit = name?.replaceAll(UNFIT_IN_NAMES, '_').trim().slice(0, MAX_NAME)
  return fit === '' || fit === '.' || fit === '..' ? undefined : fit
}
