import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'
import { StoredBytes } from '../files/index.js'
import { type LevelAt, type Use, growthOf, useOf } from './pace.js'

const HOUR_MS = 3_600_000
/** Levels that are kept and looked at, ms. */
const KEPT_MS = 7 * 24 * HOUR_MS
/** They are read at most so often, however many ask, ms: they change by the hour. */
const FRESH_MS = 60_000
const STORE = 'store'

export interface Paces {
  /** Bytes by which the store grows a day, negative where it shrinks; null where too little is known. */
  store: number | null
  /** By platform, of those whose accounts tell what they have left. */
  hosts: ReadonlyMap<string, Use>
}

interface Row {
  subject: string
  platform: string | null
  at: Date
  bytes: number
}

/** How much lies in the store and what accounts have left at their hosts, hour by hour. */
@Injectable()
export class Levels {
  /** The last hour that this process wrote down, epoch ms. */
  private written = 0
  private readAt = -Infinity
  private known: Promise<Paces> | undefined

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Writes down the levels of this hour, once however many do so, and forgets old ones. */
  async record(): Promise<void> {
    const hour = Math.floor(this.clock.now() / HOUR_MS) * HOUR_MS
    if (hour === this.written) return
    await this.database.query('DELETE FROM level WHERE hour < $1', [new Date(hour - KEPT_MS)])
    await this.database.query(
      `INSERT INTO level (subject, hour, bytes)
       SELECT '${STORE}', $1::timestamptz, $2::bigint
        UNION ALL
       SELECT id::text, $1, traffic_left FROM host_account
        WHERE enabled AND traffic_left IS NOT NULL AND trial_until IS NULL
       ON CONFLICT DO NOTHING`,
      [new Date(hour), await StoredBytes.total(this.database)],
    )
    this.written = hour
  }

  /** As of a minute ago. */
  paces(): Promise<Paces> {
    const now = this.clock.now()
    if (this.known === undefined || now >= this.readAt + FRESH_MS) {
      this.readAt = now
      const reading = this.read(now)
      reading.catch(() => (this.known = undefined))
      this.known = reading
    }
    return this.known
  }

  private async read(now: number): Promise<Paces> {
    const rows = await this.database.query<Row[]>(
      `SELECT subject, platform, hour AS at, bytes
         FROM level LEFT JOIN host_account a ON a.id::text = subject AND a.enabled
        WHERE subject = '${STORE}' OR a.id IS NOT NULL ORDER BY subject, hour`,
    )
    const levels = new Map<string, LevelAt[]>()
    const platforms = new Map<string, LevelAt[][]>()
    for (const { subject, platform, at, bytes } of rows) {
      let of = levels.get(subject)
      if (of === undefined) {
        levels.set(subject, (of = []))
        if (platform !== null) platforms.set(platform, [...(platforms.get(platform) ?? []), of])
      }
      of.push({ at: at.getTime(), bytes })
    }
    const hosts = [...platforms].flatMap(([platform, accounts]): [string, Use][] => {
      const use = useOf(accounts, now)
      return use ? [[platform, use]] : []
    })
    return { store: growthOf(levels.get(STORE) ?? [], now), hosts: new Map(hosts) }
  }
}
