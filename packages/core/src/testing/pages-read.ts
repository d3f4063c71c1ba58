import type { DataSource } from 'typeorm'

/** Pages that PostgreSQL looks at to answer a query: what it costs, whatever else the machine does. */
export async function pagesRead(database: DataSource, query: string, values: unknown[]): Promise<number> {
  const [row] = await database.query<[{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }]>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${query}`,
    values,
  )
  const { Plan: plan } = row['QUERY PLAN'][0]
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
}
