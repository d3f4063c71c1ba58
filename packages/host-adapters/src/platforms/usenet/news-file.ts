/*
 * A file of many articles as a stream of any range. Articles carry their own place (`=ypart`), which alone is
 * believed: where a range begins is guessed from the size of the first part and corrected by what the article says.
 * From there articles are fetched ahead, a few at once and in order; memory is bounded by WINDOW articles per range.
 *
 * An article that is nowhere, or that does not go on where the last one ended, leaves a gap, up to where the next
 * one begins that could stand there. A damaged one is as good as a gap, but has its bytes in it.
 */
import { Readable } from 'node:stream'
import { HostError } from '../../kit/errors.js'
import type { ByteRange, OnGap } from '../../kit/source.js'
import type { ArticlePart } from './article.js'
import type { Articles } from './articles.js'
import type { ArticleSource, SharedRoom } from './shared-room.js'

/** Articles of one range that are under way or waiting to be read. */
const WINDOW = 4
/** Bytes of a gap that are handed on at once. */
const ZEROS = 256 * 1024

/** The articles of a file, in order: Articles. */
export type ArticleList = Pick<Articles, 'length' | 'messageIds' | 'encodedBytes'>

/** Where a range begins: in an article, or in a gap before one. */
interface Beginning {
  /** Of the article to go on with. */
  index: number
  part: ArticlePart | undefined
}

export class NewsFile {
  /** Articles that turned out to be of no use. */
  private readonly lost = new Map<number, HostError>()

  /** `usual`: bytes of most articles. */
  constructor(
    private readonly articles: ArticleList,
    private readonly usual: number,
    private readonly shared: SharedRoom,
  ) {}

  /** open reads a range as StreamSource wants it. */
  open(range: ByteRange, signal: AbortSignal, onGap?: OnGap): Promise<Readable> {
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    const room = this.shared.take()
    const parts = this.bytes(room, range, onGap)
    // Readable.from would end only after the article that is under way.
    const stream = new Readable({
      highWaterMark: 1,
      read() {
        parts.next().then(
          ({ done, value }) => this.push(done ? null : value),
          (error: unknown) => this.destroy(error as Error),
        )
      },
      destroy: (error, done) => {
        signal.removeEventListener('abort', onAbort)
        this.shared.leave(stream.readableEnded)
        done(error)
      },
    })
    const onAbort = (): void => void stream.destroy(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    return Promise.resolve(stream)
  }

  private async *bytes(
    room: ArticleSource,
    range: ByteRange,
    onGap: OnGap | undefined,
  ): AsyncGenerator<Buffer> {
    let at = range.start
    if (at >= range.end) return
    let fault: HostError | undefined
    const gap = async (end: number): Promise<void> => {
      if (onGap === undefined) throw fault ?? misplacedError()
      await onGap({ start: at, end })
    }
    const zeros = async function* (end: number): AsyncGenerator<Buffer> {
      await gap(end)
      while (at < end) {
        const chunk = Buffer.alloc(Math.min(ZEROS, end - at))
        at += chunk.length
        yield chunk
      }
    }
    const found = await this.locate(room, at)
    const { usual } = this
    const ahead: Promise<ArticlePart | HostError>[] = []
    let next = found.index
    // What the articles that are lost since the last one may have held, bytes.
    let slack = 0
    for (let part: ArticlePart | HostError | undefined = found.part; at < range.end; part = undefined) {
      const index = next - ahead.length
      if (part !== undefined) next++
      else {
        const coming = (): number => at + slack + ahead.length * usual
        const isWanted = (): boolean => ahead.length === 0 || (ahead.length <= WINDOW && coming() < range.end)
        while (next < this.articles.length && isWanted()) ahead.push(this.fetchAhead(room, next++))
        part = await ahead.shift()
      }
      if (part === undefined) break
      if (!(part instanceof HostError) && fits(part, at, part === found.part ? undefined : slack)) {
        if (part.begin > at) yield* zeros(Math.min(part.begin, range.end))
        if (at === range.end) return
        const end = Math.min(part.end, range.end)
        if (part.isDamaged) {
          fault = new HostError('CORRUPT', 'Usenet: article is damaged wherever it is')
          await gap(end)
        }
        yield part.data.subarray(at - part.begin, end - part.begin)
        at = end
        slack = 0
        fault = undefined
      } else {
        fault ??= part instanceof HostError ? part : misplacedError()
        slack += Math.max(1, usual, this.articles.encodedBytes(index))
      }
    }
    if (at < range.end) yield* zeros(range.end)
  }

  /** The article that holds the byte at `offset`, or the first behind it where it is in a gap. */
  private async locate(room: ArticleSource, offset: number): Promise<Beginning> {
    let [low, high] = [0, this.articles.length - 1]
    let { usual } = this
    let guess = Math.floor(offset / Math.max(1, usual))
    while (low <= high) {
      const middle = Math.min(Math.max(guess, low), high)
      const there = await this.nearest(room, middle, high)
      if (there === undefined) {
        high = middle - 1
        guess = high
        continue
      }
      const { index, part } = there
      usual = Math.max(1, part.end - part.begin)
      if (offset < part.begin) {
        high = middle - 1
        guess = index - Math.max(1, Math.ceil((part.begin - offset) / usual))
      } else if (offset >= part.end) {
        low = index + 1
        guess = index + Math.max(1, Math.floor((offset - part.begin) / usual))
      } else return there
    }
    return { index: low, part: undefined }
  }

  /** The first article from `from` on that is there and stands where it should, if one is. */
  private async nearest(
    room: ArticleSource,
    from: number,
    to: number,
  ): Promise<{ index: number; part: ArticlePart } | undefined> {
    for (let index = from; index <= to; index++) {
      const part = await this.fetch(room, index)
      if (part instanceof HostError) continue
      if (!(await this.isForeign(room, index, part))) return { index, part }
      this.lost.set(index, misplacedError())
    }
    return undefined
  }

  /** Whether it does not stand where articles of equal length put it, while one beside it does that it does not adjoin. */
  private async isForeign(room: ArticleSource, index: number, part: ArticlePart): Promise<boolean> {
    const isInPlace = (at: number, { begin }: ArticlePart): boolean => begin === at * this.usual
    if (isInPlace(index, part)) return false
    let isOddOneOut = false
    for (const at of [index - 1, index + 1]) {
      if (at < 0 || at >= this.articles.length) continue
      const beside = await this.fetch(room, at)
      if (beside instanceof HostError) continue
      if (at < index ? beside.end === part.begin : beside.begin === part.end) return false
      isOddOneOut ||= at > 0 && isInPlace(at, beside)
    }
    return isOddOneOut
  }

  /** The article, or why it is of no use. Raises what says nothing about the article. */
  private async fetch(room: ArticleSource, index: number): Promise<ArticlePart | HostError> {
    const known = this.lost.get(index)
    if (known !== undefined) return known
    try {
      return this.placed(index, await room.article(this.articles.messageIds(index)))
    } catch (error) {
      if (!(error instanceof HostError) || (error.kind !== 'FILE_GONE' && error.kind !== 'CORRUPT'))
        throw error
      this.lost.set(index, error)
      return error
    }
  }

  /** Raises SIZE_UNKNOWN for one that does not tell its place, and is not as long as the others either. */
  private placed(index: number, part: ArticlePart): ArticlePart {
    if (!part.isUnplaced) return part
    const isLast = index === this.articles.length - 1
    if (!isLast && part.end !== this.usual) {
      const message = 'Usenet: articles tell neither their places nor are they of one length'
      throw new HostError('SIZE_UNKNOWN', message, { retryable: false })
    }
    const begin = index * this.usual
    return { ...part, begin, end: begin + part.end }
  }

  private fetchAhead(room: ArticleSource, index: number): Promise<ArticlePart | HostError> {
    const coming = this.fetch(room, index)
    coming.catch(() => undefined) // whoever reads so far learns it
    return coming
  }
}

/** `slack`: what is missing before it may be so long, bytes; undefined: the range may begin inside. */
function fits({ begin, end }: ArticlePart, at: number, slack: number | undefined): boolean {
  return slack === undefined ? begin <= at && at < end : begin >= at && begin <= at + slack && end > at
}

function misplacedError(): HostError {
  return new HostError('CORRUPT', 'Usenet: articles do not fit together')
}
