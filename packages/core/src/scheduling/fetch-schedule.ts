import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Fetches } from '../fetches/index.js'
import { type FetchJob, type SourceFile, isDueSql, isLeasedSql } from '../files/index.js'
import { HostBreaker } from '../health/index.js'
import { isUnendedSql, isWantedSql } from '../links/index.js'
import { lockPlatform, transaction } from '../locks/index.js'
import { AccountPool, type Lease, type LeaseRefusal } from '../pool/index.js'

/*
 * Which file of a platform is fetched next.
 *
 * A job of the queue wakes a worker for a platform, not for a file: the worker takes the file whose turn it is.
 * Turns follow start-time fair queueing (Goyal, Vin, Cheng 1996) between accounts: each account has a finish tag,
 * the virtual time up to which it has been served; the platform's virtual time is the start tag of the last
 * fetch that began. The next fetch goes to the account with the smallest start tag max(finish tag, virtual
 * time), and costs it 1 / weight. So an account with a hundred waiting links does not hold up another one's first
 * link, however few fetches run at once, and an account that was away has saved nothing up.
 *
 * A file belongs to the queue of every account that has a live link to it, and is fetched on the slot of the one
 * whose turn it was. An account has `maxDownloads` slots per platform, one if it or the platform is solo. They are
 * counted from the running files, so there is nothing to leak. Choosing, claiming and leasing an operator account
 * are one transaction under a lock per platform.
 */

export interface Turn {
  platform: string
  worker: string
  leaseMs: number
  /** Fetches of one account at once. */
  maxDownloads: number
  solo: boolean
  /** Terms of a lease of an operator account; undefined where no account is needed. */
  account: { maxPerAccount: number; maxConnections: number; leaseMs: number } | undefined
  /** Bytes that the store has room for, what is being fetched included; undefined where it does not tell. */
  room?: number | undefined
  /** False where "platform" is not one place and has no circuit to break. */
  guarded: boolean
}

export interface ScheduledFetch {
  file: SourceFile
  lease?: Lease
  /** Why no operator account can take this file now, where one is needed. */
  refusal?: LeaseRefusal
}

/** Files looked at in one turn: one that no free account is good for does not hold up a smaller one. */
const LOOKS = 20

const WAITING = `f.platform = $1 AND ${isDueSql('f', '$2')}`

@Injectable()
export class FetchSchedule {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly fetches: Fetches,
    private readonly pool: AccountPool,
    private readonly breaker: HostBreaker,
  ) {}

  /** Claims the file whose turn it is; undefined if nothing waits or nothing may run now. */
  async next(turn: Turn): Promise<ScheduledFetch | undefined> {
    return transaction(this.database, async (tx) => {
      await lockPlatform(tx, turn.platform)
      const passage = turn.guarded ? await this.breaker.enter(turn.platform, tx) : undefined
      if (passage?.pass === false) return undefined
      const scheduled = await this.take(tx, turn)
      const calls = scheduled !== undefined && scheduled.refusal === undefined
      // A probe that nobody goes on is for the next one who asks.
      if (passage?.probe && !calls) await this.breaker.leave(turn.platform, tx)
      return scheduled
    })
  }

  private async take(tx: EntityManager, turn: Turn): Promise<ScheduledFetch | undefined> {
    let busyFrom: number | null = null
    for (let look = 0; look < LOOKS; look++) {
      const candidate = await this.candidate(tx, turn, busyFrom)
      if (!candidate) return undefined
      const { accountId, size, ...job } = candidate
      const answer = await this.lease(tx, turn, job.fileId, size)
      if (answer === 'busy') {
        busyFrom = size
        continue
      }
      const slot = { tx, slotAccountId: accountId }
      const file = await this.fetches.claim(job, turn.worker, turn.leaseMs, slot)
      if (!file) {
        // It was cancelled this very moment.
        await tx.query('DELETE FROM pool_lease WHERE file_id = $1', [job.fileId])
        continue
      }
      await this.serve(tx, turn.platform, accountId)
      return { file, ...answer }
    }
    return undefined
  }

  /**
   * The waiting file with the smallest start tag among those of accounts with a free slot; links made earlier go
   * first among equals. `busyFrom`: only smaller files, bytes.
   */
  private async candidate(
    tx: EntityManager,
    turn: Turn,
    busyFrom: number | null,
  ): Promise<(FetchJob & { accountId: string; size: number }) | undefined> {
    const [candidate] = await tx.query<(FetchJob & { accountId: string; size: number })[]>(
      `WITH running AS (
         SELECT slot_account_id AS id, count(*) AS held FROM source_file f
          WHERE platform = $1 AND ${isLeasedSql('f', '$2')} GROUP BY 1),
       clock AS (SELECT coalesce(max(start_tag), 0) AS now FROM fetch_share WHERE platform = $1),
       room AS (
         SELECT $6::bigint - coalesce(sum(greatest(0, size - bytes_done)), 0) AS left FROM source_file f
          WHERE ${isLeasedSql('f', '$2')} AND $6::bigint IS NOT NULL)
       SELECT f.id AS "fileId", f.generation, l.account_id AS "accountId", coalesce(f.size, 0) AS size
         FROM source_file f
         JOIN link l ON l.file_id = f.id AND ${isUnendedSql('l')}
         JOIN account a ON a.id = l.account_id
         LEFT JOIN running r ON r.id = a.id
         LEFT JOIN fetch_share s ON s.platform = $1 AND s.account_id = a.id
         CROSS JOIN clock
         CROSS JOIN room
        WHERE ${WAITING} AND coalesce(r.held, 0) < CASE WHEN a.solo OR $4 THEN 1 ELSE $3::int END
          AND ($5::bigint IS NULL OR coalesce(f.size, 0) < $5)
          AND ($6::bigint IS NULL OR coalesce(f.size, 0) - f.bytes_done <= room.left)
        ORDER BY greatest(coalesce(s.finish_tag, 0), clock.now), l.created_at, f.id
        LIMIT 1`,
      [turn.platform, dateOf(this.clock), turn.maxDownloads, turn.solo, busyFrom, turn.room ?? null],
    )
    return candidate
  }

  private async lease(
    tx: EntityManager,
    turn: Turn,
    fileId: string,
    size: number,
  ): Promise<'busy' | { lease?: Lease; refusal?: LeaseRefusal }> {
    if (!turn.account) return {}
    const { platform, worker, account } = turn
    // Nobody has this file now: what a killed worker still held for it is free.
    await tx.query('DELETE FROM pool_lease WHERE file_id = $1', [fileId])
    const answer = await this.pool.acquireIn(tx, { ...account, platform, worker, fileId, size, exclude: [] })
    if (answer.lease) return { lease: answer.lease }
    return answer.reason === 'busy' ? 'busy' : { refusal: answer }
  }

  private async serve(tx: EntityManager, platform: string, accountId: string): Promise<void> {
    await tx.query(
      `INSERT INTO fetch_share AS mine (platform, account_id, start_tag, finish_tag)
       SELECT $1, a.id, clock.now, clock.now + 1.0 / a.weight
         FROM account a, (SELECT coalesce(max(start_tag), 0) AS now FROM fetch_share WHERE platform = $1) clock
        WHERE a.id = $2
       ON CONFLICT (platform, account_id) DO UPDATE
          SET start_tag = greatest(mine.finish_tag, excluded.start_tag),
              finish_tag = greatest(mine.finish_tag, excluded.start_tag) + (excluded.finish_tag - excluded.start_tag)`,
      [platform, accountId],
    )
  }

  /**
   * Where an account's waiting file stands in its platform's queue: 1 is next. A file that several accounts wait
   * for comes at the first of their turns. Estimated from the tags as they are; undefined if the file does not wait.
   */
  async position(
    platform: string,
    fileId: string,
    accountId: string,
  ): Promise<{ position: number; bytesAhead: number; bytesPerSecond: number } | undefined> {
    const [row] = await this.database.query<
      { position: number; bytesAhead: number; bytesPerSecond: number }[]
    >(
      `WITH clock AS (SELECT coalesce(max(start_tag), 0) AS now FROM fetch_share WHERE platform = $1),
       turns AS (
         SELECT f.id, f.size, l.created_at,
                greatest(coalesce(s.finish_tag, 0), clock.now)
                + (row_number() OVER (PARTITION BY l.account_id ORDER BY l.created_at, f.id) - 1)::float8 / a.weight AS tag
           FROM source_file f
           JOIN link l ON l.file_id = f.id AND ${isUnendedSql('l')}
           JOIN account a ON a.id = l.account_id
           LEFT JOIN fetch_share s ON s.platform = $1 AND s.account_id = a.id
           CROSS JOIN clock
          WHERE f.platform = $1 AND f.state = 'pending'),
       files AS (SELECT DISTINCT ON (id) * FROM turns ORDER BY id, tag, created_at),
       queue AS (
         SELECT id, row_number() OVER turn AS position, sum(size) OVER turn AS "bytesAhead"
           FROM files WINDOW turn AS (ORDER BY tag, created_at, id ROWS UNBOUNDED PRECEDING))
       SELECT position::int, "bytesAhead"::bigint,
              (SELECT coalesce(sum(speed), 0)::bigint FROM source_file
                WHERE platform = $1 AND state = 'downloading') AS "bytesPerSecond"
         FROM queue
        WHERE id = $2
          AND EXISTS (SELECT FROM link WHERE file_id = $2 AND account_id = $3 AND ${isUnendedSql('link')})`,
      [platform, fileId, accountId],
    )
    return row
  }

  /** A file of the platform that waits now, to wake somebody for: a slot has become free. */
  async nextWaiting(
    platform: string,
  ): Promise<{ fileId: string; generation: number; claim: number } | undefined> {
    const [file] = await this.database.query<{ fileId: string; generation: number; claim: number }[]>(
      `SELECT f.id AS "fileId", f.generation, f.claim FROM source_file f
        WHERE ${WAITING} AND ${isWantedSql('f.id')}
        ORDER BY f.wanted_at LIMIT 1`,
      [platform, dateOf(this.clock)],
    )
    return file
  }
}
