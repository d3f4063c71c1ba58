import type { DataSource } from 'typeorm'

const TOUCHED = `SELECT coalesce(sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)), 0)::int AS blocks
  FROM pg_statio_user_tables`

/**
 * Blocks of tables and indexes that `work` reads, from memory or disk: what it costs PostgreSQL, the same on every
 * machine. `database` has a single connection, which `work` uses.
 */
export async function touchedBlocks(database: DataSource, work: () => Promise<unknown>): Promise<number> {
  const before = await blocks(database)
  await work()
  return (await blocks(database)) - before
}

/** So often PostgreSQL plans a prepared statement for its values alone; the next time it plans twice, to compare. */
const PLANNED_ANEW = 6

/** The same of `work` that can be repeated, once PostgreSQL has chosen its plans and caches what it looks up. */
export async function settledBlocks(database: DataSource, work: () => Promise<unknown>): Promise<number> {
  for (let time = 0; time < PLANNED_ANEW; time++) await work()
  return touchedBlocks(database, work)
}

async function blocks(database: DataSource): Promise<number> {
  // Counts are told at the end of a transaction, once a second unless asked for.
  await database.query('SELECT pg_stat_force_next_flush()')
  const [row] = await database.query<[{ blocks: number }]>(TOUCHED)
  return row.blocks
}
