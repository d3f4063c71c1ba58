/* Checks: single files many to a call, files of a folder by its tree. */
import type { AvailableFile, FileInfo, FileRef, HostContext } from '../../kit/adapter.js'
import { inBatches } from '../../kit/check.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { requireKind } from '../../kit/links.js'
import { PLATFORM, api, askAll, responses } from './api.js'
import { fileKeyOf } from '../../kit/mega/content.js'
import type { FileKey } from '../../kit/mega/content.js'
import { readFolder } from './folder.js'
import { FILE_KEY_BYTES, attributesOf } from '../../kit/mega/keys.js'
import type { NodeTree } from '../../kit/mega/tree.js'
import { keyOf, placeOf } from './links.js'

/** The host reckons with about so many commands of a call. */
export const BATCH = 25

/** Files with links of their own are asked about together, those in a folder by the folder's tree. */
export async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const infos = new Map<FileRef, FileInfo>()
  const single = refs.filter((ref) => placeOf(ref).node === undefined)
  const parts = await inBatches(single, BATCH, (batch) => {
    const commands = batch.map((ref) => ({ a: 'g', p: placeOf(ref).handle }))
    return askAll(ctx, 'file', commands)
  })
  for (const [index, ref] of single.entries()) {
    infos.set(ref, await fileAnswer(ref.fileId, () => fileIn(ctx, ref, parts[index])))
  }
  const nested = refs.filter((ref) => placeOf(ref).node !== undefined)
  for (const together of byFolder(nested)) {
    const folder = readFolder(ctx, together[0])
    const answer = async (ref: FileRef): Promise<void> => {
      infos.set(ref, await fileAnswer(ref.fileId, async () => fileOf(ref, await folder)))
    }
    await Promise.all(together.map(answer))
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

function fileIn(ctx: HostContext, ref: FileRef, part: unknown): AvailableFile {
  requireKind(PLATFORM, [ref], 'file')
  const key = fileKeyOf(keyOf(ref, FILE_KEY_BYTES))
  const { at, s } = api.readPart('file', part, responses.g, ctx.now())
  return available(ref, nameOf(key, at), s)
}

function fileOf(ref: FileRef, folder: NodeTree): AvailableFile {
  requireKind(PLATFORM, [ref], 'file')
  const { name, size } = folder.file(placeOf(ref).node ?? '')
  return available(ref, name, size)
}

function available({ fileId }: FileRef, name: string | undefined, size: number | undefined): AvailableFile {
  return { fileId, state: 'available', ...present({ name, size }) }
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
