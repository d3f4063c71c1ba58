import type pg from 'pg'

/** A table of OBB: its columns that are written, those of `public` that belong to the owner of its migrations. */
export interface CopiedTable {
  name: string
  columns: string[]
}

const OURS = `c.relnamespace = 'public'::regnamespace
  AND c.relowner = (SELECT relowner FROM pg_class WHERE oid = 'public.migrations'::regclass)`

/** Those that others refer to first, so that each can be filled when its turn comes. */
export async function tablesOf(client: pg.ClientBase): Promise<CopiedTable[]> {
  const { rows: tables } = await client.query<CopiedTable>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE ${OURS} AND c.relkind = 'r' AND c.relpersistence = 'p' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      GROUP BY 1 ORDER BY 1`,
  )
  const { rows: references } = await client.query<{ of: string; to: string }>(
    `SELECT c.relname AS of, parent.relname AS to
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
      WHERE ${OURS} AND k.contype = 'f' AND k.conrelid <> k.confrelid`,
  )
  return referredFirst(tables, references)
}

function referredFirst(tables: CopiedTable[], references: { of: string; to: string }[]): CopiedTable[] {
  const sorted: CopiedTable[] = []
  let left = tables
  while (left.length > 0) {
    const waits = ({ name }: CopiedTable) =>
      references.some(({ of, to }) => of === name && left.some((table) => table.name === to))
    const next = left.filter((table) => !waits(table))
    if (next.length === 0)
      throw new Error(`tables refer to one another: ${left.map(({ name }) => name).join()}`)
    sorted.push(...next)
    left = left.filter(waits)
  }
  return sorted
}

export interface SequenceState {
  name: string
  /** A bigint, as text. */
  value: string
  called: boolean
}

/** Sequences know no snapshot: read after the tables, they are beyond every row. */
export async function sequencesOf(client: pg.ClientBase): Promise<SequenceState[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE ${OURS} AND c.relkind = 'S' ORDER BY 1`,
  )
  const states: SequenceState[] = []
  for (const { name } of rows) {
    const { rows: state } = await client.query<Omit<SequenceState, 'name'>>(
      `SELECT last_value::text AS value, is_called AS called FROM ${quoted(name)}`,
    )
    states.push(...state.map((each) => ({ name, ...each })))
  }
  return states
}

export const quoted = (name: string): string => `public."${name.replaceAll('"', '""')}"`

const columnsOf = ({ columns }: CopiedTable): string =>
  columns.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')

export const copyOut = (table: CopiedTable): string =>
  `COPY ${quoted(table.name)} (${columnsOf(table)}) TO STDOUT`

export const copyIn = (table: CopiedTable): string =>
  `COPY ${quoted(table.name)} (${columnsOf(table)}) FROM STDIN`

/** The same text for the same value, whoever is asked. */
export const PLAIN_TEXT = [
  `SET DateStyle = 'ISO'`,
  `SET IntervalStyle = 'postgres'`,
  `SET TimeZone = 'UTC'`,
  `SET extra_float_digits = 3`,
  `SET client_encoding = 'UTF8'`,
  `SET search_path = public`,
  `SET statement_timeout = 0`,
  `SET idle_in_transaction_session_timeout = 0`,
].join(';')
