import { type PageQuery, type PageView, Refusal } from '@obb/contracts'
import type { Stretch } from '@obb/core/pages'
import { z } from 'zod'

/*
 * Lists in pages. `next` is the sort key of a page's last row, as text that only this file reads: a page is
 * found by its key, so it costs the same wherever it begins, and rows that come or go elsewhere do not shift it.
 */

/** A list that can be read in stretches, and the sort key of its rows. */
export interface Listing<Row> {
  /** The shape of a key. */
  key: z.ZodType<string[]>
  keyOf: (row: Row) => string[]
  read: (stretch: Stretch) => Promise<Row[]>
  /** Of a list that is searched: where a page stops looking. */
  lookEnd?: (stretch: Stretch) => Promise<string[] | undefined>
}

/** Raises Refusal `request_invalid` for an `after` that is no `next` of this list. */
export async function pageOf<Row, View>(
  { limit, after }: PageQuery,
  { key, keyOf, read, lookEnd }: Listing<Row>,
  view: (row: Row) => View,
): Promise<PageView<View>> {
  const begin = keyIn(after, key)
  const until = await lookEnd?.({ after: begin })
  const rows = await read({ limit: limit + 1, after: begin, until })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const end = last !== undefined && rows.length > limit ? keyOf(last) : until
  return { items: items.map(view), next: end === undefined ? null : cursorOf(end) }
}

export function cursorOf(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url')
}

/** The key in an `after`, if there is one. Raises as `pageOf`. */
export function keyIn(after: string | undefined, key: z.ZodType<string[]>): string[] | undefined {
  if (after === undefined) return undefined
  const parsed = key.safeParse(jsonIn(Buffer.from(after, 'base64url').toString()))
  if (parsed.success) return parsed.data
  throw new Refusal('request_invalid', { details: ['after: is no `next` of a page of this list'] })
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Parts of keys. */
export const timeKey = z.iso.datetime()
export const idKey = z.uuid()
export const textKey = z.string().max(1_000)
