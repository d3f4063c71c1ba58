import type { Readable } from 'node:stream'
import { type PartWriter, StoreError, type StoredPart } from './object-store.js'

/** Streams a body into a writer and finishes it. Raises the body's own error, else the writer's. */
export async function streamPart(
  writer: PartWriter,
  body: Readable,
  failed: Promise<never>,
): Promise<StoredPart> {
  const work = (async () => {
    for await (const chunk of body as AsyncIterable<Buffer>) await writer.write(chunk)
    return writer.finish()
  })()
  try {
    return await Promise.race([work, failed])
  } catch (error) {
    writer.abort()
    body.destroy()
    await work.catch(() => undefined)
    const cutOff = (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE'
    throw cutOff ? wrongSize('early', writer.size) : error
  }
}

/** The error of a part whose body ended too early or too late. */
export function wrongSize(when: 'early' | 'late', size: number): StoreError {
  return new StoreError('PART_SIZE', `the body of a part of ${size} bytes ended too ${when}`)
}
