import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'

type Query = (this: pg.Client, ...query: unknown[]) => unknown

export interface Asked {
  text: string
  prepared: boolean
}

/** What this process asks the database for while it works, round trip by round trip, over all connections. */
export async function queriesOf(work: () => Promise<unknown>): Promise<Asked[]> {
  return watchQueries(work, () => true)
}

/** What the work itself asks the database for, and not what timers or servers of this process do meanwhile. */
export async function ownQueriesOf(work: () => Promise<unknown>): Promise<Asked[]> {
  const own = new AsyncLocalStorage<true>()
  return watchQueries(
    () => own.run(true, work),
    () => own.getStore() === true,
  )
}

async function watchQueries(work: () => Promise<unknown>, counts: () => boolean): Promise<Asked[]> {
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  const queries: Asked[] = []
  prototype.query = function (...asked) {
    const [given] = asked as [string | { text: string; name?: string }]
    const { text, name } = typeof given === 'string' ? { text: given, name: undefined } : given
    if (counts()) queries.push({ text, prepared: name !== undefined })
    return query.apply(this, asked)
  }
  try {
    await work()
  } finally {
    prototype.query = query
  }
  return queries
}

/** How often work goes to the database and waits for it. */
export async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  return (await queriesOf(work)).length
}

interface Received {
  addRow(row: unknown): void
}

/** How many rows each query of the work brings, over all connections of this process. */
export async function rowsReceived(work: () => Promise<unknown>): Promise<number[]> {
  const prototype = (pg as unknown as { Result: { prototype: Received } }).Result.prototype
  const { addRow } = prototype
  const counts = new Map<Received, number>()
  prototype.addRow = function (row) {
    counts.set(this, (counts.get(this) ?? 0) + 1)
    addRow.call(this, row)
  }
  try {
    await work()
  } finally {
    prototype.addRow = addRow
  }
  return [...counts.values()]
}
