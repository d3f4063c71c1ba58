import { Inject, Injectable } from '@nestjs/common'
import type { Clock } from '@obb/core/clock'
import { type Download, type Downloads, PgDownloads } from '@obb/core/links'
import { LRUCache } from 'lru-cache'
import { CLOCK } from '../ports.js'

/** ms that an answer of the database stays good: so late does a revoked link stop at the latest. */
const GOOD_FOR = 500
/** ms between two records of the use of one file. */
const TOUCH_EVERY = 30_000
/** Links and files remembered. */
const REMEMBERED = 10_000

interface Known {
  at: number
  found: Promise<Download | undefined>
}

/**
 * Downloads whose database is asked once where many ranges of one link are asked for at the same time or in quick
 * succession. Only links that can be served are remembered: who waits for a file hears of it at once.
 */
@Injectable()
export class RecentDownloads implements Downloads {
  private readonly links = new LRUCache<string, Known>({ max: REMEMBERED })
  private readonly touched = new LRUCache<string, number>({ max: REMEMBERED })

  constructor(
    @Inject(PgDownloads) private readonly downloads: Downloads,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  find(linkId: string): Promise<Download | undefined> {
    const now = this.clock.now()
    const known = this.links.get(linkId)
    if (known !== undefined && Math.abs(now - known.at) < GOOD_FOR) return known.found
    const found = this.downloads.find(linkId)
    this.links.set(linkId, { at: now, found })
    const forget = (): void => {
      if (this.links.get(linkId)?.found === found) this.links.delete(linkId)
    }
    found.then((download) => download?.state === 'ready' || forget(), forget)
    return found
  }

  pieces(download: Download): Promise<Buffer | undefined> {
    return this.downloads.pieces(download)
  }

  keepPieces(download: Download, digests: Buffer): Promise<void> {
    return this.downloads.keepPieces(download, digests)
  }

  admit(download: Download, network: string): Promise<boolean> {
    return this.downloads.admit(download, network)
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
    this.links.delete(download.linkId)
    await this.downloads.markMissing(download)
  }
}
