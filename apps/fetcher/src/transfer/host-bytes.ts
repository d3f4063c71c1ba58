import { type Readable, pipeline } from 'node:stream'
import type { ByteRange, ContentTransform, UrlSource } from '@obb/host-adapters'
import { assertBytes } from './download-answer.js'
import { PATIENCE } from './intake.js'
import type { TransferTask } from './transfer-task.js'

/**
 * The file's bytes of a range, or all of them in one answer, from whatever kind of source it has. Raises what
 * `assertBytes` raises, or the signal's reason.
 */
export async function hostBytes(
  task: TransferTask,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<Readable> {
  const { source, upload } = task
  if (source.kind === 'stream') return source.open(range ?? { start: 0, end: upload.size }, signal)
  const body = await answerBytes(task, source, range, signal)
  return source.transform === undefined ? body : transformed(body, source.transform, range?.start ?? 0)
}

async function answerBytes(
  { adapter, http, now, patience = PATIENCE, upload }: TransferTask,
  { headers, isPage = false, url, userUrl = false, validator }: UrlSource,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<Readable> {
  const answer = await http.open({
    url,
    userUrl,
    headers: {
      ...headers,
      ...(range && { range: `bytes=${range.start}-${range.end - 1}` }),
      ...(range && validator !== undefined && { 'if-range': validator }),
    },
    signal,
    timeoutMs: patience.idleMs,
  })
  const asked = { start: range?.start ?? 0, size: upload.size, ranged: range !== undefined, isPage }
  await assertBytes(adapter, answer, asked, now())
  return answer.body
}

/** The error or the end of one is that of the other. */
function transformed(body: Readable, { create }: ContentTransform, offset: number): Readable {
  const plain = create(offset)
  pipeline(body, plain, () => undefined)
  return plain
}
