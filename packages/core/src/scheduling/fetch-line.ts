import type { DataSource, EntityManager } from 'typeorm'
import { type FetchJob, isLeasedSql, isLeftSql } from '../files/index.js'
import { isUnendedSql, isWantedSql } from '../links/index.js'
import { lockPlatform, transaction } from '../locks/index.js'
import { Statement } from '../statements/index.js'

/*
 * The accounts that wait on a platform, in the order of their turns.
 *
 * `waiting_fetch` says what waits; triggers keep it, beside the files' own transitions. An account stands in the line
 * (`fetch_share.waits_since`) while the time of one of its files has come. So a turn is an index look-up, however
 * much waits: the first account of the line, and its first file. An account whose files are gone meanwhile is
 * passed over, and leaves the line with the next estimate (QueuePositions).
 *
 * The line is written under the platform's lock only. Whoever locks places of the queue without their file's lock
 * leaves out those that others have, so that nobody who ends a link waits for it.
 */

/** Places whose time has come that join the line at once. */
const JOIN_AT_ONCE = 1_000
/** Accounts looked at in one turn: where none of their files fits, nothing else is looked for. */
const LOOKS = 500
/** One in so many slots is kept for who has nothing running. */
const RESERVE = 4

/**
 * The slots of all workers. A quarter is kept for who has nothing running: one half of that for accounts, the other
 * for platforms and accounts both of which have nothing. Counted without a lock over platforms, so that two that begin
 * in the same moment may both have the last slot that is nobody's.
 */
export interface Slots {
  all: number
  /** Slots that are surely free: that of who asks. */
  least: number
}

/** What may be fetched next. */
export interface Choice {
  platform: string
  now: Date
  maxDownloads: number
  solo: boolean
  /** Bytes that an operator account has left, where not any file fits. */
  fits: number | null
  /** Bytes that the store has room for, what is being fetched included; null where it does not tell. */
  room: number | null
  slots: Slots | null
}

export type Candidate = FetchJob & { accountId: string; size: number }

/*
 * Whether something is there is asked for as the first in the order of an index: of EXISTS PostgreSQL believes that a
 * scan of the table finds a row soon.
 */
const isAnyDueSql = (platform: string): string =>
  `(SELECT true FROM waiting_fetch WHERE platform = ${platform} AND due_at <= $2 ORDER BY due_at LIMIT 1)`
const isAnyInLineSql = (platform: string): string =>
  `(SELECT true FROM fetch_share WHERE platform = ${platform} AND waits_since IS NOT NULL ORDER BY finish_tag LIMIT 1)`

/** Whether anything of the platform waits, its time come or not. */
export const isAnyWaitingSql = (platform: string): string =>
  `(SELECT true FROM waiting_fetch WHERE platform = ${platform} ORDER BY due_at LIMIT 1)`

const LEFT = `f.platform = $1 AND ${isLeftSql('f', '$2')}`

const ANY_TO_JOIN = new Statement<{ any: boolean }>(
  `SELECT ${isAnyDueSql('$1')}
       OR EXISTS (SELECT FROM source_file f WHERE ${LEFT} AND ${isWantedSql('f.id')}
                     AND NOT EXISTS (SELECT FROM waiting_fetch w WHERE w.file_id = f.id)) AS any`,
)

const JOIN = `
  WITH clock AS (SELECT coalesce((SELECT clock FROM platform_queue WHERE platform = $1), 0) AS now),
  left_behind AS (
    INSERT INTO waiting_fetch (file_id, account_id, platform, size, missing, asked_at)
    SELECT f.id, l.account_id, f.platform, coalesce(f.size, 0), greatest(0, coalesce(f.size, 0) - f.bytes_done),
           l.created_at
      FROM source_file f JOIN link l ON l.file_id = f.id AND ${isUnendedSql('l')} WHERE ${LEFT}
    ON CONFLICT DO NOTHING RETURNING account_id, asked_at),
  due AS (
    UPDATE waiting_fetch w SET due_at = NULL
      FROM (SELECT file_id, account_id FROM waiting_fetch WHERE platform = $1 AND due_at <= $2
             ORDER BY due_at LIMIT ${JOIN_AT_ONCE} FOR UPDATE SKIP LOCKED) come
     WHERE w.file_id = come.file_id AND w.account_id = come.account_id RETURNING w.account_id, w.asked_at)
  INSERT INTO fetch_share AS s (platform, account_id, finish_tag, waits_since)
  SELECT $1, account_id, clock.now, min(asked_at)
    FROM (SELECT * FROM left_behind UNION ALL SELECT * FROM due) come, clock GROUP BY account_id, clock.now
  ON CONFLICT (platform, account_id) DO UPDATE
     SET finish_tag = CASE WHEN s.waits_since IS NULL THEN greatest(s.finish_tag, excluded.finish_tag)
                           ELSE s.finish_tag END,
         waits_since = least(s.waits_since, excluded.waits_since)`

/** Has whatever's time has come join the line, what a dead worker left included. */
export async function joinLine(database: DataSource, platform: string, now: Date): Promise<void> {
  const [found] = await ANY_TO_JOIN.run(database, [platform, now])
  if (!found?.any) return
  await transaction(database, async (tx) => {
    await lockPlatform(tx, platform)
    await tx.query(JOIN, [platform, now])
  })
}

const FIRST = `
  WITH running AS MATERIALIZED (
    SELECT slot_account_id AS id, count(*) AS held, count(*) FILTER (WHERE platform = $1) AS here FROM source_file f
     WHERE ${isLeasedSql('f', '$2')} GROUP BY 1),
  slots AS MATERIALIZED (
    SELECT greatest($8::int, $7::int - coalesce(sum(held), 0)) AS free, coalesce(sum(here), 0) = 0 AS none_here
      FROM running),
  room AS MATERIALIZED (
    SELECT $6::bigint - coalesce(sum(greatest(0, size - bytes_done)), 0) AS left FROM source_file f
     WHERE ${isLeasedSql('f', '$2')} AND $6::bigint IS NOT NULL)
  SELECT f.id AS "fileId", f.generation, line.account_id AS "accountId", head.size
    FROM (SELECT account_id, finish_tag, waits_since FROM fetch_share s
           WHERE platform = $1 AND waits_since IS NOT NULL
             AND coalesce((SELECT here FROM running WHERE id = s.account_id), 0)
                 < CASE WHEN $4 OR (SELECT solo FROM account WHERE id = s.account_id) THEN 1 ELSE $3::int END
             AND ($7::int IS NULL OR (SELECT free > $9::int FROM slots)
                  OR NOT EXISTS (SELECT FROM running WHERE id = s.account_id)
                     AND (SELECT free > CASE WHEN none_here THEN 0 ELSE $10::int END FROM slots))
           ORDER BY finish_tag, waits_since, account_id LIMIT ${LOOKS}) line
   CROSS JOIN LATERAL (
     SELECT w.file_id, w.size FROM waiting_fetch w
      WHERE w.platform = $1 AND w.account_id = line.account_id AND w.due_at IS NULL
        AND ($5::bigint IS NULL OR w.size <= $5)
        AND ($6::bigint IS NULL OR w.missing <= (SELECT room.left FROM room))
      ORDER BY w.asked_at, w.file_id LIMIT 1) head
    JOIN source_file f ON f.id = head.file_id
   ORDER BY line.finish_tag, line.waits_since, line.account_id LIMIT 1`

/**
 * The first file of the first account of the line that has a free slot and a file that fits; links made earlier go
 * first among equals. Under the platform's lock.
 */
export async function firstOfLine(tx: EntityManager, choice: Choice): Promise<Candidate | undefined> {
  const { fits, maxDownloads, now, platform, room, slots, solo } = choice
  const kept = Math.floor((slots?.all ?? 0) / RESERVE)
  const shares = [slots?.all ?? null, slots?.least ?? 0, kept, Math.floor(kept / 2)]
  const [first] = await tx.query<Candidate[]>(FIRST, [
    platform,
    now,
    maxDownloads,
    solo,
    fits,
    room,
    ...shares,
  ])
  return first
}

/** One whose time had come, and that nobody waits for any more: its link ended at the same moment. */
export async function leaveLine(tx: EntityManager, fileId: string): Promise<void> {
  await tx.query('DELETE FROM waiting_fetch WHERE file_id = $1 AND due_at IS NULL', [fileId])
}

const SERVE = `
  WITH start AS (
    SELECT greatest(s.finish_tag, coalesce(q.clock, 0)) AS tag
      FROM fetch_share s LEFT JOIN platform_queue q ON q.platform = s.platform
     WHERE s.platform = $1 AND s.account_id = $2),
  tick AS (
    INSERT INTO platform_queue (platform, clock, served_at) SELECT $1, tag, $3::timestamptz FROM start
    ON CONFLICT (platform) DO UPDATE SET clock = excluded.clock, served_at = excluded.served_at)
  UPDATE fetch_share s
     SET finish_tag = start.tag + 1.0 / (SELECT weight FROM account WHERE id = $2),
         waits_since = (SELECT asked_at FROM waiting_fetch
                         WHERE platform = $1 AND account_id = $2 AND due_at IS NULL ORDER BY asked_at LIMIT 1)
    FROM start WHERE s.platform = $1 AND s.account_id = $2`

/** The account has had its turn. Under the platform's lock, once its file is claimed. */
export async function serve(
  tx: EntityManager,
  platform: string,
  accountId: string,
  now: Date,
): Promise<void> {
  await tx.query(SERVE, [platform, accountId, now])
}

/** No operator account can take a file of the platform before `until`. */
export async function rest(tx: EntityManager, platform: string, until: Date): Promise<void> {
  await tx.query('UPDATE platform_queue SET rests_until = $2 WHERE platform = $1', [platform, until])
}

const isAnyReadySql = (platform: string): string =>
  `(${isAnyInLineSql(platform)} OR ${isAnyDueSql(platform)}
    OR EXISTS (SELECT FROM source_file f
                WHERE f.platform = ${platform} AND ${isLeftSql('f', '$2')} AND ${isWantedSql('f.id')}))`

const PLATFORMS = new Statement<{ platform: string }>(`
  WITH running AS MATERIALIZED (
    SELECT platform, count(*) AS held FROM source_file f WHERE ${isLeasedSql('f', '$2')} GROUP BY 1),
  waiting AS MATERIALIZED (
    SELECT p.platform FROM unnest($1::text[]) p (platform) WHERE ${isAnyReadySql('p.platform')}),
  share AS (
    SELECT $3::float8 / greatest(1, count(*)) AS slots
      FROM (SELECT platform FROM running UNION SELECT platform FROM waiting) each)
  SELECT w.platform FROM waiting w CROSS JOIN share
    LEFT JOIN running r ON r.platform = w.platform
    LEFT JOIN platform_queue q ON q.platform = w.platform
   WHERE q.rests_until IS NULL OR q.rests_until <= $2
   ORDER BY coalesce(r.held, 0) >= share.slots, q.served_at NULLS FIRST, w.platform`)

/**
 * Those of the platforms where something waits whose time has come, in their turns: first those that have not their
 * share of the slots, the one that was served longest ago first.
 */
export async function platformsInTurn(
  database: DataSource,
  platforms: readonly string[],
  now: Date,
  slots: number,
): Promise<string[]> {
  const rows = await PLATFORMS.run(database, [platforms, now, slots])
  return rows.map(({ platform }) => platform)
}

/**
 * Statements over all that waits join by hashes from here on, whatever PostgreSQL still believes of tables that were
 * empty a moment ago: row by row, fifty thousand beside ten thousand take a quarter of a minute.
 */
export async function joinByHash(tx: EntityManager): Promise<void> {
  await tx.query('SET LOCAL enable_nestloop = off')
}

/** Who waits and does not stand in the line, who stands there and does not wait, whose share says nothing. */
const STRAIGHTEN = [
  `INSERT INTO fetch_share AS s (platform, account_id, finish_tag, waits_since)
   SELECT $1, first.account_id, coalesce((SELECT clock FROM platform_queue WHERE platform = $1), 0), first.asked_at
     FROM (SELECT account_id, min(asked_at) AS asked_at FROM waiting_fetch
            WHERE platform = $1 AND due_at IS NULL GROUP BY account_id) first
     LEFT JOIN fetch_share known ON known.platform = $1 AND known.account_id = first.account_id
    WHERE known.waits_since IS DISTINCT FROM first.asked_at
   ON CONFLICT (platform, account_id) DO UPDATE SET waits_since = excluded.waits_since`,
  `UPDATE fetch_share s SET waits_since = NULL
    WHERE platform = $1 AND waits_since IS NOT NULL AND NOT EXISTS (
      SELECT FROM waiting_fetch w WHERE w.platform = $1 AND w.account_id = s.account_id AND w.due_at IS NULL)`,
  `DELETE FROM fetch_share s
    WHERE platform = $1 AND waits_since IS NULL
      AND (finish_tag <= (SELECT clock FROM platform_queue WHERE platform = $1)
           OR NOT EXISTS (SELECT FROM waiting_fetch WHERE platform = $1))`,
]

/** Brings the line in step with what waits, and forgets shares that are worth nothing. */
export async function straightenLine(database: DataSource, platform: string): Promise<void> {
  await transaction(database, async (tx) => {
    await lockPlatform(tx, platform)
    await joinByHash(tx)
    for (const statement of STRAIGHTEN) await tx.query(statement, [platform])
  })
}
