import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { isWantedSql } from '../links/liveness.js'
import { transaction } from '../locks/index.js'
import { DONE, isInSql } from './file-states.js'
import * as transitions from './transitions/index.js'

/** A file that was read lately may be being read: downloads come as many requests, ms. */
const READ_LATELY_MS = 10 * 60_000
/** EVICTION is the number of the advisory lock that makes eviction the work of one at a time. */
const EVICTION = 0x0bb_e71c

export interface GivenUp {
  fileId: string
  objectKey: string | null
}

/**
 * StoredFiles decides what lies in the store, and how long: until nobody wants it, or there is no room for it. Pinned
 * files stay.
 */
@Injectable()
export class StoredFiles {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** False if there is no such file. */
  pin(fileId: string, pinned: boolean): Promise<boolean> {
    return transitions.pin(this.database, fileId, pinned, dateOf(this.clock))
  }

  /** Stored files that nobody read for `unusedMs` and no live link needs become idle; their objects go. */
  async forgetUnused(unusedMs: number, limit: number): Promise<GivenUp[]> {
    return transaction(this.database, async (tx) => {
      const unused = await tx.query<GivenUp[]>(
        `SELECT id AS "fileId", object_key AS "objectKey" FROM source_file f
          WHERE ${isInSql(DONE, 'f')} AND NOT pinned AND last_access_at <= $1 AND NOT ${isWantedSql('f.id')}
          LIMIT $2 FOR UPDATE SKIP LOCKED`,
        [new Date(this.clock.now() - unusedMs), limit],
      )
      return this.forget(tx, unused)
    })
  }

  /**
   * While more than `quota` bytes are in the store, those read least recently go, except what is pinned or was read
   * within minutes. A file that links still lead to is not forgotten: it is `done` without an object, and whoever
   * asks for it has it fetched again, for nothing (`refetchEvicted`). Nothing happens while another worker evicts.
   */
  async evict(quota: number, limit: number): Promise<GivenUp[]> {
    return transaction(this.database, async (tx) => {
      const [turn] = await tx.query<[{ mine: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
        EVICTION,
      ])
      if (!turn.mine) return []
      const evicted = await this.leastRecent(tx, quota, limit)
      await this.forget(tx, evicted)
      await transitions.evict(tx, idsOf(evicted), dateOf(this.clock))
      return evicted
    })
  }

  private async leastRecent(tx: EntityManager, quota: number, limit: number): Promise<GivenUp[]> {
    const before = new Date(this.clock.now() - READ_LATELY_MS)
    const chosen = await tx.query<{ id: string }[]>(
      `WITH stored AS (
         SELECT coalesce(sum(CASE state WHEN 'done' THEN size ELSE bytes_done END), 0) AS bytes FROM source_file
          WHERE object_key IS NOT NULL),
       oldest AS (
         SELECT id, last_access_at, sum(size) OVER (ORDER BY last_access_at, id) - size AS older FROM source_file f
          WHERE ${isInSql(['stored'], 'f')} AND NOT pinned AND last_access_at <= $1)
       SELECT id FROM oldest, stored WHERE older < stored.bytes - $2::bigint ORDER BY last_access_at, id LIMIT $3`,
      [before, quota, limit],
    )
    return tx.query<GivenUp[]>(
      `SELECT id AS "fileId", object_key AS "objectKey" FROM source_file f
        WHERE id = ANY($1) AND ${isInSql(['stored'], 'f')} AND NOT pinned AND last_access_at <= $2
        FOR UPDATE SKIP LOCKED`,
      [chosen.map(({ id }) => id), before],
    )
  }

  /**
   * forget makes those files idle that have no link, and returns them. It looks for links again: one may have been made
   * before the locks were taken.
   */
  private async forget(tx: EntityManager, files: readonly GivenUp[]): Promise<GivenUp[]> {
    const forgotten = await transitions.forget(tx, idsOf(files), dateOf(this.clock))
    const ids = new Set(forgotten.map((file) => file.fileId))
    return files.filter(({ fileId }) => ids.has(fileId))
  }
}

function idsOf(files: readonly GivenUp[]): string[] {
  return files.map(({ fileId }) => fileId)
}
