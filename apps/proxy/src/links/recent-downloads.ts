import { Inject, Injectable } from '@nestjs/common'
import type { Clock } from '@obb/core/clock'
import { type Download, type Downloads, PgDownloads } from '@obb/core/links'
import { LRUCache } from 'lru-cache'
import { CLOCK } from '../ports.js'

/** ms that an answer of the database stays good: so late does a revoked link stop at the latest. */
const GOOD_FOR = 500
/** ms that whom a share has let in is not looked at again: who was let in goes on, and a share taken back is not found. */
const ADMITTED_FOR = 10_000
/** ms between two records of the use of one file. */
const TOUCH_EVERY = 30_000
/** Links, clients of shares and files remembered, of each. */
const REMEMBERED = 10_000

/** Answers that are good for so many ms, also while they are waited for. One that may not be kept is asked for anew. */
class RecentAnswers<T> {
  private readonly known = new LRUCache<string, { at: number; answer: Promise<T> }>({ max: REMEMBERED })

  constructor(
    private readonly clock: Clock,
    private readonly goodFor: number,
    private readonly mayKeep: (answer: T) => boolean,
  ) {}

  get(name: string, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.now()
    const known = this.known.get(name)
    if (known !== undefined && Math.abs(now - known.at) < this.goodFor) return known.answer
    const answer = ask()
    this.known.set(name, { at: now, answer })
    const forget = (): void => {
      if (this.known.get(name)?.answer === answer) this.known.delete(name)
    }
    answer.then((value) => this.mayKeep(value) || forget(), forget)
    return answer
  }

  forget(name: string): void {
    this.known.delete(name)
  }
}

/**
 * Downloads whose database is asked once where many ranges of one link are asked for at the same time or in quick
 * succession. Only links that can be served are remembered: who waits for a file hears of it at once; and of shares
 * only who was let in.
 */
@Injectable()
export class RecentDownloads implements Downloads {
  private readonly links: RecentAnswers<Download | undefined>
  private readonly admissions: RecentAnswers<boolean>
  private readonly touched = new LRUCache<string, number>({ max: REMEMBERED })

  constructor(
    @Inject(PgDownloads) private readonly downloads: Downloads,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.links = new RecentAnswers(clock, GOOD_FOR, (download) => download?.state === 'ready')
    this.admissions = new RecentAnswers(clock, ADMITTED_FOR, (isAdmitted) => isAdmitted)
  }

  find(linkId: string): Promise<Download | undefined> {
    return this.links.get(linkId, () => this.downloads.find(linkId))
  }

  pieces(download: Download): Promise<Buffer | undefined> {
    return this.downloads.pieces(download)
  }

  keepPieces(download: Download, digests: Buffer): Promise<void> {
    return this.downloads.keepPieces(download, digests)
  }

  admit(download: Download, network: string): Promise<boolean> {
    const name = `${download.linkId} ${network}`
    return this.admissions.get(name, () => this.downloads.admit(download, network))
  }

  async touch(download: Download): Promise<void> {
    const now = this.clock.now()
    const last = this.touched.get(download.fileId)
    if (last !== undefined && Math.abs(now - last) < TOUCH_EVERY) return
    this.touched.set(download.fileId, now)
    await this.downloads.touch(download).catch((error: unknown) => {
      this.touched.delete(download.fileId)
      throw error
    })
  }

  async markMissing(download: Download): Promise<void> {
    this.links.forget(download.linkId)
    await this.downloads.markMissing(download)
  }
}
