import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { isInSql } from './file-states.js'

/** Changes that are folded into the total in one go. */
const FOLDED = 1_000
/** How often each shard is compared with its files, ms. */
const COUNTED_EVERY_MS = 24 * 3_600_000

/** What a shard was off by, bytes. */
export interface Miscount {
  shard: number
  bytes: number
}

/**
 * How many bytes lie in the store: a running total, which triggers on the files keep in the transactions that change
 * them. It is verified against the files, a shard at a time, so that nothing ever adds up all of them.
 */
@Injectable()
export class StoredBytes {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Bytes of whole files, and what has arrived of those under way. */
  static async total(runner: Pick<EntityManager, 'query'>): Promise<number> {
    const [{ bytes }] = await runner.query<[{ bytes: number }]>(
      `SELECT ((SELECT coalesce(sum(bytes), 0) FROM stored_bytes)
             + (SELECT coalesce(sum(bytes), 0) FROM stored_bytes_change)
             + (SELECT coalesce(sum(bytes_done), 0) FROM source_file WHERE upload_id IS NOT NULL))::bigint AS bytes`,
    )
    return bytes
  }

  /** Adds changes to the total; which of them, and when, does not show. True: there are more. */
  async fold(): Promise<boolean> {
    const [row] = await this.database.query<[{ folded: number }]>(
      `WITH gone AS (
         DELETE FROM stored_bytes_change WHERE id = ANY(ARRAY(
           SELECT id FROM stored_bytes_change ORDER BY id LIMIT ${FOLDED} FOR UPDATE SKIP LOCKED))
         RETURNING shard, bytes),
       sums AS (SELECT shard, sum(bytes)::bigint AS bytes, count(*) AS rows FROM gone GROUP BY shard),
       locked AS (
         SELECT s.shard FROM stored_bytes s JOIN sums USING (shard) ORDER BY s.shard FOR NO KEY UPDATE OF s),
       folded AS (
         UPDATE stored_bytes s SET bytes = s.bytes + sums.bytes
           FROM sums JOIN locked USING (shard) WHERE s.shard = sums.shard)
       SELECT coalesce(sum(rows), 0)::int AS folded FROM sums`,
    )
    return row.folded === FOLDED
  }

  /**
   * Counts the shard that was not counted for longest, if that is a day ago, and corrects the total by what it is off:
   * undefined if there was nothing to count or all was right. The files of a shard are a range of the primary key.
   */
  async verify(): Promise<Miscount | undefined> {
    const now = dateOf(this.clock)
    const before = new Date(now.getTime() - COUNTED_EVERY_MS)
    const [[due]] = await this.database.query<[{ shard: number }[], number]>(
      `UPDATE stored_bytes SET counted_at = $1
        WHERE shard = (SELECT shard FROM stored_bytes WHERE counted_at IS NULL OR counted_at <= $2
                        ORDER BY counted_at NULLS FIRST, shard LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING shard`,
      [now, before],
    )
    if (!due) return undefined
    // One statement sees files, total and changes of one moment.
    const [off] = await this.database.query<Miscount[]>(
      `WITH counted AS (
         SELECT coalesce(sum(size), 0) AS bytes FROM source_file f
          WHERE id BETWEEN $2::uuid AND $3::uuid AND ${isInSql(['stored'], 'f')}),
       kept AS (
         SELECT (SELECT coalesce(sum(bytes), 0) FROM stored_bytes WHERE shard = $1)
              + (SELECT coalesce(sum(bytes), 0) FROM stored_bytes_change WHERE shard = $1) AS bytes)
       INSERT INTO stored_bytes_change (shard, bytes)
       SELECT $1, counted.bytes - kept.bytes FROM counted, kept WHERE counted.bytes <> kept.bytes
       RETURNING shard, bytes`,
      [due.shard, ...rangeOf(due.shard)],
    )
    return off
  }
}

/** The first and the last id of a shard. */
function rangeOf(shard: number): [string, string] {
  const byte = shard.toString(16).padStart(2, '0')
  return [`${byte}000000-0000-0000-0000-000000000000`, `${byte}ffffff-ffff-ffff-ffff-ffffffffffff`]
}
