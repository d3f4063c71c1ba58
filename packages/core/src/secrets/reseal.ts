import type { DataSource } from 'typeorm'
import { SEALED, type SealedColumn } from './sealed.js'
import { SealError, type Vault } from './vault.js'

const BATCH = 500

/** Values of one column. */
export interface Resealed {
  /** Sealed with the current key and bound to its row now, and not so before. */
  resealed: number
  /** Sealed with the current key before. */
  current: number
  /** Left as they are: sealed with a key that is not configured, or damaged. */
  unreadable: number
}

/**
 * Seals every value that an older key sealed with the current one, and binds to its row what was not. Can be broken off and repeated, and run while
 * everything else does: a value that changes meanwhile was sealed with the current key by whoever changed it.
 */
export async function reseal(
  database: DataSource,
  vault: Vault,
): Promise<Record<'credentials' | 'proxy' | 'session' | 'file' | 'totp', Resealed>> {
  return {
    credentials: await resealColumn(database, vault, 'credentials'),
    proxy: await resealColumn(database, vault, 'proxy'),
    session: await resealColumn(database, vault, 'session'),
    // Folders are links as files are, for an hour, and so are canaries, mails that wait, and where webhooks go.
    file: sum([
      await resealColumn(database, vault, 'file'),
      await resealColumn(database, vault, 'folder'),
      await resealColumn(database, vault, 'folderLinks'),
      await resealColumn(database, vault, 'canary'),
      await resealColumn(database, vault, 'mail'),
      await resealColumn(database, vault, 'webhook'),
    ]),
    totp: await resealColumn(database, vault, 'totp'),
  }
}

function sum(counts: readonly Resealed[]): Resealed {
  const of = (key: keyof Resealed) => counts.reduce((total, each) => total + each[key], 0)
  return { resealed: of('resealed'), current: of('current'), unreadable: of('unreadable') }
}

async function resealColumn(database: DataSource, vault: Vault, name: SealedColumn): Promise<Resealed> {
  const { table, key, column, purpose } = SEALED[name]
  const counts: Resealed = { resealed: 0, current: 0, unreadable: 0 }
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await database.query<{ id: string; sealed: Buffer }[]>(
      `SELECT ${key} AS id, ${column} AS sealed FROM ${table}
        WHERE ${column} IS NOT NULL AND ${key} > $1 ORDER BY ${key} LIMIT ${BATCH}`,
      [after],
    )
    for (const { id, sealed } of rows) {
      const again = sealedAgain(vault, { purpose, row: id }, sealed)
      if (Buffer.isBuffer(again)) {
        await database.query(`UPDATE ${table} SET ${column} = $3 WHERE ${key} = $1 AND ${column} = $2`, [
          id,
          sealed,
          again,
        ])
      }
      counts[Buffer.isBuffer(again) ? 'resealed' : again]++
    }
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return counts
    after = last.id
  }
}

function sealedAgain(
  vault: Vault,
  { purpose, row }: { purpose: string; row: string },
  sealed: Buffer,
): Buffer | 'current' | 'unreadable' {
  try {
    const value = vault.open(purpose, row, sealed)
    return vault.isCurrent(sealed) ? 'current' : vault.seal(purpose, row, value)
  } catch (error) {
    if (error instanceof SealError) return 'unreadable'
    throw error
  }
}
