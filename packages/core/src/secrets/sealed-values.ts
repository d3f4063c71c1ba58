import type { DataSource } from 'typeorm'
import { SEALED, type SealedColumn } from './sealed.js'
import { SealError, type Vault } from './vault.js'

/**
 * What operators sealed. Links of files are sealed too, and are too many to look at; so is what users sealed, and not
 * every process that asks may read it.
 */
const COLUMNS = ['credentials', 'proxy', 'session', 'canary'] as const satisfies readonly SealedColumn[]
/** Values of one column that are looked at, at most. */
const SAMPLE = 1_000

export interface SealedValues {
  checked: number
  /** Sealed with a key that is not configured, or damaged. */
  unreadable: number
  /** Sealed with an older key, or not bound to their row yet. */
  older: number
}

/** Whether the keys of this process open what operators have sealed. Changes nothing. */
export async function sealedValues(
  database: Pick<DataSource, 'query'>,
  vault: Pick<Vault, 'open' | 'isCurrent'>,
): Promise<SealedValues> {
  const counts: SealedValues = { checked: 0, unreadable: 0, older: 0 }
  for (const name of COLUMNS) {
    const { table, key, column, purpose } = SEALED[name]
    const rows = await database.query<{ id: string; sealed: Buffer }[]>(
      `SELECT ${key} AS id, ${column} AS sealed FROM ${table} WHERE ${column} IS NOT NULL LIMIT ${SAMPLE}`,
    )
    for (const { id, sealed } of rows) {
      counts.checked++
      if (!opens(vault, { purpose, id, sealed })) counts.unreadable++
      else if (!vault.isCurrent(sealed)) counts.older++
    }
  }
  return counts
}

function opens(
  vault: Pick<Vault, 'open'>,
  { purpose, id, sealed }: { purpose: string; id: string; sealed: Buffer },
): boolean {
  try {
    vault.open(purpose, id, sealed)
    return true
  } catch (error) {
    if (error instanceof SealError) return false
    throw error
  }
}
