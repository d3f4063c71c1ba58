import { setTimeout as delay } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { within } from '@obb/core/deadline'
import type { UnfinishedUpload, Download, Downloads } from '@obb/core/links'
import {
  StoreError,
  type ReadableParts,
  type ObjectReader,
  type ObjectStore,
  type Upload,
} from '@obb/core/storage'
import { DOWNLOADS, OBJECT_STORE, TIMING, type Timing } from '../ports.js'
import { NOT_READY_RETRY, type ServedFile } from '../links/served-file.js'

/*
 * Files that are served while they are fetched, where the store lets parts of an upload be read: the local one, and
 * an S3 with SERVE_WHILE_FETCHING, for which fetchers then write parts as objects of their own.
 *
 * What has arrived is what the store itself lists; it is looked at every half a second while somebody
 * waits, once for all answers of a link. An answer is bound to the upload it began with: if the fetch begins anew,
 * learns of another size, or ends, so does the answer, short of its announced length. The last part counts as
 * arrived only when the file is done, which is after its hash was compared: bytes that nobody verified may go out,
 * but never up to a file's end, so no copy of them looks complete.
 */

/** UnfinishedFile is what is known of one upload, shared by all answers of one link. */
export class UnfinishedFile {
  private parts: ReadonlySet<number> = new Set()
  private isDone = false
  private looking: Promise<void> | undefined
  private hasLooked = false
  /** Signs that a fetch goes on, and the time of their last change (performance.now). */
  private news = ''
  private newsAt = performance.now()

  constructor(
    readonly file: ServedFile,
    private readonly linkId: string,
    private readonly upload: Upload,
    private readonly downloads: Downloads,
    private readonly store: ObjectStore,
    private readonly arrived: ReadableParts,
    readonly timing: Timing,
  ) {}

  /** Bytes that can be read from `start` on, up to this position. */
  endOf(start: number): number {
    const { size, partSize } = this.upload
    if (this.isDone) return size
    let part = Math.floor(start / partSize)
    // The last one is held back until the whole is verified.
    while ((part + 1) * partSize < size && this.parts.has(part + 1)) part += 1
    return Math.max(start, part * partSize)
  }

  /** Raises StoreError; NO_SUCH_UPLOAD from when an upload is complete until its file is done. */
  read(start: number, end: number, signal: AbortSignal): Promise<ObjectReader> {
    return this.isDone
      ? this.store.open(this.upload.key, start, end, signal)
      : this.arrived.open(start, end, signal)
  }

  /** Looks again, soon. Raises StoreError when no more will come, or nothing has come for too long. */
  async look(): Promise<void> {
    this.looking ??= this.lookAgain().finally(() => (this.looking = undefined))
    await this.looking
    if (performance.now() - this.newsAt > this.timing.fetchStall) {
      throw over('nothing more of the file has been fetched for too long')
    }
  }

  private async lookAgain(): Promise<void> {
    if (this.hasLooked) await delay(this.timing.look)
    this.hasLooked = true
    const { key, size, uploadId } = this.upload
    const found = within(this.timing.lookup, this.downloads.find(this.linkId), 'link lookup')
    const download = await found.catch(() => 'unknown' as const) // no news; too long without is the end
    if (download === 'unknown') return
    if (download?.objectKey !== key || download.size !== size) throw over()
    if (download.state === 'ready') {
      this.isDone = true
      this.newsAt = performance.now()
      return
    }
    if (download.state !== 'not_ready' || download.unfinished?.uploadId !== uploadId) throw over()
    const parts = await this.arrived.list().catch((error: unknown) => {
      if (error instanceof StoreError) return undefined // complete, and about to be told so; or away
      throw error
    })
    if (parts !== undefined) this.parts = parts
    const news = `${download.unfinished.bytesDone}/${this.parts.size}`
    if (news !== this.news) this.newsAt = performance.now()
    this.news = news
  }
}

/** For good: not UNAVAILABLE, after which the store is opened again. */
function over(why = 'the fetch of the file ended'): StoreError {
  return new StoreError('NO_SUCH_UPLOAD', why)
}

@Injectable()
export class UnfinishedDownloads {
  private readonly known = new Map<string, { unfinishedFile: UnfinishedFile; users: number }>()

  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  /**
   * Where a file can be read while it is fetched; undefined where nothing is fetched. Give it back. Raises a refusal
   * where the store shows nothing before the file is whole.
   */
  take(download: Download): { unfinishedFile: UnfinishedFile; leave: () => void } | undefined {
    const upload = uploadOf(download)
    if (upload === undefined) return undefined
    const arrived = this.store.readableParts(upload)
    if (arrived === undefined) throw new Refusal('not_ready_whole', { retryInSeconds: NOT_READY_RETRY })
    const id = `${download.linkId}/${upload.uploadId}`
    let entry = this.known.get(id)
    if (entry === undefined) {
      const { downloads, store, timing } = this
      const file = fileOf(download, upload)
      const unfinishedFile = new UnfinishedFile(
        file,
        download.linkId,
        upload,
        downloads,
        store,
        arrived,
        timing,
      )
      entry = { unfinishedFile: unfinishedFile, users: 0 }
      this.known.set(id, entry)
    }
    const { unfinishedFile: arrival } = entry
    const taken = entry
    taken.users += 1
    return {
      unfinishedFile: arrival,
      leave: () => {
        taken.users -= 1
        if (taken.users === 0) this.known.delete(id)
      },
    }
  }
}

function uploadOf({
  state,
  unfinished: arriving,
  objectKey,
  size,
}: Download): (Upload & UnfinishedUpload) | undefined {
  if (state !== 'not_ready' || arriving === null || objectKey === null || size === null) return undefined
  return { ...arriving, key: objectKey, size }
}

function fileOf({ name }: Download, { key, size }: Upload): ServedFile {
  const unknown = { sha256: null, md5: null, crc32c: null, etag: undefined, lastModified: undefined }
  return { objectKey: key, name, size, ...unknown }
}
