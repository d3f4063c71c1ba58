import type { AskAlone, AvailableFile, FileInfo, FileRef, HostAdapter, HostContext } from './adapter.js'
import { HostError } from './errors.js'
import { present } from './fields/present.js'
import { fileAnswer } from './file-answer.js'
import { requireKind } from './links.js'
import type { HostManifest } from './manifest.js'

/** Works on so many at a time, in order, and joins the answers. */
export async function inBatches<T>(
  refs: readonly FileRef[],
  size: number,
  work: (batch: readonly FileRef[]) => Promise<readonly T[]>,
): Promise<T[]> {
  const answers: T[] = []
  for (let at = 0; at < refs.length; at += size) answers.push(...(await work(refs.slice(at, at + size))))
  return answers
}

/** `checkTogether` of a host whose call for many takes some links only: `check` asks about the others alone. */
export function togetherWhere(
  takes: (ref: FileRef) => boolean,
  check: HostAdapter['check'],
  checkMany = check,
): NonNullable<HostAdapter['checkTogether']> {
  return async (ctx, refs) => {
    const told = await checkMany(ctx, refs.filter(takes))
    return refs.map((ref) => {
      const answer = takes(ref) ? told.shift() : undefined
      return answer ?? alone(check, ref)
    })
  }
}

function alone(check: HostAdapter['check'], ref: FileRef): AskAlone {
  return async (ctx) => {
    const [info] = await check(ctx, [ref])
    if (info === undefined) throw new HostError('UNEXPECTED', 'the adapter gave no answer')
    return info
  }
}

type Facts = Omit<AvailableFile, 'fileId' | 'state'>

/** FileFacts are what a host tells of one file; what it does not tell is undefined. */
export type FileFacts = { [Field in keyof Facts]?: Facts[Field] | undefined }

export interface RowCheck<Row> {
  /** Asks about different files, at most `checkBatchSize`: rows by file id, none for a file that the host does not have. */
  rows(ctx: HostContext, refs: readonly FileRef[]): Promise<ReadonlyMap<string, Row>>
  /** facts reads what a row tells. Raises what the host has against this one file. */
  facts(row: Row, ctx: HostContext): FileFacts
  /** Asks about one file, where a call tells more of one than of many. Raises as `facts` does. */
  single?(ctx: HostContext, ref: FileRef): Promise<FileFacts>
  /** The host has a row for whatever it is asked about: a file without one is UNEXPECTED instead of gone. */
  complete?: boolean
}

/** `check` of a host that is asked about many files at once and answers with a row for each. Folders are FOLDER. */
export function checkByRows<Row>(
  { checkBatchSize, id: platform }: Pick<HostManifest, 'checkBatchSize' | 'id'>,
  { complete = false, facts, rows, single }: RowCheck<Row>,
): HostAdapter['check'] {
  const available = (fileId: string, told: FileFacts): FileInfo => ({
    ...present(told),
    fileId,
    state: 'available',
  })

  async function checkBatch(ctx: HostContext, batch: readonly FileRef[]): Promise<FileInfo[]> {
    const refs = [...new Map(batch.map((ref) => [ref.fileId, ref])).values()]
    const [only] = refs
    if (single !== undefined && only !== undefined && refs.length === 1) {
      const { fileId } = only
      const info = await fileAnswer(fileId, async () => available(fileId, await single(ctx, only)))
      return batch.map(() => info)
    }
    const found = await rows(ctx, refs)
    const answers = batch.map(({ fileId }) => {
      const row = found.get(fileId)
      if (row !== undefined) return fileAnswer(fileId, () => available(fileId, facts(row, ctx)))
      if (complete) throw new HostError('UNEXPECTED', `${platform}: answer of a check leaves a file out`)
      return { fileId, state: 'gone' } satisfies FileInfo
    })
    return Promise.all(answers)
  }

  return async (ctx, refs) => {
    requireKind(platform, refs, 'file')
    return inBatches(refs, checkBatchSize, (batch) => checkBatch(ctx, batch))
  }
}
