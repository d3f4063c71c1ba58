import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'

/**
 * A Stretch is the part of an ordered list that is read: what follows the row with the sort key `after`, at most
 * `limit` rows; all of it without either.
 */
export interface Stretch {
  after?: readonly string[] | undefined
  /** ≥ 1 */
  limit?: number | undefined
}

/** SortKey is what a list is ordered by: properties that together no two rows share, with their types, all one way. */
export interface SortKey {
  properties: Readonly<Record<string, 'text' | 'uuid' | 'timestamptz'>>
  direction: 'ASC' | 'DESC'
}

/**
 * The rows of a stretch, in their order. The key is looked up in the index that gives the order (keyset paging), so a
 * stretch costs what is in it, wherever it begins. Times of a key are ms: no writer is more exact.
 */
export function readStretch<Entity extends ObjectLiteral>(
  rows: SelectQueryBuilder<Entity>,
  { properties, direction }: SortKey,
  { after, limit }: Stretch,
): Promise<Entity[]> {
  const names = Object.keys(properties).map((property) => `${rows.alias}.${property}`)
  for (const name of names) rows.addOrderBy(name, direction)
  if (limit !== undefined) rows.limit(limit)
  if (after !== undefined) {
    const key = Object.values(properties).map((type, at) => `CAST(:key${at} AS ${type})`)
    const values = Object.fromEntries(after.map((value, at) => [`key${at}`, value]))
    rows.andWhere(`(${names.join(', ')}) ${direction === 'ASC' ? '>' : '<'} (${key.join(', ')})`, values)
  }
  return rows.getMany()
}
