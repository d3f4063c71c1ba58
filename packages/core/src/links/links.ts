import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { type FileState, type SourceFile, isInSql, isSized, transitions } from '../files/index.js'
import { type TimeKey, type Walk, walkByTime } from '../walk/index.js'
import { Batch, GATHER_MS, Statement, rowsOf } from '../statements/index.js'
import { expireLinks } from './endings.js'
import type { Link } from './link.table.js'
import { isLive } from './liveness.js'

/** A link together with what its file does right now: one read of two rows. */
export interface LinkView {
  id: string
  accountId: string
  fileId: string
  platform: string
  hostDomain: string
  createdAt: Date
  expiresAt: Date
  endedAt: Date | null
  endReason: Link['endReason']
  refusal: string | null
  retryAt: Date | null
  state: FileState
  name: string
  /** Bytes; of a file whose host does not tell, what has come so far. */
  size: number
  isSized: boolean
  bytesDone: number
  speed: number | null
  attempts: number
  wantedAt: Date | null
  nextAttemptAt: Date | null
  sha256: string | null
  md5: string | null
  crc32c: string | null
  /** Bytes of it that its host has lost. */
  missingBytes: number
}

type LinkRow = Omit<Link, 'account' | 'file' | 'charged' | 'fileId' | 'unfinished'>

/** The commonest question of all: each link is looked up by its key, whatever the planner believes of the tables. */
const VIEWS = new Statement<LinkView & { place: number; evicted: boolean }>(`
  SELECT place::int, l.id, l.account_id AS "accountId", l.file_id AS "fileId", f.platform, l.host_domain AS "hostDomain",
         l.created_at AS "createdAt", l.expires_at AS "expiresAt", l.ended_at AS "endedAt",
         l.end_reason AS "endReason", l.refusal, l.retry_at AS "retryAt", f.state, coalesce(l.name, f.name) AS name,
         f.size, f.size_told OR f.state = 'done' AS "isSized",
         f.bytes_done AS "bytesDone", f.speed, f.attempts, f.wanted_at AS "wantedAt",
         f.next_attempt_at AS "nextAttemptAt", f.sha256, f.md5, f.crc32c,
         f.missing_bytes AS "missingBytes",
         ${isInSql(['evicted'], 'f')} AS evicted
    FROM ${rowsOf('text', 'uuid')} WITH ORDINALITY AS asked (link_id, account_id, place)
   CROSS JOIN LATERAL (SELECT * FROM link WHERE id = asked.link_id AND account_id = asked.account_id LIMIT 1) l
   CROSS JOIN LATERAL (SELECT * FROM source_file WHERE id = l.file_id LIMIT 1) f`)

interface LinkQuestion {
  accountId: string
  linkId: string
}

/** The same of rows that were read already. */
export function linkView(link: LinkRow, file: SourceFile): LinkView {
  return {
    id: link.id,
    accountId: link.accountId,
    fileId: file.id,
    platform: file.platform,
    hostDomain: link.hostDomain,
    createdAt: link.createdAt,
    expiresAt: link.expiresAt,
    endedAt: link.endedAt,
    endReason: link.endReason,
    refusal: link.refusal,
    retryAt: link.retryAt,
    state: file.state,
    name: link.name ?? file.name ?? '',
    size: file.size ?? 0,
    isSized: isSized(file),
    bytesDone: file.bytesDone,
    speed: file.speed,
    attempts: file.attempts,
    wantedAt: file.wantedAt,
    nextAttemptAt: file.nextAttemptAt,
    sha256: file.sha256,
    md5: file.md5,
    crc32c: file.crc32c,
    missingBytes: file.missingBytes,
  }
}

/** Links that are ended in one statement. */
const EXPIRED_AT_ONCE = 500

/** A walk through what `expire` looks at. */
export const expiredWalk = (): Walk<TimeKey> => walkByTime('')

/** Accounts' rights to files. */
@Injectable()
export class Links {
  private readonly views = new Batch((questions: LinkQuestion[]) => this.read(questions), GATHER_MS)

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** A link of this account; undefined for an unknown id and for somebody else's. An evicted file is fetched again. */
  async view(accountId: string, linkId: string): Promise<LinkView | undefined> {
    const row = await this.views.ask({ accountId, linkId })
    if (!row) return undefined
    const { evicted, ...view } = row
    const now = dateOf(this.clock)
    if (!evicted || !isLive(view, view, now.getTime())) return view
    await transitions.refetchEvicted(this.database, view.fileId, now)
    return { ...view, state: 'pending', bytesDone: 0, attempts: 0, wantedAt: now, nextAttemptAt: now }
  }

  /**
   * Ends links whose time is over; how many they were. A link whose file is still being fetched keeps until that ends. At
   * most `limit` are looked at; `walk` tells whether there are more.
   */
  expire(limit = EXPIRED_AT_ONCE, walk = expiredWalk()): Promise<number> {
    return expireLinks(this.database, dateOf(this.clock), walk, limit)
  }

  private async read(
    questions: readonly LinkQuestion[],
  ): Promise<((LinkView & { evicted: boolean }) | undefined)[]> {
    const rows = await VIEWS.run(this.database, [
      questions.map(({ linkId }) => linkId),
      questions.map(({ accountId }) => accountId),
    ])
    const views = new Map(rows.map(({ place, ...view }) => [place, view]))
    return questions.map((_, at) => views.get(at + 1))
  }
}
