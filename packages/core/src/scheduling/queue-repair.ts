import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { FETCHING, isInSql, isLeftSql } from '../files/index.js'
import { isUnendedSql } from '../links/index.js'

/** Files and links as they say themselves who waits. */
const WAITS = `source_file f JOIN link l ON l.file_id = f.id AND ${isUnendedSql('l')}`
const PENDING = isInSql(['pending'], 'f')

const STRAY = `
  DELETE FROM waiting_fetch WHERE (file_id, account_id) IN (
    SELECT w.file_id, w.account_id FROM waiting_fetch w
     WHERE NOT EXISTS (SELECT FROM ${WAITS} WHERE f.id = w.file_id AND l.account_id = w.account_id
                          AND (${PENDING} OR ${isLeftSql('f', '$1')}))
       FOR UPDATE SKIP LOCKED)`

const LACKING = `
  INSERT INTO waiting_fetch (file_id, account_id, platform, size, missing, asked_at, due_at)
  SELECT f.id, l.account_id, f.platform, coalesce(f.size, 0), greatest(0, coalesce(f.size, 0) - f.bytes_done),
         l.created_at, coalesce(f.next_attempt_at, 'infinity')
    FROM ${WAITS}
   WHERE ${PENDING} AND NOT EXISTS (SELECT FROM waiting_fetch w WHERE w.file_id = f.id AND w.account_id = l.account_id)
  ON CONFLICT DO NOTHING`

/** Links that take a slot of their account's, and are not marked so. */
const UNMARKED = `
  UPDATE link SET unfinished = true WHERE id IN (
    SELECT l.id FROM ${WAITS}
     WHERE ${isInSql(FETCHING, 'f')} AND NOT l.unfinished
       FOR UPDATE OF l SKIP LOCKED)`

/**
 * Triggers write the queue, and which links are unfinished, in the transaction that changes a file or a link, and see
 * what is committed. A link that is made, or ends, in the same moment as its file becomes pending by another transaction
 * may be missed: it is found here.
 */
@Injectable()
export class QueueRepair {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** How many places were not as files and links say. */
  async repair(): Promise<number> {
    const [, strays] = await this.database.query<[unknown[], number]>(STRAY, [dateOf(this.clock)])
    const lacking = await this.database.query<unknown[]>(`${LACKING} RETURNING 1`)
    const [, unmarked] = await this.database.query<[unknown[], number]>(UNMARKED)
    return strays + lacking.length + unmarked
  }
}
