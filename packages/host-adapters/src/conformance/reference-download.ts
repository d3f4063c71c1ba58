import type { Readable, Transform } from 'node:stream'
import type { HostContext } from '../kit/adapter.js'
import { HostError } from '../kit/errors.js'
import { type HostDownload, isPage } from '@obb/host-http'
import type { Source, UrlSource } from '../kit/source.js'
import type { Bench } from './bench.js'

type Parts = Pick<Bench<object>, 'adapter' | 'http'>

const EXPLANATION_BYTES = 4096

interface Opened {
  body: AsyncIterable<Buffer>
  /** Offset of the first byte of the body. */
  first: number
}

/**
 * Fetches [start, end of the file) the way any correct client of a Source must: the offset is proven by
 * Content-Range, a range that is ignored or refused means the whole file from its beginning, ranges begin
 * where the source can begin, a lost connection means going on from the last byte, lengths are compared, and
 * a whole file is verified.
 */
export async function download(parts: Parts, source: Source, ctx: HostContext, start = 0): Promise<Buffer> {
  const size = source.size ?? 0
  const file = Buffer.alloc(size)
  for (let at = start; at < size;) {
    const { body, first } = await openFrom(parts, source, ctx, at)
    let position = first
    try {
      for await (const chunk of body) {
        if (position + chunk.length > size) throw new HostError('CORRUPT', 'Body is longer than the file')
        chunk.copy(file, position)
        position += chunk.length
      }
    } catch (error) {
      const lost = error instanceof HostError && error.kind === 'TRUNCATED' && position > at
      if (!lost) throw error
      at = position
      continue
    }
    if (position !== size) throw new HostError('CORRUPT', `Body ends at ${position} of ${size} bytes`)
    break
  }
  if (start === 0) verified(source, file)
  return file.subarray(start)
}

async function openFrom(parts: Parts, source: Source, ctx: HostContext, at: number): Promise<Opened> {
  if (source.kind === 'stream') {
    const first = at - (at % (source.partAlignment ?? 1))
    return { body: await source.open({ start: first, end: source.size }, ctx.signal), first }
  }
  const { transform } = source
  const opened = await openAnswer(parts, source, ctx, at - (at % (transform?.alignment ?? 1)))
  if (transform === undefined) return opened
  return { body: transformed(opened.body, transform.create(opened.first)), first: opened.first }
}

/** transformed turns what came before a connection broke into plaintext first, so that each try gets further. */
async function* transformed(body: Readable, plain: Transform): AsyncGenerator<Buffer> {
  let broken: Error | undefined
  body.on('error', (error) => {
    broken = error
    plain.end()
  })
  body.pipe(plain)
  try {
    yield* plain as AsyncIterable<Buffer>
  } finally {
    body.destroy()
  }
  if (broken !== undefined) throw broken
}

async function openAnswer(
  parts: Parts,
  source: UrlSource,
  ctx: HostContext,
  at: number,
): Promise<Opened & { body: Readable }> {
  const answer = await openUrl(parts, source, ctx, { range: `bytes=${at}-` })
  if (answer.status === 206 && !isPage(answer.headers)) {
    const expected = `bytes ${at}-${(source.size ?? 0) - 1}/${source.size}`
    if (answer.headers['content-range'] === expected) return { body: answer.body, first: at }
    answer.body.destroy()
    throw new HostError('CORRUPT', 'Answer is about another range')
  }
  if (answer.status === 200 && !isPage(answer.headers)) return { body: answer.body, first: 0 }
  const meaning = await explain(parts, answer, ctx)
  if (meaning !== 'retry-without-range') throw meaning
  const whole = await openUrl(parts, source, ctx, {})
  if (whole.status === 200) return { body: whole.body, first: 0 }
  throw new HostError('UNEXPECTED', `No file even without a range: ${whole.status}`)
}

export function openUrl(
  { http }: Parts,
  { url, headers, userUrl, validator }: UrlSource,
  { signal }: HostContext,
  range: Record<string, string>,
): Promise<HostDownload> {
  const ifRange = validator !== undefined && 'range' in range ? { 'if-range': validator } : {}
  return http.open({ url, headers: { ...headers, ...range, ...ifRange }, userUrl: userUrl ?? false, signal })
}

/** The source with the size that its direct link states. */
export async function sized(parts: Parts, source: Source, ctx: HostContext): Promise<Source> {
  if (source.kind === 'stream' || source.size !== undefined) return source
  const { body, headers, status } = await openUrl(parts, source, ctx, { range: 'bytes=0-0' })
  body.destroy()
  const total = status === 206 ? headers['content-range']?.split('/')[1] : headers['content-length']
  return { ...source, size: Number(total) }
}

/** In pieces of odd sizes, as they come from a store. */
function verified({ verifier }: Source, file: Buffer): void {
  const judge = verifier?.()
  if (judge === undefined) return
  for (let at = 0; at < file.length; at += 65_537) judge.update(file.subarray(at, at + 65_537))
  judge.finish()
}

/** explain returns what the adapter says about an answer that is not the file. */
export async function explain(
  { adapter }: Parts,
  { body, headers, status, url }: HostDownload,
  ctx: HostContext,
): Promise<HostError | 'retry-without-range'> {
  let text = ''
  for await (const chunk of body as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8')
    if (text.length > EXPLANATION_BYTES) break
  }
  const meaning = adapter.explainDownload?.({ status, headers, text, now: ctx.now(), url })
  return meaning ?? new HostError('UNEXPECTED', `Direct link answers ${status}`)
}
