import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { isWantedSql } from '../links/liveness.js'
import { transaction } from '../locks/index.js'
import { NIL_ID, type TimeKey, type Walk, walkByTime } from '../walk/index.js'
import { DONE, type FilePhase, isInSql } from './file-states.js'
import { StoredBytes } from './stored-bytes.js'
import * as transitions from './transitions/index.js'

/** A file that was read lately may be being read: downloads come as many requests, ms. */
const READ_LATELY_MS = 10 * 60_000
/** EVICTION is the number of the advisory lock that makes eviction the work of one at a time. */
const EVICTION = 0x0bb_e71c

/** A walk through what `forgetUnused` looks at. */
export const unusedWalk = (): Walk<TimeKey> => walkByTime(NIL_ID)

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

  /**
   * Stored files that nobody read for `unusedMs` and no live link needs become idle; their objects go. At most `limit`
   * are looked at; `walk` tells whether there are more.
   */
  async forgetUnused(unusedMs: number, limit: number, walk = unusedWalk()): Promise<GivenUp[]> {
    const before = new Date(this.clock.now() - unusedMs)
    return transaction(this.database, async (tx) => {
      const page = await tx.query<{ at: string; id: string; wanted: boolean }[]>(
        `SELECT last_access_at::text AS at, id, ${isWantedSql('page.id')} AS wanted
           FROM (${unread('stored')} UNION ALL ${unread('evicted')}) page ORDER BY last_access_at, id LIMIT $4`,
        [before, ...walk.after, limit],
      )
      walk.advance(
        page.map(({ at, id }) => [at, id]),
        limit,
      )
      const unused = await tx.query<GivenUp[]>(
        `SELECT id AS "fileId", object_key AS "objectKey" FROM source_file f
          WHERE id = ANY($1) AND ${isInSql(DONE, 'f')} AND NOT pinned AND last_access_at <= $2
          ORDER BY last_access_at, id FOR UPDATE SKIP LOCKED`,
        [page.flatMap(({ id, wanted }) => (wanted ? [] : [id])), before],
      )
      return this.forget(tx, unused)
    })
  }

  /**
   * While more than `quota` bytes are in the store, those read least recently go, except what is pinned or was read
   * within minutes. A file that links still lead to is not forgotten: it is `done` without an object, and whoever
   * asks for it has it fetched again, for nothing (`refetchEvicted`). At most `limit` at once; nothing happens while
   * another worker evicts.
   */
  async evict(quota: number, limit: number): Promise<GivenUp[]> {
    const excess = (await StoredBytes.total(this.database)) - quota
    if (excess <= 0) return []
    return transaction(this.database, async (tx) => {
      const [turn] = await tx.query<[{ mine: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
        EVICTION,
      ])
      if (!turn.mine) return []
      const evicted = await this.leastRecent(tx, (await StoredBytes.total(tx)) - quota, limit)
      await this.forget(tx, evicted)
      await transitions.evict(tx, idsOf(evicted), dateOf(this.clock))
      return evicted
    })
  }

  /** As few as make `bytes` of room. */
  private async leastRecent(tx: EntityManager, bytes: number, limit: number): Promise<GivenUp[]> {
    const before = new Date(this.clock.now() - READ_LATELY_MS)
    const oldest = await tx.query<(GivenUp & { size: number })[]>(
      `SELECT id AS "fileId", object_key AS "objectKey", size FROM source_file f
        WHERE ${isInSql(['stored'], 'f')} AND NOT pinned AND last_access_at <= $1
        ORDER BY last_access_at, id LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [before, limit],
    )
    let room = 0
    const chosen: GivenUp[] = []
    for (const { fileId, objectKey, size } of oldest) {
      if (room >= bytes) break
      chosen.push({ fileId, objectKey })
      room += size
    }
    return chosen
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

/** A page of the files of a phase by the time of their last reading; each phase has an index of its own. */
function unread(phase: FilePhase): string {
  return `(SELECT last_access_at, id FROM source_file f
            WHERE ${isInSql([phase], 'f')} AND NOT pinned AND last_access_at <= $1
              AND (last_access_at, id) > ($2::timestamptz, $3::uuid)
            ORDER BY last_access_at, id LIMIT $4)`
}

function idsOf(files: readonly GivenUp[]): string[] {
  return files.map(({ fileId }) => fileId)
}
