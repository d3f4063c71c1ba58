import { Injectable } from '@nestjs/common'
import { DEFAULT_MAX_CHUNKS } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { type Account, type AccountStanding, accountStanding } from '../accounts/index.js'
import { Clock, dateOf } from '../clock/index.js'
import { type FileState, type SourceFile, keepPieces, piecesOf, transitions } from '../files/index.js'
import { Batch, Statement, rowsOf } from '../statements/index.js'
import type { Download, Downloads } from './download.js'
import type { Link } from './link.table.js'
import { isLive } from './liveness.js'
import { admitToShare, isShareId, sharedLink } from './share-downloads.js'

const TOUCH_MS = 60_000

interface Row extends Omit<Download, 'state' | 'isShared' | 'maxChunks' | 'unfinished' | 'madeBy'> {
  maxChunks: number | null
  request: string | null
  traceparent: string | null
  fileState: FileState
  uploadId: string | null
  partSize: number | null
  bytesDone: number
  sizeTold: boolean
  endedAt: Date | null
  expiresAt: Date
  accountState: Account['state']
  accountExpiresAt: Date | null
}

const STATE_OF_STANDING = {
  removed: 'ended',
  suspended: 'account_suspended',
  expired: 'account_expired',
} as const satisfies Record<Exclude<AccountStanding, 'good'>, Download['state']>

const BY_IDS = new Statement<Row>(
  `SELECT l.id AS "linkId", f.id AS "fileId", f.generation, f.object_key AS "objectKey",
          coalesce(l.name, f.name) AS name, f.size, f.sha256, f.md5, f.crc32c,
          f.done_at AS "doneAt", f.state AS "fileState", l.ended_at AS "endedAt",
          l.expires_at AS "expiresAt", a.state AS "accountState", a.expires_at AS "accountExpiresAt",
          h.max_chunks AS "maxChunks", f.upload_id AS "uploadId", f.part_size AS "partSize",
          f.bytes_done AS "bytesDone", f.size_told AS "sizeTold", l.request_id AS request, l.traceparent
     FROM ${rowsOf('text')} AS asked (id)
     JOIN link l ON l.id = asked.id
     JOIN source_file f ON f.id = l.file_id
     JOIN account a ON a.id = l.account_id
     LEFT JOIN host_setting h ON h.platform = f.platform`,
)

/**
 * Downloads read from PostgreSQL. Links that are asked for at once share a round trip, and the uses of files are
 * written one after the other: a thousand clients that begin together do not stand in line for a few connections.
 */
@Injectable()
export class PgDownloads implements Downloads {
  private readonly rows = new Batch((linkIds: string[]) => this.byIds(linkIds))
  private readonly uses = new Batch((fileIds: string[]) => this.record(fileIds))

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  async find(id: string): Promise<Download | undefined> {
    return isShareId(id) ? this.findShared(id) : this.findLink(id)
  }

  private async findShared(shareId: string): Promise<Download | undefined> {
    const share = await sharedLink(this.database, shareId)
    const download = share && (await this.findLink(share.linkId))
    if (!download) return undefined
    const isOver = share.expiresAt.getTime() <= this.clock.now()
    return {
      ...download,
      linkId: shareId,
      state: isOver ? 'share_ended' : download.state,
      isShared: true,
      expiresAt: new Date(Math.min(share.expiresAt.getTime(), download.expiresAt.getTime())),
    }
  }

  private async findLink(linkId: string): Promise<Download | undefined> {
    const row = await this.rows.ask(linkId)
    if (!row) return undefined
    const { fileState, endedAt, expiresAt, accountState, accountExpiresAt, ...rest } = row
    const { uploadId, partSize, bytesDone, sizeTold, request, traceparent, ...download } = rest
    let state = this.stateOf(
      { endedAt, expiresAt },
      { state: fileState },
      { state: accountState, expiresAt: accountExpiresAt },
    )
    if (state === 'ready' && row.objectKey === null) {
      await transitions.refetchEvicted(this.database, row.fileId, dateOf(this.clock))
      state = 'not_ready'
    }
    const isArriving = state === 'not_ready' && sizeTold && uploadId !== null && partSize !== null
    const arriving = isArriving ? { uploadId, partSize, bytesDone } : null
    return {
      ...download,
      expiresAt,
      state,
      isShared: false,
      madeBy: { request: request ?? undefined, traceparent: traceparent ?? undefined },
      unfinished: arriving,
      maxChunks: download.maxChunks ?? DEFAULT_MAX_CHUNKS,
    }
  }

  private async byIds(linkIds: readonly string[]): Promise<(Row | undefined)[]> {
    const found = await BY_IDS.run(this.database, [linkIds])
    const rows = new Map(found.map((row) => [row.linkId, row]))
    return linkIds.map((linkId) => rows.get(linkId))
  }

  private stateOf(
    link: Pick<Link, 'endedAt' | 'expiresAt'>,
    file: Pick<SourceFile, 'state'>,
    account: Pick<Account, 'state' | 'expiresAt'>,
  ): Download['state'] {
    const now = this.clock.now()
    const standing = accountStanding(account, now)
    if (standing !== 'good') return STATE_OF_STANDING[standing]
    if (!isLive(link, file, now)) return 'ended'
    return file.state === 'done' ? 'ready' : 'not_ready'
  }

  pieces(download: Download): Promise<Buffer | undefined> {
    return piecesOf(this.database, download)
  }

  keepPieces(download: Download, digests: Buffer): Promise<void> {
    return keepPieces(this.database, download, digests)
  }

  admit({ linkId }: Download, network: string): Promise<boolean> {
    return admitToShare(this.database, linkId, network, this.clock.now())
  }

  async touch({ fileId }: Download): Promise<void> {
    await this.uses.ask(fileId)
  }

  private async record(fileIds: readonly string[]): Promise<void[]> {
    const used = dateOf(this.clock)
    const before = new Date(this.clock.now() - TOUCH_MS)
    for (const fileId of fileIds) await transitions.touch(this.database, fileId, used, before)
    return fileIds.map(() => undefined)
  }

  /** The row goes back to pending; the sweep of the fetchers takes it up, so the proxy needs no queue. */
  async markMissing(download: Download): Promise<void> {
    await transitions.markMissing(this.database, download, dateOf(this.clock))
  }
}
