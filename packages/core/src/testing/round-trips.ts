import pg from 'pg'

type Query = (this: pg.Client, ...query: unknown[]) => unknown

/** What work asks the database for, round trip by round trip, over all connections of this process. */
export async function queriesOf(
  work: () => Promise<unknown>,
): Promise<{ text: string; prepared: boolean }[]> {
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  const queries: { text: string; prepared: boolean }[] = []
  prototype.query = function (...asked) {
    const [given] = asked as [string | { text: string; name?: string }]
    const { text, name } = typeof given === 'string' ? { text: given, name: undefined } : given
    queries.push({ text, prepared: name !== undefined })
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
