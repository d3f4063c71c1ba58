import type { BodyReader, ByteRange, UrlSource } from '@obb/host-adapters'
import { assertBytes } from './download-answer.js'
import { PATIENCE } from './patience.js'
import { ReadableReader, TransformReader, skipBytes } from './readable-reader.js'
import type { TransferTask } from './transfer-task.js'

/**
 * The file's bytes of a range, or all of them in one answer, from whatever kind of source it has. A range may
 * start anywhere: where a source can only begin at certain offsets, what comes before is left out. Raises what
 * `assertBytes` raises, or the signal's reason.
 */
export async function hostBytes(
  task: TransferTask,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<BodyReader> {
  const { source, upload } = task
  const alignment = (source.kind === 'stream' ? source.partAlignment : source.transform?.alignment) ?? 1
  const surplus = (range?.start ?? 0) % alignment
  const aligned = range && { start: range.start - surplus, end: range.end }
  const body = await alignedBytes(task, aligned, upload.size, signal)
  return surplus === 0 ? body : skipBytes(body, surplus)
}

async function alignedBytes(
  task: TransferTask,
  range: ByteRange | undefined,
  size: number,
  signal: AbortSignal,
): Promise<BodyReader> {
  const { source } = task
  if (source.kind === 'stream') {
    return new ReadableReader(await source.open(range ?? { start: 0, end: size }, signal, task.onGap))
  }
  const body = await answerBytes(task, source, range, signal)
  return source.transform ? new TransformReader(body, source.transform.create(range?.start ?? 0)) : body
}

async function answerBytes(
  { adapter, http, now, onAnswer, patience = PATIENCE, upload }: TransferTask,
  { headers, isPage = false, transform, url, userUrl = false, validator, weakValidator }: UrlSource,
  range: ByteRange | undefined,
  signal: AbortSignal,
): Promise<BodyReader> {
  const answer = await http.stream({
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
  await assertBytes(adapter, answer, { isPage, range, size: upload.size, weakValidator }, now())
  try {
    // A file that is still to be decrypted goes by another name, if by any.
    if (!transform) await onAnswer?.(answer.headers)
    return answer.body
  } catch (error) {
    answer.body.close()
    throw error
  }
}
