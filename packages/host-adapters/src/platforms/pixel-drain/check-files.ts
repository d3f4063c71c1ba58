/* Checks of plain files: one id is answered in another way than several. */
import type { FileInfo, FileRef, HostContext } from '../../kit/adapter.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { available, fileInfo, fileInfos } from './api.js'

/** One answer per file, in no order: one id is asked for in another way than several. */
export async function checkFiles(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const distinct = [...new Set(refs.map(({ fileId }) => fileId))]
  const [only] = distinct
  if (only === undefined) return []
  if (distinct.length === 1)
    return [await fileAnswer(only, async () => available(only, await fileInfo(ctx, only)))]
  const rows = await fileInfos(ctx, distinct)
  return Promise.all(
    distinct.map(async (id) => {
      const read = rows.get(id)
      if (read === undefined) return { fileId: id, state: 'gone' } satisfies FileInfo
      return fileAnswer(id, () => available(id, read()))
    }),
  )
}
