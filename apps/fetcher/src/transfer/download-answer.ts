import {
  type ByteRange,
  type HostAdapter,
  HostError,
  type HostStream,
  isPage,
  mayRefuseRange,
  parseRetryAfter,
  wordsOf,
} from '@obb/host-adapters'

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
    /** What the answer means where ranges of the file are served otherwise. */
    readonly meaning?: HostError,
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

/** The bytes a request was for; no range is all of them. */
export interface RequestedBytes {
  range: ByteRange | undefined
  /** Bytes of the whole file. */
  size: number
  /** The file itself is a page. */
  isPage?: boolean
  /** What every answer to a range has to repeat. */
  weakValidator?: string | undefined
}

/**
 * Decides whether a download answer carries the file's bytes that were asked for. Returns without touching the
 * body if so; otherwise the body is read a little or dropped, and what it means is raised: HostError,
 * SizeDiffers, or RangesRefused where a range was asked for and the whole file came (RFC 9110 §14.2) or the host says so.
 */
export async function assertBytes(
  adapter: HostAdapter,
  answer: HostStream,
  { isPage: pageIsFile = false, range, size, weakValidator }: RequestedBytes,
  now: number,
): Promise<void> {
  const { headers, status } = answer
  const file = pageIsFile || !isPage(headers)
  if (range && status === 206 && file) {
    try {
      return assertRange(headers, { range, size, weakValidator })
    } catch (error) {
      answer.body.close()
      throw error
    }
  }
  if (status === 200 && file) {
    const length = headers['content-length']
    if (!range && (length === undefined || Number(length) === size)) return
    if (mayBeMessage(headers, size)) {
      const { meaning } = await meaningOf(adapter, answer, now)
      if (meaning instanceof HostError) throw meaning
    }
    answer.body.close()
    if (range) throw new RangesRefused('the whole file was sent instead of a range', false)
    throw new SizeDiffers(Number(length), size)
  }
  const { meaning, words } = await meaningOf(adapter, answer, now)
  if (meaning === 'retry-without-range' && range) {
    throw new RangesRefused('the host refuses the range', true)
  }
  const error = meaning instanceof HostError ? meaning : generalMeaning(status, headers, words, now)
  if (range && mayRefuseRange(status)) throw new RangesRefused(`${status} to a range`, false, error)
  throw error
}

/**
 * A small text in place of a file of another size, or one of no stated length in place of a range: hosts apologise
 * with 200, and not always in HTML.
 */
function mayBeMessage(headers: Readonly<Record<string, string>>, size: number): boolean {
  const length = Number(headers['content-length'] ?? 0)
  return (
    length <= MAX_TEXT &&
    length !== size &&
    /^\s*text\//i.test(headers['content-type'] ?? '') &&
    !/^\s*attachment\b/i.test(headers['content-disposition'] ?? '')
  )
}

interface Said {
  meaning: ReturnType<NonNullable<HostAdapter['explainDownload']>>
  /** As they may stand in a message. */
  words: string
}

/** meaningOf gives what the host says in place of the file. Ends the body. */
async function meaningOf(adapter: HostAdapter, answer: HostStream, now: number): Promise<Said> {
  const { headers, status, url } = answer
  const text = await beginning(answer)
  const meaning = adapter.explainDownload?.({ status, headers, text, now, url })
  return { meaning, words: wordsOf({ text, sent: url.split(/[/?&=]/) }) }
}

/** A range that is answered oddly is none: RangesRefused, so that nothing is put together from it. */
function assertRange(
  headers: Readonly<Record<string, string>>,
  { range: { end, start }, size, weakValidator }: RequestedBytes & { range: ByteRange },
): void {
  const odd = (what: string): RangesRefused => new RangesRefused(`a range was answered with ${what}`, false)
  const match = /^\s*bytes\s+(\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(headers['content-range'] ?? '')
  if (!match) throw odd('no valid Content-Range')
  const [first, last] = [Number(match[1]), Number(match[2])]
  if (match[3] !== '*' && Number(match[3]) !== size) {
    // Some name what is left of the file where they mean its size; of the first byte that is the same.
    throw start === 0 && first === 0 ? new SizeDiffers(Number(match[3]), size) : odd('another size')
  }
  if (first !== start) throw odd(`bytes from ${first} instead of ${start}`)
  const version = headers['etag'] ?? headers['last-modified']
  if (weakValidator !== undefined && version !== weakValidator) throw odd('another version')
  const length = headers['content-length']
  if (last >= end || (length !== undefined && Number(length) !== last - first + 1)) {
    throw new HostError('TRUNCATED', 'the body had the wrong length')
  }
}

function generalMeaning(
  status: number,
  headers: Readonly<Record<string, string>>,
  words: string,
  now: number,
): HostError {
  const retryAt = parseRetryAfter(headers['retry-after'], now)
  const options = { words, ...(retryAt !== undefined && { retryAt }) }
  const what = `download answered ${status}`
  if (status === 200 || status === 206)
    return new HostError('LINK_EXPIRED', 'a page was sent instead of the file', options)
  if (status === 401 || status === 403 || status === 404 || status === 410)
    return new HostError('LINK_EXPIRED', what, options)
  if (status === 408 || status === 429 || status >= 500) return new HostError('HOST_TEMP', what, options)
  return new HostError('UNEXPECTED', what, options)
}

async function beginning({ body }: HostStream): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  const late = setTimeout(() => body.close(), MAX_TEXT_MS)
  try {
    for (let chunk = await body.next(); chunk && length < MAX_TEXT; chunk = await body.next()) {
      chunks.push(Buffer.from(chunk))
      length += chunk.length
    }
  } catch {
    // An error page that breaks off is judged by what came of it.
  }
  clearTimeout(late)
  body.close()
  return Buffer.concat(chunks).toString('utf8').slice(0, MAX_TEXT)
}
