import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import { LISTED_COLUMNS, type ListedLinkRow, type ListedLinkView, asAskedFor } from './link-view.js'
import { isUnendedSql } from './liveness.js'

/** What was written so long ago may have become visible only now: transactions take their time, ms. */
const LOOK_BACK_MS = 10_000
/** Entries before the newest one that the first look goes back: some have their number, and are still to be seen. */
const ENTRIES_BACK = 100
/** The newest links of an account that are looked at for what it missed. */
const CAUGHT_UP = 1_000

const VIEW = (link: string) => `
  SELECT ${LISTED_COLUMNS}
    FROM ${link} l CROSS JOIN LATERAL (SELECT * FROM source_file WHERE id = l.file_id LIMIT 1) f`

/**
 * Links by what changes them: a new one is charged, which is an entry; an end stands in the link; all else is their
 * file's, whose progress alone is in no index, so those that are being fetched are all looked at.
 */
const CHANGED = new Statement<ListedLinkRow>(`
  WITH file AS (
    SELECT id FROM source_file WHERE state = 'downloading'
    UNION SELECT id FROM source_file WHERE updated_at > $1::timestamptz),
  changed AS (
    SELECT l.id FROM file CROSS JOIN LATERAL (
      SELECT id FROM link WHERE file_id = file.id AND (${isUnendedSql('link')} OR ended_at > $1::timestamptz)) l
    UNION SELECT link_id FROM traffic_entry
           WHERE id > $2::bigint AND created_at > $1::timestamptz AND link_id IS NOT NULL
    UNION SELECT id FROM link WHERE ended_at > $1::timestamptz
    UNION SELECT unnest($4::text[])),
  shown AS (
    SELECT l.* FROM changed CROSS JOIN LATERAL (SELECT * FROM link WHERE id = changed.id LIMIT 1) l
     WHERE account_id = ANY($3::uuid[]))
  ${VIEW('shown')} ORDER BY l.created_at, l.id`)

/** Whose they are is asked after the entries were found: looked up account by account, they cost what listens. */
const BALANCES = new Statement<{ newest: string; accountId: string | null; trafficLeft: number }>(`
  WITH entry AS MATERIALIZED (SELECT account_id FROM traffic_entry WHERE id > $1::bigint)
  SELECT newest.id::text AS newest, a.id AS "accountId", a.traffic_left AS "trafficLeft"
    FROM (SELECT coalesce(max(id), 0) AS id FROM traffic_entry) newest
    LEFT JOIN (SELECT DISTINCT account_id FROM entry WHERE account_id = ANY($2::uuid[])) changed ON true
    LEFT JOIN LATERAL (SELECT id, traffic_left FROM account WHERE id = changed.account_id LIMIT 1) a ON true`)

const SINCE = new Statement<ListedLinkRow>(`
  WITH looked AS MATERIALIZED (
    SELECT * FROM link WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT ${CAUGHT_UP})
  ${VIEW('looked')}
   WHERE l.created_at > $2::timestamptz OR l.ended_at > $2::timestamptz
      OR ${isUnendedSql('l')} AND (f.updated_at > $2::timestamptz OR f.state = 'downloading')
   ORDER BY l.created_at, l.id`)

export interface Changes {
  /** Also some that changed a little earlier and were told before. */
  links: ListedLinkView[]
  /** Bytes left by account, of those whose balance may have changed. */
  balances: Map<string, number>
}

/**
 * What changed in the whole installation since the last look: which costs what changes, and not how many accounts it is
 * looked for or how many links those have.
 */
@Injectable()
export class LinkChanges {
  /** Newest entry of the ledger at each of the last looks, the latest first. */
  private looks: { at: number; newest: string }[] = []

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** From when on the next look tells what changed; nothing where one was made just now. */
  async begin(): Promise<void> {
    const isFresh = () => this.clock.now() - (this.looks[0]?.at ?? -Infinity) < LOOK_BACK_MS
    if (isFresh()) return
    const at = this.clock.now()
    const [row] = await this.database.query<[{ floor: string }]>(
      'SELECT greatest(coalesce(max(id), 0) - $1::bigint, 0)::text AS floor FROM traffic_entry',
      [ENTRIES_BACK],
    )
    if (!isFresh()) this.looks = [{ at, newest: row.floor }]
  }

  /** Of these accounts; after `begin`, one look at a time. `linkIds`: links of theirs that are told in any case. */
  async look(accountIds: readonly string[], linkIds: readonly string[] = []): Promise<Changes> {
    const at = this.clock.now()
    const [[latest], oldest] = [this.looks, this.looks.at(-1)]
    if (!latest || !oldest) throw new Error('a look before the beginning')
    const since = new Date(latest.at - LOOK_BACK_MS)
    const floor = oldest.newest
    const [links, rows] = await Promise.all([
      CHANGED.run(this.database, [since, floor, accountIds, linkIds]),
      BALANCES.run(this.database, [floor, accountIds]),
    ])
    this.keep(at, rows[0]?.newest ?? floor)
    return {
      links: links.map((row) => asAskedFor(row, new Date(at))),
      balances: new Map(
        rows.flatMap(({ accountId, trafficLeft }) =>
          accountId === null ? [] : [[accountId, trafficLeft] as const],
        ),
      ),
    }
  }

  /** What changed of an account's newest links since then, epoch ms. */
  async since(accountId: string, then: number): Promise<ListedLinkView[]> {
    const now = dateOf(this.clock)
    const rows = await SINCE.run(this.database, [accountId, new Date(then - LOOK_BACK_MS)])
    return rows.map((row) => asAskedFor(row, now))
  }

  private keep(at: number, newest: string): void {
    const young = this.looks.filter((look) => at - look.at < LOOK_BACK_MS)
    const [old] = this.looks.filter((look) => at - look.at >= LOOK_BACK_MS)
    this.looks = [{ at, newest }, ...young, ...(old ? [old] : [])]
  }
}
