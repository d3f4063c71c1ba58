import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { isInSql, isLeftSql } from '../files/index.js'
import { isUnendedSql } from '../links/index.js'
import { NIL_ID, Walk, walkByTime } from '../walk/index.js'

/** Places, and waiting files, that are looked at in one go. */
const AT_ONCE = 500

/** Files and links as they say themselves who waits. */
const WAITS = `source_file f JOIN link l ON l.file_id = f.id AND ${isUnendedSql('l')}`
const PENDING = isInSql(['pending'], 'f')

/** A page of places, without those where nobody waits. */
const STRAY = `
  WITH page AS MATERIALIZED (
    SELECT file_id, account_id FROM waiting_fetch WHERE (file_id, account_id) > ($2::uuid, $3::uuid)
     ORDER BY file_id, account_id LIMIT $4),
  gone AS (
    DELETE FROM waiting_fetch WHERE (file_id, account_id) IN (
      SELECT w.file_id, w.account_id FROM waiting_fetch w JOIN page USING (file_id, account_id)
       WHERE NOT EXISTS (SELECT FROM ${WAITS} WHERE f.id = w.file_id AND l.account_id = w.account_id
                            AND (${PENDING} OR ${isLeftSql('f', '$1')}))
         FOR UPDATE OF w SKIP LOCKED)
    RETURNING 1)
  SELECT file_id AS "fileId", account_id AS "accountId", (SELECT count(*)::int FROM gone) AS mended FROM page
   ORDER BY file_id, account_id`

/** A page of files that wait, each with a place for all its links. */
const LACKING = `
  WITH page AS MATERIALIZED (
    SELECT id, next_attempt_at FROM source_file f
     WHERE ${PENDING} AND next_attempt_at IS NOT NULL AND (next_attempt_at, id) > ($1::timestamptz, $2::uuid)
     ORDER BY next_attempt_at, id LIMIT $3),
  added AS (
    INSERT INTO waiting_fetch (file_id, account_id, platform, size, missing, asked_at, due_at)
    SELECT f.id, l.account_id, f.platform, coalesce(f.size, 0), greatest(0, coalesce(f.size, 0) - f.bytes_done),
           l.created_at, f.next_attempt_at
      FROM page JOIN ${WAITS} ON f.id = page.id
     WHERE ${PENDING}
       AND NOT EXISTS (SELECT FROM waiting_fetch w WHERE w.file_id = f.id AND w.account_id = l.account_id)
    ON CONFLICT DO NOTHING
    RETURNING 1),
  marked AS (${mark(`JOIN page ON page.id = f.id WHERE ${PENDING}`)} RETURNING 1)
  SELECT next_attempt_at::text AS at, id,
         (SELECT count(*)::int FROM added) + (SELECT count(*)::int FROM marked) AS mended FROM page
   ORDER BY next_attempt_at, id`

/** Of the files that are fetched now, which are few. */
const UNMARKED = mark(`WHERE ${isInSql(['downloading'], 'f')}`)

/**
 * Triggers write the queue, and which links are unfinished, in the transaction that changes a file or a link, and see
 * what is committed. A link that is made, or ends, in the same moment as its file becomes pending by another transaction
 * may be missed: it is found here.
 */
@Injectable()
export class QueueRepair {
  private readonly places = new Walk<readonly [file: string, account: string]>([NIL_ID, NIL_ID])
  private readonly files = walkByTime(NIL_ID)

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** There are places, or files, that were not looked at since it began at the first. */
  get isUnderWay(): boolean {
    return this.places.isUnderWay || this.files.isUnderWay
  }

  /** Looks at the next of them, at most `limit` of either kind: how much was not as files and links say. */
  async repair(limit = AT_ONCE): Promise<number> {
    const { files, isUnderWay, places } = this
    // What was gone through first begins again with the other.
    const isEach = !isUnderWay
    const [ofPlaces, ofFiles] = [isEach || places.isUnderWay, isEach || files.isUnderWay]
    const strays = ofPlaces ? await this.removeStrays(limit) : 0
    const lacking = ofFiles ? await this.addLacking(limit) : 0
    const [, unmarked] = await this.database.query<[unknown[], number]>(UNMARKED)
    return strays + lacking + unmarked
  }

  private async removeStrays(limit: number): Promise<number> {
    const page = await this.database.query<{ fileId: string; accountId: string; mended: number }[]>(STRAY, [
      dateOf(this.clock),
      ...this.places.after,
      limit,
    ])
    this.places.advance(
      page.map(({ accountId, fileId }) => [fileId, accountId]),
      limit,
    )
    return page[0]?.mended ?? 0
  }

  private async addLacking(limit: number): Promise<number> {
    const page = await this.database.query<{ at: string; id: string; mended: number }[]>(LACKING, [
      ...this.files.after,
      limit,
    ])
    this.files.advance(
      page.map(({ at, id }) => [at, id]),
      limit,
    )
    return page[0]?.mended ?? 0
  }
}

/** Marks the unfinished links of some files: they take a slot of their account's. */
function mark(which: string): string {
  return `
    UPDATE link SET unfinished = true WHERE id IN (
      SELECT l.id FROM ${WAITS} ${which} AND NOT l.unfinished
         FOR UPDATE OF l SKIP LOCKED)`
}
