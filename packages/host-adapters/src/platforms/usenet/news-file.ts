/*
 * A file of many articles as a stream of any range. Articles carry their own place (`=ypart`), which alone is
 * believed: where a range begins is guessed from the size of the first part and corrected by what the article says.
 * From there articles are fetched ahead, a few at once and in order; memory is bounded by WINDOW articles per range.
 *
 * Connections belong to the file. They are made for the first range, shared by all, and closed with the last:
 * at once when that was broken off, a moment later when it came to its end.
 */
import { Readable } from 'node:stream'
import { HostError } from '../../kit/errors.js'
import type { ByteRange } from '../../kit/source.js'
import type { ArticlePart } from './article.js'

/** Articles of one range that are under way or waiting to be read. */
const WINDOW = 4
/** Connections are kept for so long for a next range. */
const LINGER_MS = 1000

/** ArticleSource is where the articles are, until it is closed: a Newsroom. */
export interface ArticleSource {
  article(messageId: string): Promise<ArticlePart>
  close(): void
}

/** The articles of a file, in order: Articles. */
export interface ArticleList {
  readonly length: number
  messageId(at: number): string | undefined
}

export class NewsFile {
  private room: ArticleSource | undefined
  private lingering: NodeJS.Timeout | undefined
  private readers = 0

  /** `first` is the first article, which tells the usual length of all. */
  constructor(
    private readonly articles: ArticleList,
    private readonly first: Pick<ArticlePart, 'begin' | 'end'>,
    private readonly enter: () => ArticleSource,
  ) {}

  /** open reads a range as StreamSource wants it. */
  open(range: ByteRange, signal: AbortSignal): Promise<Readable> {
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    const room = this.takeRoom()
    const parts = this.bytes(room, range)
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
        this.leaveRoom(room, stream.readableEnded)
        done(error)
      },
    })
    const onAbort = (): void => void stream.destroy(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    return Promise.resolve(stream)
  }

  private takeRoom(): ArticleSource {
    this.readers++
    clearTimeout(this.lingering)
    this.room ??= this.enter()
    return this.room
  }

  /** After a range that was read to its end there may be another. */
  private leaveRoom(room: ArticleSource, ended: boolean): void {
    this.readers--
    if (this.readers > 0) return
    const close = (): void => {
      room.close()
      this.room = undefined
    }
    if (ended) this.lingering = setTimeout(close, LINGER_MS).unref()
    else close()
  }

  private async *bytes(room: ArticleSource, range: ByteRange): AsyncGenerator<Buffer> {
    let at = range.start
    if (at >= range.end) return
    const found = await this.locate(room, at)
    let next = found.index + 1
    const ahead: Promise<ArticlePart>[] = []
    for (let part = found.part; ; part = await (ahead.shift() ?? this.fetch(room, next++))) {
      if (part.begin > at || part.end <= at) throw misplacedError()
      const usual = part.end - part.begin
      const wanted = (): boolean => ahead.length < WINDOW && part.end + ahead.length * usual < range.end
      while (next < this.articles.length && wanted()) {
        const coming = this.fetch(room, next++)
        coming.catch(() => undefined) // whoever reads so far learns it
        ahead.push(coming)
      }
      const end = Math.min(part.end, range.end)
      yield part.data.subarray(at - part.begin, end - part.begin)
      at = end
      if (at === range.end) return
    }
  }

  /** The article that holds the byte at `offset`. */
  private async locate(room: ArticleSource, offset: number): Promise<{ index: number; part: ArticlePart }> {
    let [low, high] = [0, this.articles.length - 1]
    let usual = this.first.end - this.first.begin
    let guess = Math.floor(offset / Math.max(1, usual))
    while (low <= high) {
      const index = Math.min(Math.max(guess, low), high)
      const part = await this.fetch(room, index)
      usual = Math.max(1, part.end - part.begin)
      if (offset < part.begin) {
        high = index - 1
        guess = index - Math.max(1, Math.ceil((part.begin - offset) / usual))
      } else if (offset >= part.end) {
        low = index + 1
        guess = index + Math.max(1, Math.floor((offset - part.begin) / usual))
      } else return { index, part }
    }
    throw misplacedError()
  }

  private fetch(room: ArticleSource, index: number): Promise<ArticlePart> {
    const messageId = this.articles.messageId(index)
    return messageId === undefined ? Promise.reject(misplacedError()) : room.article(messageId)
  }
}

function misplacedError(): HostError {
  return new HostError('CORRUPT', 'Usenet: articles do not fit together')
}
