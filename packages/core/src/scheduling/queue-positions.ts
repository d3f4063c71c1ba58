import { Injectable, Optional } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { isLeasedSql, isLeftSql } from '../files/index.js'
import { transaction } from '../locks/index.js'
import { Statement, rowsOf } from '../statements/index.js'
import { isAnyWaitingSql, joinByHash, straightenLine } from './fetch-line.js'

/** So often is a platform looked after, and are positions estimated, ms: a little more often than workers sweep. */
const EVERY_MS = 2_500
/** Estimates take at most this share of the time: where much waits they are made less often. */
const MOST_OF_TIME = 1 / 20
/** A place that moved by less than this share of itself is told as before. */
const NOTABLE = 20
/** No process estimates so long, ms: another one takes over. */
const GONE_MS = 60_000

export interface QueuePosition {
  /** 1 is next. */
  position: number
  /** Bytes to come until it is here, its own included; null before the first estimate. */
  bytesAhead: number | null
  /** Of all that is fetched from the platform; 0 is unknown. */
  bytesPerSecond: number
}

/** Before the first estimate everybody who waits is taken to have one turn before it. */
const POSITIONS = new Statement<QueuePosition & { place: number }>(`
  SELECT place::int, coalesce(w.position, q.accounts + 1, 1) AS position, w.bytes_ahead AS "bytesAhead",
         coalesce(q.bytes_per_second, 0) AS "bytesPerSecond"
    FROM ${rowsOf('uuid', 'uuid')} WITH ORDINALITY AS asked (file_id, account_id, place)
   CROSS JOIN LATERAL (
     SELECT * FROM waiting_fetch WHERE file_id = asked.file_id AND account_id = asked.account_id LIMIT 1) w
    LEFT JOIN LATERAL (SELECT * FROM platform_queue WHERE platform = w.platform LIMIT 1) q ON true`)

/** An account's file. */
interface WaitingFile {
  fileId: string
  accountId: string
}

/** Platforms that it is time to look after; whoever is told of one is the only one. */
const TAKE = `
  INSERT INTO platform_queue AS q (platform, tend_at, estimate_at)
  SELECT p, $2::timestamptz, $4::timestamptz FROM unnest($1::text[]) p
   WHERE ${isAnyWaitingSql('p')}
      OR (SELECT true FROM fetch_share WHERE platform = p ORDER BY account_id LIMIT 1)
      OR EXISTS (SELECT FROM source_file f WHERE f.platform = p AND ${isLeftSql('f', '$3')})
      OR EXISTS (SELECT FROM platform_queue WHERE platform = p AND accounts > 0)
  ON CONFLICT (platform) DO UPDATE
     SET tend_at = excluded.tend_at,
         estimate_at = CASE WHEN q.estimate_at <= $3 THEN excluded.estimate_at ELSE q.estimate_at END
   WHERE q.tend_at <= $3
  RETURNING platform, estimate_at = $4 AS "isDue"`

const ESTIMATE = `
  WITH clock AS (SELECT clock AS now FROM platform_queue WHERE platform = $1),
  turns AS (
    SELECT w.file_id, w.missing, w.asked_at,
           greatest(coalesce(s.finish_tag, 0), clock.now)
           + (row_number() OVER (PARTITION BY w.account_id ORDER BY w.asked_at, w.file_id) - 1)::float8 / a.weight AS tag
      FROM waiting_fetch w
      JOIN account a ON a.id = w.account_id
      LEFT JOIN fetch_share s ON s.platform = $1 AND s.account_id = w.account_id
     CROSS JOIN clock
     WHERE w.platform = $1),
  files AS (SELECT DISTINCT ON (file_id) * FROM turns ORDER BY file_id, tag, asked_at),
  queue AS (
    SELECT file_id, row_number() OVER turn AS position, sum(missing) OVER turn AS bytes_ahead
      FROM files WINDOW turn AS (ORDER BY tag, asked_at, file_id ROWS UNBOUNDED PRECEDING)),
  moved AS (
    SELECT w.file_id, w.account_id, queue.position, queue.bytes_ahead
      FROM waiting_fetch w JOIN queue ON queue.file_id = w.file_id
     WHERE w.platform = $1 AND (w.position IS NULL
        OR abs(w.position - queue.position) * ${NOTABLE} >= queue.position AND w.position <> queue.position
        OR abs(w.bytes_ahead - queue.bytes_ahead) * ${NOTABLE} >= queue.bytes_ahead
           AND w.bytes_ahead <> queue.bytes_ahead)
       FOR UPDATE OF w SKIP LOCKED)
  UPDATE waiting_fetch w SET position = moved.position, bytes_ahead = moved.bytes_ahead
    FROM moved WHERE w.file_id = moved.file_id AND w.account_id = moved.account_id`

const NOTE = `
  UPDATE platform_queue
     SET accounts = (SELECT count(DISTINCT account_id) FROM waiting_fetch WHERE platform = $1),
         bytes_per_second = (SELECT coalesce(sum(speed), 0) FROM source_file f
                              WHERE platform = $1 AND ${isLeasedSql('f', '$2')}),
         estimate_at = $3
   WHERE platform = $1`

/**
 * Where files stand in the queues of their platforms. Estimated for a platform as a whole every few seconds, by one
 * process at a time, and read by who polls.
 */
@Injectable()
export class QueuePositions {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    /** Monotonic, ms. */
    @Optional() private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** Of an account's file; undefined if it does not wait. One that several wait for comes at the first of their turns. */
  async of(fileId: string, accountId: string): Promise<QueuePosition | undefined> {
    const [position] = await this.all([{ fileId, accountId }])
    return position
  }

  /** The same of many in one statement, in their order. */
  async all(files: readonly WaitingFile[]): Promise<(QueuePosition | undefined)[]> {
    if (files.length === 0) return []
    const rows = await POSITIONS.run(this.database, [
      files.map(({ fileId }) => fileId),
      files.map(({ accountId }) => accountId),
    ])
    const positions = new Map(rows.map(({ place, ...position }) => [place, position]))
    return files.map((_, at) => positions.get(at + 1))
  }

  /**
   * Looks after those of the platforms where something waits and that nobody looked after within seconds, and tells
   * which those were: positions there are estimated anew, if it is time.
   */
  async tend(platforms: readonly string[]): Promise<string[]> {
    const now = this.clock.now()
    const values = [platforms, new Date(now + EVERY_MS), new Date(now), new Date(now + GONE_MS)]
    const taken = await this.database.query<{ platform: string; isDue: boolean }[]>(TAKE, values)
    for (const { platform, isDue } of taken) if (isDue) await this.estimate(platform)
    return taken.map(({ platform }) => platform)
  }

  private async estimate(platform: string): Promise<void> {
    const { clock, database } = this
    const begun = this.elapsed()
    await straightenLine(database, platform)
    await transaction(database, async (tx) => {
      await joinByHash(tx)
      await tx.query(ESTIMATE, [platform])
    })
    const took = this.elapsed() - begun
    const next = new Date(clock.now() + Math.max(EVERY_MS, took / MOST_OF_TIME))
    await database.query(NOTE, [platform, dateOf(clock), next])
  }
}
