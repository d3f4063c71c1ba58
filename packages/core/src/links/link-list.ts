import { Injectable } from '@nestjs/common'
import type { LinkState } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import { isOfKeySql } from '../traffic/index.js'
import { linkStateSql } from './link-state.js'
import { LISTED_COLUMNS, type ListedLinkRow, type ListedLinkView, asAskedFor } from './link-view.js'
import { isUnendedSql } from './liveness.js'

/** Links that are looked at for one page of those that a filter lets through. */
export const LOOKED_AT = 1_000

export interface LinkFilter {
  state?: LinkState | undefined
  platform?: string | undefined
  /** Words that all stand in the name, whatever their order and case. */
  search?: string | undefined
  /** What its account calls the links that it belongs to. */
  package?: string | undefined
  /** Asked for with the key with this id, or by `none`. */
  key?: string | undefined
  /** Made then or later. */
  since?: Date | undefined
  /** Made before. */
  until?: Date | undefined
}

/** Where a list goes on: after the link that was made then, ISO, and has this id. */
export type LinkKey = readonly [madeAt: string, id: string]

export interface LinkPage {
  links: ListedLinkView[]
  /** undefined: there is no more. */
  next: LinkKey | undefined
}

interface Row extends ListedLinkRow {
  /** Null where a page has no link but its end. */
  id: string
  looked: number
  lastAt: Date
  lastId: string
}

/** Links that may be shown lie in an index of their own where they cannot have ended. */
const LISTS = { unended: listing(isUnendedSql('link')), all: listing('true') }

/** One row at least where anything was looked at: it tells where that ended. */
function listing(which: string): Statement<Row> {
  return new Statement(`
    WITH looked AS MATERIALIZED (
      SELECT * FROM link
       WHERE account_id = $1 AND ${which} AND (created_at, id) < ($2::timestamptz, $3)
         AND created_at >= $4::timestamptz AND created_at < $5::timestamptz
       ORDER BY created_at DESC, id DESC LIMIT $6::int),
    shown AS (
      SELECT ${LISTED_COLUMNS}
        FROM looked l CROSS JOIN LATERAL (SELECT * FROM source_file WHERE id = l.file_id LIMIT 1) f
       WHERE ($7::text IS NULL OR ${linkStateSql('l', 'f', '$8::timestamptz')} = $7)
         AND ($9::text IS NULL OR f.platform = $9)
         AND ($12::text IS NULL OR l.package = $12)
         AND ($13::text IS NULL OR ${isOfKeySql('l', '$13')})
         AND NOT EXISTS (
           SELECT FROM unnest($10::text[]) word WHERE position(lower(word) IN lower(coalesce(l.name, f.name, ''))) = 0)
       ORDER BY l.created_at DESC, l.id DESC LIMIT $11::int)
    SELECT shown.*, last.looked, last.created_at AS "lastAt", last.id AS "lastId"
      FROM (SELECT created_at, id, count(*) OVER ()::int AS looked FROM looked ORDER BY created_at, id LIMIT 1) last
      LEFT JOIN shown ON true
     ORDER BY shown."createdAt" DESC, shown.id DESC`)
}

/**
 * An account's links, the newest first, with those that have ended. When a link was made and its id never change: so a
 * walk through the pages shows every link once that was there when it began, whatever is made or ends meanwhile.
 */
@Injectable()
export class LinkList {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * At most `limit` links that the filter lets through, after the key `after`. However many an account has, at most
   * LOOKED_AT are looked at: so a page may have fewer links, or none, and still be followed by another.
   */
  async page(accountId: string, filter: LinkFilter, limit: number, after?: LinkKey): Promise<LinkPage> {
    const { state, platform, search, since, until, package: packageName, key } = filter
    const now = dateOf(this.clock)
    const words = (search ?? '').split(/\s+/).filter((word) => word !== '')
    const isFiltered = [state, platform, packageName, key, words[0]].some((part) => part !== undefined)
    const mayHaveEnded = state === undefined || state === 'error' || state === 'ended'
    // One link more than wanted tells whether there is another page.
    const look = isFiltered ? LOOKED_AT : limit + 1
    const rows = await LISTS[mayHaveEnded ? 'all' : 'unended'].run(this.database, [
      ...[accountId, ...(after ?? ['infinity', ''])],
      ...[since ?? '-infinity', until ?? 'infinity', look],
      ...[state ?? null, now, platform ?? null, words, limit + 1, packageName ?? null, key ?? null],
    ])
    const found = rows.filter(({ id }) => id !== null)
    const shown = found.slice(0, limit)
    return {
      links: shown.map((row) => asAskedFor(row, now)),
      next: nextKey(found.length > limit ? shown.at(-1) : undefined, rows[0], look),
    }
  }
}

/** After the last link shown where there are more to show; else after what was looked at, unless that was all. */
function nextKey(lastShown: Row | undefined, end: Row | undefined, look: number): LinkKey | undefined {
  if (lastShown) return [lastShown.createdAt.toISOString(), lastShown.id]
  if (end === undefined || end.looked < look) return undefined
  return [end.lastAt.toISOString(), end.lastId]
}
