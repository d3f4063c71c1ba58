import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'

/** A fetcher that was not seen for this long counts as gone, ms. */
const GONE_MS = 20_000

interface Connection {
  query(statement: string, values: unknown[]): Promise<unknown>
}

/** A fetch worker that is alive. */
export interface FetcherNow {
  id: string
  startedAt: Date
  seenAt: Date
  /** Files that it fetches at once at most. */
  slots: number
  /** Files that it is fetching. */
  running: number
}

/** Which fetch workers are alive. */
@Injectable()
export class Fetchers {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Every few seconds, by each worker, over the connection that it keeps for it. `slots`: files it fetches at once. */
  async beat(id: string, slots = 0, connection: Connection = this.database): Promise<void> {
    await connection.query(
      `INSERT INTO fetcher (id, started_at, seen_at, slots) VALUES ($1, $2, $2, $3)
       ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`,
      [id, dateOf(this.clock), slots],
    )
  }

  /** Of all workers that are alive. */
  async slots(): Promise<number> {
    const [row] = await this.database.query<[{ slots: number }]>(
      'SELECT coalesce(sum(slots), 0)::int AS slots FROM fetcher WHERE seen_at > $1',
      [new Date(this.clock.now() - GONE_MS)],
    )
    return row.slots
  }

  /** How many workers are alive, and with how many slots. */
  async alive(): Promise<{ count: number; slots: number }> {
    const [row] = await this.database.query<[{ count: number; slots: number }]>(
      'SELECT count(*)::int AS count, coalesce(sum(slots), 0)::int AS slots FROM fetcher WHERE seen_at > $1',
      [new Date(this.clock.now() - GONE_MS)],
    )
    return row
  }

  /** Those that are alive, the oldest first. */
  list(): Promise<FetcherNow[]> {
    return this.database.query(
      `SELECT id, started_at AS "startedAt", seen_at AS "seenAt", slots,
              (SELECT count(*)::int FROM source_file WHERE state = 'downloading' AND worker = fetcher.id) AS running
         FROM fetcher WHERE seen_at > $1 ORDER BY started_at, id`,
      [new Date(this.clock.now() - GONE_MS)],
    )
  }

  /** When a worker stops; also clears away those that were killed long ago. */
  async leave(id: string, connection: Connection = this.database): Promise<void> {
    await connection.query('DELETE FROM fetcher WHERE id = $1 OR seen_at < $2', [
      id,
      new Date(this.clock.now() - 60 * GONE_MS),
    ])
  }

  async anyAlive(): Promise<boolean> {
    const rows = await this.database.query<unknown[]>('SELECT 1 FROM fetcher WHERE seen_at > $1 LIMIT 1', [
      new Date(this.clock.now() - GONE_MS),
    ])
    return rows.length > 0
  }
}
