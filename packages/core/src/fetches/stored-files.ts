import type { DataSource, EntityManager } from 'typeorm'
import { type Revoked, revokeFile } from '../blocks/index.js'
import { type Clock, dateOf } from '../clock/index.js'
import { Discards } from '../discards/index.js'
import { transaction } from '../locks/index.js'

/** A file that was read lately may be being read: downloads come as many requests, ms. */
const READ_LATELY_MS = 10 * 60_000
/** Of the advisory lock that makes eviction the work of one at a time. */
const EVICTION = 0x0bb_e71c

export interface GivenUp {
  fileId: string
  objectKey: string | null
}

const NO_LINK = 'NOT EXISTS (SELECT 1 FROM link WHERE file_id = f.id AND ended_at IS NULL)'

/** What lies in the store, and how long: until nobody wants it, or there is no room for it. Pinned files stay. */
export class StoredFiles {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** False if there is no such file. */
  async pin(fileId: string, pinned: boolean): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      'UPDATE source_file SET pinned = $2, updated_at = $3 WHERE id = $1',
      [fileId, pinned, dateOf(this.clock)],
    )
    return changed === 1
  }

  /**
   * Takes a file out as if nobody had asked for it: a fetch of it ends, its object goes, pinned or not, and its links
   * end. Whoever asks for it again has it fetched anew.
   */
  remove(fileId: string): Promise<Revoked> {
    return transaction(this.database, (tx) => revokeFile(tx, this.clock, fileId, 'removed'))
  }

  /** Stored files that nobody read for `unusedMs` and no live link needs become idle; their objects go. */
  async forgetUnused(unusedMs: number, limit: number): Promise<GivenUp[]> {
    return transaction(this.database, async (tx) => {
      const unused = await tx.query<GivenUp[]>(
        `SELECT id AS "fileId", object_key AS "objectKey" FROM source_file f
          WHERE state = 'done' AND NOT pinned AND last_access_at <= $1 AND ${NO_LINK}
          LIMIT $2 FOR UPDATE SKIP LOCKED`,
        [new Date(this.clock.now() - unusedMs), limit],
      )
      const idle = await this.becomeIdle(tx, unused)
      await this.discard(tx, idle)
      return idle
    })
  }

  /**
   * While more than `quota` bytes are in the store, those read least recently go, except what is pinned or was read
   * within minutes. A file that links still lead to is not forgotten: it is `done` without an object, and whoever
   * asks for it has it fetched again, for nothing (`recall`). Nothing happens while another worker evicts.
   */
  async evict(quota: number, limit: number): Promise<GivenUp[]> {
    return transaction(this.database, async (tx) => {
      const [turn] = await tx.query<[{ mine: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
        EVICTION,
      ])
      if (!turn.mine) return []
      const evicted = await this.leastRecent(tx, quota, limit)
      const idle = await this.becomeIdle(tx, evicted)
      const kept = evicted.filter(({ fileId }) => !idle.some((file) => file.fileId === fileId))
      await tx.query(
        `UPDATE source_file SET object_key = NULL, generation = generation + 1, bytes_done = 0, updated_at = $2
          WHERE id = ANY($1)`,
        [idsOf(kept), dateOf(this.clock)],
      )
      await this.discard(tx, evicted)
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
         SELECT id, last_access_at, sum(size) OVER (ORDER BY last_access_at, id) - size AS older FROM source_file
          WHERE state = 'done' AND object_key IS NOT NULL AND NOT pinned AND last_access_at <= $1)
       SELECT id FROM oldest, stored WHERE older < stored.bytes - $2::bigint ORDER BY last_access_at, id LIMIT $3`,
      [before, quota, limit],
    )
    return tx.query<GivenUp[]>(
      `SELECT id AS "fileId", object_key AS "objectKey" FROM source_file
        WHERE id = ANY($1) AND state = 'done' AND object_key IS NOT NULL AND NOT pinned AND last_access_at <= $2
        FOR UPDATE SKIP LOCKED`,
      [chosen.map(({ id }) => id), before],
    )
  }

  /** Those that have no link. They are looked for again: one may have been made before the locks were taken. */
  private async becomeIdle(tx: EntityManager, files: readonly GivenUp[]): Promise<GivenUp[]> {
    const [forgotten] = await tx.query<[{ id: string }[], number]>(
      `UPDATE source_file f
          SET state = 'idle', generation = generation + 1, object_key = NULL, bytes_done = 0, checked_at = NULL,
              sha256 = NULL, md5 = NULL, crc32c = NULL, updated_at = $2
        WHERE id = ANY($1) AND ${NO_LINK}
        RETURNING id`,
      [idsOf(files), dateOf(this.clock)],
    )
    const ids = new Set(forgotten.map((file) => file.id))
    return files.filter(({ fileId }) => ids.has(fileId))
  }

  private async discard(tx: EntityManager, files: readonly GivenUp[]): Promise<void> {
    await tx.query('DELETE FROM file_pieces WHERE file_id = ANY($1)', [idsOf(files)])
    for (const { objectKey } of files) {
      if (objectKey !== null) await Discards.add(tx, { objectKey, uploadId: null }, this.clock.now())
    }
  }
}

function idsOf(files: readonly GivenUp[]): string[] {
  return files.map(({ fileId }) => fileId)
}
