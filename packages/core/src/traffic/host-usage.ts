import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock } from '../clock/index.js'
import { Batch, GATHER_MS, Statement, rowsOf } from '../statements/index.js'

/*
 * An account's use of the platforms in the last 24 hours. Hours that lie in the window as a whole are read from
 * `host_usage`, which the ledger keeps; of the one that the window begins in, the ledger itself tells which charges are
 * still in. So the figures are exact to the charge, and cost at most one hour of an account's past.
 */

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Rows of `host_usage` are kept for longer than a window, and than any clock is late, ms. */
const KEPT_MS = 2 * DAY_MS

/**
 * What the links charged in an hour came to, charge by charge, in the window that begins after `since`. `h`: a row with
 * `account_id`, `platform`, `hour` and `since`.
 */
const chargesSql = (h: string) => `
  SELECT * FROM (
    SELECT c.created_at, -(SELECT sum(bytes)::bigint FROM traffic_entry WHERE link_id = c.link_id) AS bytes
      FROM traffic_entry c
     WHERE c.kind = 'charge' AND c.account_id = ${h}.account_id AND c.platform = ${h}.platform
       AND c.created_at >= ${h}.hour AND c.created_at < ${h}.hour + interval '1 hour' AND c.created_at > ${h}.since) charge
   WHERE bytes <> 0`

/** The hours of a window in which an account used a platform, of all platforms where `platform` is null. */
const hoursSql = (accountId: string, platform: string, since: string) => `
  SELECT h.*, CASE WHEN h.hour > h.since THEN h.whole
                   ELSE (SELECT coalesce(sum(bytes), 0)::bigint FROM (${chargesSql('h')}) c) END AS bytes
    FROM (SELECT account_id, platform, hour, ${since} AS since, bytes AS whole FROM host_usage
           WHERE account_id = ${accountId} AND hour > ${since} - interval '1 hour' AND bytes <> 0
             AND (${platform} IS NULL OR platform = ${platform})) h`

/** Bytes that an account used of a platform, an SQL expression; all three are others. */
export function usedSql(accountId: string, platform: string, since: string): string {
  return `(SELECT coalesce(sum(bytes), 0)::bigint FROM (${hoursSql(accountId, platform, since)}) used)`
}

interface Question {
  accountId: string
  /** null is all of them. */
  platform: string | null
  since: Date
}

interface Hour {
  hour: Date
  bytes: number
}

interface HourRow extends Hour {
  place: number
  platform: string
  /** When the first charge of the first hour was made. */
  oldest: Date | null
}

const HOURS = new Statement<HourRow>(`
  SELECT place::int, platform, hour, bytes,
         CASE WHEN first THEN (SELECT min(created_at) FROM (${chargesSql('hours')}) c) END AS oldest
    FROM (SELECT place, h.*, row_number() OVER (PARTITION BY place, h.platform ORDER BY hour) = 1 AS first
            FROM ${rowsOf('uuid', 'text', 'timestamptz')} WITH ORDINALITY AS asked (account_id, platform, since, place)
           CROSS JOIN LATERAL (${hoursSql('asked.account_id', 'asked.platform', 'asked.since')}) h
           WHERE h.bytes <> 0) hours
   ORDER BY place, platform, hour`)

const CHARGES = new Statement<{ createdAt: Date; bytes: number }>(`
  SELECT created_at AS "createdAt", bytes
    FROM (VALUES ($1::uuid, $2::text, $3::timestamptz, $4::timestamptz)) AS h (account_id, platform, hour, since)
   CROSS JOIN LATERAL (${chargesSql('h')}) c ORDER BY created_at`)

export interface UsageFigures {
  /** Bytes. */
  used: number
  /** Epoch ms at which the oldest charge that counts leaves the window; null without one. */
  resetsAt: number | null
}

/** An account's use of one platform, hour by hour. */
export interface UsageWindow extends UsageFigures {
  /** When the window begins, epoch ms. */
  since: number
  hours: readonly Hour[]
}

@Injectable()
export class HostUsage {
  private readonly batch = new Batch(
    (questions: Question[]) => this.read(this.database, questions),
    GATHER_MS,
  )

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** By platform, of those that were used; what was given back does not count. */
  async windows(accountId: string): Promise<Map<string, UsageFigures>> {
    const windows = await this.batch.ask({ accountId, platform: null, since: this.since() })
    return new Map([...windows].map(([platform, { used, resetsAt }]) => [platform, { used, resetsAt }]))
  }

  /** One platform's window. Give a transaction that holds the account's lock to rely on it. */
  async window(of: { accountId: string; platform: string }, tx?: EntityManager): Promise<UsageWindow> {
    const question = { ...of, since: this.since() }
    const windows = tx ? (await this.read(tx, [question]))[0] : await this.batch.ask(question)
    return (
      windows?.get(of.platform) ?? { used: 0, resetsAt: null, since: question.since.getTime(), hours: [] }
    )
  }

  /** Seconds until `bytes` more fit under `cap`; 0 if they fit now, a whole day if they never do. */
  async secondsUntilFits(
    of: { accountId: string; platform: string },
    { used, since, hours }: UsageWindow,
    { bytes, cap }: { bytes: number; cap: number },
    runner: DataSource | EntityManager = this.database,
  ): Promise<number> {
    let over = used + bytes - cap
    if (over <= 0) return 0
    if (bytes > cap) return DAY_MS / 1000
    const hour = hours.find((each) => (over -= each.bytes) <= 0)
    if (!hour) return DAY_MS / 1000
    over += hour.bytes
    const values = [of.accountId, of.platform, hour.hour, new Date(since)]
    const charges = await CHARGES.run(runner, values)
    const last = charges.find((each) => (over -= each.bytes) <= 0)
    // A charge that was given back since the window was read has made room at once.
    const until = last ? last.createdAt.getTime() : since
    return Math.max(1, Math.ceil((until - since) / 1000))
  }

  /** Forgets what no window reaches back to, at most `limit` rows. How many they were. */
  async forgetPast(limit: number): Promise<number> {
    const [, forgotten] = await this.database.query<[unknown[], number]>(
      `DELETE FROM host_usage WHERE (account_id, hour, platform) IN (
         SELECT account_id, hour, platform FROM host_usage WHERE hour < $1 ORDER BY hour LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [new Date(this.clock.now() - KEPT_MS), limit],
    )
    return forgotten
  }

  private since(): Date {
    return new Date(this.clock.now() - DAY_MS)
  }

  private async read(
    runner: DataSource | EntityManager,
    questions: readonly Question[],
  ): Promise<Map<string, UsageWindow>[]> {
    const rows = await HOURS.run(runner, [
      questions.map(({ accountId }) => accountId),
      questions.map(({ platform }) => platform),
      questions.map(({ since }) => since),
    ])
    const answers = questions.map(() => new Map<string, UsageWindow & { hours: Hour[] }>())
    for (const { place, platform, hour, bytes, oldest } of rows) {
      const [windows, since] = [answers[place - 1], questions[place - 1]?.since.getTime()]
      if (!windows || since === undefined) throw new Error('an answer to no question')
      let window = windows.get(platform)
      if (!window) {
        const resetsAt = oldest && oldest.getTime() + DAY_MS
        windows.set(platform, (window = { used: 0, resetsAt, since, hours: [] }))
      }
      window.used += bytes
      window.hours.push({ hour, bytes })
    }
    return answers
  }
}
