/* The connections of one download, whose file may be read beside files that were posted with it. */
import { addAbortListener } from 'node:events'
import type { ArticlePart } from './article.js'

/** Connections are kept for so long for whoever reads next, ms. */
const LINGER_MS = 1000

/** ArticleSource is where the articles are, until it is closed: a Newsroom. */
export interface ArticleSource {
  article(messageIds: readonly string[]): Promise<ArticlePart>
  close(): void
}

/**
 * A room that is entered with the first reader, shared by all, and closed with the last: at once when that was broken
 * off, a moment later when it came to its end. So a download never has more connections than one room.
 */
export class SharedRoom {
  private room: ArticleSource | undefined
  private lingering: NodeJS.Timeout | undefined
  private readers = 0

  constructor(private readonly enter: () => ArticleSource) {}

  /** Each is left once. */
  take(): ArticleSource {
    this.readers++
    clearTimeout(this.lingering)
    this.room ??= this.enter()
    return this.room
  }

  /** `ended`: the reader came to its end, so there may be another. */
  leave(ended: boolean): void {
    this.readers--
    if (this.readers > 0) return
    const close = (): void => {
      this.room?.close()
      this.room = undefined
    }
    if (ended) this.lingering = setTimeout(close, LINGER_MS).unref()
    else close()
  }

  /** Raises what `work` raises, or the signal's reason. */
  async use<T>(work: (room: ArticleSource) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    let listener: Disposable | undefined
    const stopped = new Promise<never>((_resolve, reject) => {
      listener = addAbortListener(signal, () => reject(signal.reason as Error))
    })
    let ended = false
    try {
      const result = await Promise.race([work(this.take()), stopped])
      ended = true
      return result
    } finally {
      listener?.[Symbol.dispose]()
      this.leave(ended)
    }
  }
}
