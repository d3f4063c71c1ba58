import { type HostAdapter, type HostDownload, HostError, isPage, parseRetryAfter } from '@obb/host-adapters'

/** How much of an error page is read to understand it, bytes, and for how long, ms. */
const MAX_TEXT = 16 * 1024
const MAX_TEXT_MS = 10_000

/** The host does not serve ranges of this file now: it has to come in one stream. */
export class RangesRefused extends Error {
  override readonly name = 'RangesRefused'

  constructor(
    message: string,
    /** The host said so in words, which some do now and then: the next request may be served. */
    readonly passing: boolean,
  ) {
    super(message)
  }
}

/** The host serves the file with another number of bytes than it told before. */
export class SizeDiffers extends Error {
  override readonly name = 'SizeDiffers'

  constructor(
    readonly size: number,
    told: number,
  ) {
    super(`the file has ${size} bytes instead of ${told}`)
  }
}

/**
 * Decides whether a download answer carries the file's bytes from `start` on. Returns without touching the
 * body if so; otherwise the body is read a little or dropped, and what it means is raised: HostError,
 * SizeDiffers, or RangesRefused where a range was asked for and the whole file came (RFC 9110 §14.2) or the host says so.
 */
export async function assertBytes(
  adapter: HostAdapter,
  answer: HostDownload,
  asked: { start: number; size: number; ranged: boolean; isPage?: boolean },
  now: number,
): Promise<void> {
  const { headers, status, url } = answer
  const file = (asked.isPage ?? false) || !isPage(headers)
  if (asked.ranged && status === 206 && file) {
    try {
      return assertContentRange(headers['content-range'], asked)
    } catch (error) {
      answer.body.destroy()
      throw error
    }
  }
  if (status === 200 && file) {
    const length = headers['content-length']
    if (!asked.ranged && (length === undefined || Number(length) === asked.size)) return
    answer.body.destroy()
    if (asked.ranged) throw new RangesRefused('the whole file was sent instead of a range', false)
    throw new SizeDiffers(Number(length), asked.size)
  }
  const text = await beginning(answer)
  const meaning = adapter.explainDownload?.({ status, headers, text, now, url })
  if (meaning === 'retry-without-range' && asked.ranged) {
    throw new RangesRefused('the host refuses the range', true)
  }
  if (meaning instanceof HostError) throw meaning
  throw generalMeaning(status, headers, now)
}

function assertContentRange(header: string | undefined, asked: { start: number; size: number }): void {
  const match = /^\s*bytes\s+(\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(header ?? '')
  if (!match) throw new HostError('UNEXPECTED', 'a 206 without a valid Content-Range')
  if (match[3] !== '*' && Number(match[3]) !== asked.size) {
    throw new SizeDiffers(Number(match[3]), asked.size)
  }
  if (Number(match[1]) !== asked.start) {
    throw new HostError('UNEXPECTED', `range from ${asked.start} asked, from ${match[1]} sent`)
  }
}

function generalMeaning(status: number, headers: Readonly<Record<string, string>>, now: number): HostError {
  const retryAt = parseRetryAfter(headers['retry-after'], now)
  const options = retryAt === undefined ? {} : { retryAt }
  const what = `download answered ${status}`
  if (status === 200 || status === 206)
    return new HostError('LINK_EXPIRED', 'a page was sent instead of the file')
  if (status === 401 || status === 403 || status === 404 || status === 410)
    return new HostError('LINK_EXPIRED', what)
  if (status === 408 || status === 429 || status >= 500) return new HostError('HOST_TEMP', what, options)
  return new HostError('UNEXPECTED', what)
}

async function beginning(answer: HostDownload): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  const late = setTimeout(() => answer.body.destroy(), MAX_TEXT_MS)
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= MAX_TEXT) break
    }
  } catch {
    // An error page that breaks off is judged by what came of it.
  }
  clearTimeout(late)
  answer.body.destroy()
  return Buffer.concat(chunks).toString('utf8').slice(0, MAX_TEXT)
}
