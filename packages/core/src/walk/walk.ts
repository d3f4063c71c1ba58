/**
 * A walk through an index, a page at a time, and from the beginning again after its last page. So a step that finds rows
 * which it must leave for now does not look at them again before it was at all others. Kept in memory: a process that
 * starts begins at the beginning.
 */
export class Walk<Key> {
  private last: Key

  /** `start`: before the first row. */
  constructor(private readonly start: Key) {
    this.last = start
  }

  /** Rows behind this one come next. */
  get after(): Key {
    return this.last
  }

  /** Whether it is on its way: false at the beginning, which is also the end. */
  get isUnderWay(): boolean {
    return this.last !== this.start
  }

  /** The keys of the page that was read, of at most `limit` rows. */
  advance(page: readonly Key[], limit: number): void {
    this.last = page.length < limit ? this.start : (page.at(-1) ?? this.start)
  }
}

/** A row's place in an index by time: both as PostgreSQL writes them, since a Date has no microseconds. */
export type TimeKey = readonly [at: string, id: string]

/** `id`: less than any. */
export function walkByTime(id: string): Walk<TimeKey> {
  return new Walk<TimeKey>(['-infinity', id])
}

/** Less than any other uuid. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000'
