import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { Clock, dateOf } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import type { StreamOfProxy } from './proxy.table.js'

/** Streams of one proxy process that are told one by one; of the others their number and bytes alone. */
export const BUSIEST = 200
/** A proxy that was not seen for this long counts as gone, ms. */
const GONE_MS = 10_000
/** Rows of those that are gone are swept by any other proxy that tells something, ms. */
const SWEPT_MS = 60_000
/** Proxies are read at most so often, however many ask, ms. */
const FRESH_MS = 1_000

const amount = z.number().int().nonnegative()
const toldSchema: z.ZodType<StreamOfProxy[]> = z
  .array(
    z.object({
      ...{
        id: z.string().max(64),
        connections: amount,
        sent: amount,
        distinct: amount,
        bytesPerSecond: amount,
      },
      ...{ since: amount, client: z.string().max(200), address: z.string().max(100) },
    }),
  )
  .max(BUSIEST)

export interface ProxyReport {
  startedAt: Date
  offload: 'off' | 'redirect' | 'x-accel'
  offloaded: number
  streams: number
  connections: number
  bytesPerSecond: number
  /** At most BUSIEST. */
  busiest: StreamOfProxy[]
}

/** A proxy process that sends to clients. */
export interface ProxyNow extends ProxyReport {
  id: string
  seenAt: Date
}

/** What is sent of one link, by all proxies. */
export type Stream = StreamOfProxy

export interface StreamsNow {
  /** The busiest first. */
  proxies: ProxyNow[]
  /** By id of the link or share, the fastest first. */
  streams: ReadonlyMap<string, Stream>
}

/** What an operator sees of a stream. */
export interface NamedStream extends Stream {
  linkId: string
  isShared: boolean
  platform: string
  name: string
  size: number
  user: string
}

const NAMES = new Statement<
  Pick<NamedStream, 'id' | 'linkId' | 'isShared' | 'platform' | 'name' | 'size' | 'user'>
>(
  `SELECT asked.id, l.id AS "linkId", s.id IS NOT NULL AS "isShared", f.platform,
          coalesce(l.name, f.name, '') AS name, coalesce(f.size, 0) AS size, a.email AS user
     FROM unnest($1::text[]) AS asked (id)
     LEFT JOIN share s ON s.id = asked.id
     JOIN link l ON l.id = coalesce(s.link_id, asked.id)
     JOIN source_file f ON f.id = l.file_id
     JOIN account a ON a.id = l.account_id`,
)

/** What proxies send to clients at this moment. It is told by them every few seconds and kept nowhere else. */
@Injectable()
export class Streams {
  private readAt = -Infinity
  private read: Promise<StreamsNow> | undefined

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** One statement; it also sweeps the rows of proxies that died. The proxy's role may read no row but by its id. */
  async report(id: string, report: ProxyReport): Promise<void> {
    const { startedAt, offload, offloaded, streams, connections, bytesPerSecond, busiest } = report
    const now = this.clock.now()
    await this.database.query(
      `WITH swept AS (DELETE FROM proxy WHERE seen_at < $3 AND id <> $1)
       INSERT INTO proxy (id, seen_at, started_at, offload, offloaded, streams, connections, bytes_per_second, busiest)
       VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (id) DO UPDATE SET seen_at = $2, offloaded = $6, streams = $7, connections = $8,
                                      bytes_per_second = $9, busiest = $10`,
      [
        ...[id, new Date(now), new Date(now - SWEPT_MS), startedAt, offload, offloaded],
        ...[streams, connections, Math.round(bytesPerSecond), JSON.stringify(busiest.slice(0, BUSIEST))],
      ],
    )
  }

  /** Once a proxy process sends nothing any more. */
  async leave(id: string): Promise<void> {
    await this.database.query('DELETE FROM proxy WHERE id = $1', [id])
  }

  /** As of a second ago. */
  now(): Promise<StreamsNow> {
    const now = this.clock.now()
    if (this.read === undefined || Math.abs(now - this.readAt) >= FRESH_MS) {
      this.readAt = now
      const reading = this.readNow()
      reading.catch(() => this.read === reading && (this.read = undefined))
      this.read = reading
    }
    return this.read
  }

  /** The fastest, with whose they are; those whose link is gone meanwhile are left out. */
  async named(limit: number): Promise<NamedStream[]> {
    const { streams } = await this.now()
    const fastest = [...streams.values()].slice(0, limit)
    const names = await NAMES.run(this.database, [fastest.map(({ id }) => id)])
    const byId = new Map(names.map((name) => [name.id, name]))
    return fastest.flatMap((stream) => {
      const name = byId.get(stream.id)
      return name ? [{ ...stream, ...name }] : []
    })
  }

  private async readNow(): Promise<StreamsNow> {
    const since = dateOf(this.clock).getTime() - GONE_MS
    const proxies = await this.database.query<ProxyNow[]>(
      `SELECT id, started_at AS "startedAt", seen_at AS "seenAt", offload, offloaded, streams, connections,
              bytes_per_second AS "bytesPerSecond", busiest
         FROM proxy WHERE seen_at > $1 ORDER BY bytes_per_second DESC, id`,
      [new Date(since)],
    )
    // A proxy may say what it likes in its row, and nobody is to wait for it, or go without the others, for that.
    const told = proxies.map((proxy) => ({ ...proxy, busiest: toldSchema.catch([]).parse(proxy.busiest) }))
    return { proxies: told, streams: together(told.flatMap(({ busiest }) => busiest)) }
  }
}

/** Clients spread their connections over processes: each link once. Processes do not know what others sent. */
function together(told: readonly StreamOfProxy[]): Map<string, Stream> {
  const streams = new Map<string, Stream>()
  for (const next of told) {
    const known = streams.get(next.id)
    streams.set(next.id, known ? sum(known, next) : next)
  }
  const fastest = [...streams.values()].toSorted(
    (one, other) => other.bytesPerSecond - one.bytesPerSecond || one.since - other.since,
  )
  return new Map(fastest.map((stream) => [stream.id, stream]))
}

function sum(one: Stream, other: Stream): Stream {
  const first = one.since <= other.since ? one : other
  return {
    ...first,
    connections: one.connections + other.connections,
    sent: one.sent + other.sent,
    distinct: one.distinct + other.distinct,
    bytesPerSecond: one.bytesPerSecond + other.bytesPerSecond,
  }
}
