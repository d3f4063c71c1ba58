import type { AvailableFile, FileInfo, FileRef, HostContext } from '../../adapter.js'
import { HostError } from '../../errors.js'
import { api, askAll, responses } from './api.js'
import { fileKeyOf } from './content.js'
import type { FileKey } from './content.js'
import { SharedFolder } from './folder.js'
import { FILE_KEY_BYTES, attributesOf } from './keys.js'
import { keyOf, placeOf } from './links.js'

/** The host reckons with about so many commands of a call. */
export const BATCH = 25

/** Files with links of their own are asked about together, those in a folder by the folder's tree. */
export async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const infos = new Map<FileRef, FileInfo>()
  const single = refs.filter((ref) => placeOf(ref).node === undefined)
  for (let at = 0; at < single.length; at += BATCH) {
    const batch = single.slice(at, at + BATCH)
    const commands = batch.map((ref) => ({ a: 'g', p: placeOf(ref).handle }))
    const parts = await askAll(ctx, 'file', commands)
    batch.forEach((ref, index) =>
      infos.set(
        ref,
        verdict(ref, () => fileIn(ctx, ref, parts[index])),
      ),
    )
  }
  const nested = refs.filter((ref) => placeOf(ref).node !== undefined)
  for (const together of byFolder(nested)) {
    const folder = await settled(SharedFolder.read(ctx, together[0]))
    for (const ref of together)
      infos.set(
        ref,
        verdict(ref, () => fileOf(ref, folder())),
      )
  }
  return refs.flatMap((ref) => infos.get(ref) ?? [])
}

/** Raises BAD_URL when the key of the link is another. */
export function nameOf(key: FileKey, attributes: string | undefined): string | undefined {
  if (attributes === undefined) return undefined
  const opened = attributesOf(key.aes, attributes)
  if (opened === undefined) throw api.error('BAD_URL', 'key of the link does not open the file')
  return opened.name
}

export function requireFile({ kind }: FileRef): void {
  if (kind !== 'file') throw api.error('BAD_URL', 'folder links cannot be fetched')
}

function fileIn(ctx: HostContext, ref: FileRef, part: unknown): AvailableFile {
  requireFile(ref)
  const key = fileKeyOf(keyOf(ref, FILE_KEY_BYTES))
  const { at, s } = api.readPart('file', part, responses.g, ctx.now())
  return available(ref, nameOf(key, at), s)
}

function fileOf(ref: FileRef, folder: SharedFolder): AvailableFile {
  requireFile(ref)
  const { name, size } = folder.file(placeOf(ref).node ?? '')
  return available(ref, name, size)
}

function available({ fileId }: FileRef, name: string | undefined, size: number | undefined): AvailableFile {
  return {
    fileId,
    state: 'available',
    ...(name !== undefined && { name }),
    ...(size !== undefined && { size }),
  }
}

/** What `read` gives or raises about this one file; raises what is the account's or the host's. */
function verdict({ fileId }: FileRef, read: () => AvailableFile): FileInfo {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof HostError) || error.scope === 'account' || error.scope === 'host') throw error
    return error.kind === 'FILE_GONE' ? { fileId, state: 'gone' } : { fileId, state: 'refused', error }
  }
}

/** By the folder and its key, which may be wrong in one link and right in another. */
function byFolder(refs: readonly FileRef[]): [FileRef, ...FileRef[]][] {
  const groups = new Map<string, [FileRef, ...FileRef[]]>()
  for (const ref of refs) {
    const key = `${placeOf(ref).handle} ${ref.secret}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [ref])
    else group.push(ref)
  }
  return [...groups.values()]
}

async function settled<T>(work: Promise<T>): Promise<() => T> {
  try {
    const value = await work
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
