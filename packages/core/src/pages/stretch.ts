import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'

/**
 * A Stretch is the part of an ordered list that is read: what follows the row with the sort key `after`, at most
 * `limit` rows; all of it without either.
 */
export interface Stretch {
  after?: readonly string[] | undefined
  /** Sort key of the last row that may be in it. */
  until?: readonly string[] | undefined
  /** ≥ 1 */
  limit?: number | undefined
}

/** SortKey is what a list is ordered by: properties that together no two rows share, with their types, all one way. */
export interface SortKey {
  properties: Readonly<Record<string, 'text' | 'uuid' | 'timestamptz'>>
  direction: 'ASC' | 'DESC'
}

/** Rows that are looked at for one page of those that a search lets through. */
export const LOOKED_AT = 10_000

/**
 * The rows of a stretch, in their order. The key is looked up in the index that gives the order (keyset paging), so a
 * stretch costs what is in it, wherever it begins. Times of a key are ms: no writer is more exact.
 */
export function readStretch<Entity extends ObjectLiteral>(
  rows: SelectQueryBuilder<Entity>,
  order: SortKey,
  { after, until, limit }: Stretch,
): Promise<Entity[]> {
  inOrder(rows, order)
  if (limit !== undefined) rows.limit(limit)
  if (after !== undefined) bound(rows, order, 'after', after)
  if (until !== undefined) bound(rows, order, 'until', until)
  return rows.getMany()
}

/**
 * Where a page of a search stops looking: the sort key of the last of LOOKED_AT rows, undefined where there are fewer.
 * So a search costs the same however many rows there are, and a page may have few of them, or none, and a next.
 */
export async function readLookEnd<Entity extends ObjectLiteral>(
  rows: SelectQueryBuilder<Entity>,
  order: SortKey,
  { after }: Stretch,
): Promise<string[] | undefined> {
  inOrder(rows, order)
  if (after !== undefined) bound(rows, order, 'after', after)
  const names = namesOf(rows, order)
  rows.select(names.map((name, at) => `${name} AS key${at}`))
  const last = await rows
    .offset(LOOKED_AT - 1)
    .limit(1)
    .getRawOne<Record<string, unknown>>()
  return last && names.map((_, at) => textOf(last[`key${at}`]))
}

function textOf(part: unknown): string {
  return part instanceof Date ? part.toISOString() : String(part)
}

function inOrder<Entity extends ObjectLiteral>(rows: SelectQueryBuilder<Entity>, order: SortKey): void {
  for (const name of namesOf(rows, order)) rows.addOrderBy(name, order.direction)
}

/** `after`: behind the row of a key; `until`: up to it, and with it. */
function bound<Entity extends ObjectLiteral>(
  rows: SelectQueryBuilder<Entity>,
  order: SortKey,
  which: 'after' | 'until',
  key: readonly string[],
): void {
  const isForward = (which === 'after') === (order.direction === 'ASC')
  const comparison = `${isForward ? '>' : '<'}${which === 'until' ? '=' : ''}`
  const parts = Object.values(order.properties).map((type, at) => `CAST(:${which}${at} AS ${type})`)
  const values = Object.fromEntries(key.map((value, at) => [`${which}${at}`, value]))
  rows.andWhere(`(${namesOf(rows, order).join(', ')}) ${comparison} (${parts.join(', ')})`, values)
}

function namesOf<Entity extends ObjectLiteral>(
  rows: SelectQueryBuilder<Entity>,
  { properties }: SortKey,
): string[] {
  return Object.keys(properties).map((property) => `${rows.alias}.${property}`)
}
