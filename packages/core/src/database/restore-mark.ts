import type pg from 'pg'

/*
 * A restore that is not done yet leaves a mark in the database, in the transaction that brings its rows: a comment,
 * which is no table that backups would copy and no column that old versions lack. What is left to do then is to keep
 * the secrets of the backup (apps/stack) and to migrate, which takes the mark away.
 */
const MARKED = /^restoring (.+)$/

/** The id of the backup whose restore is not done yet. */
export async function restoreMark(client: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ comment: string | null }>(
    `SELECT obj_description(to_regclass('public.migrations'), 'pg_class') AS comment`,
  )
  return MARKED.exec(rows[0]?.comment ?? '')?.[1]
}

export async function markRestore(client: pg.ClientBase, id: string): Promise<void> {
  const { rows } = await client.query<{ literal: string }>('SELECT quote_literal($1) AS literal', [
    `restoring ${id}`,
  ])
  await client.query(`COMMENT ON TABLE public.migrations IS ${rows[0]?.literal ?? 'NULL'}`)
}

export async function unmarkRestore(client: pg.ClientBase): Promise<void> {
  if ((await restoreMark(client)) !== undefined)
    await client.query('COMMENT ON TABLE public.migrations IS NULL')
}
