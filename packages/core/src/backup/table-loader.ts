import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type pg from 'pg'
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams'
import { BackupError } from './backup-error.js'
import type { Part } from './backup-file.js'
import { summarySchema, tableSchema } from './manifest.js'
import { copyIn, quoted } from './tables.js'

/** What is sent of a table, or nothing between tables. */
interface Loading {
  table: string
  copy: CopyStreamQuery
  done: Promise<void>
  /** PostgreSQL has refused it. */
  failed: boolean
}

/**
 * Copies the parts of a backup into its tables, in the transaction of its client. Raises BackupError where not all came,
 * and what PostgreSQL raises.
 */
export class TableLoader {
  readonly rows: Record<string, number> = {}
  private loading: Loading | undefined
  private isFirst = true

  constructor(private readonly client: pg.Client) {}

  async take(part: Part): Promise<void> {
    if (this.isFirst) {
      this.isFirst = false // the manifest
      return
    }
    if ('rows' in part) return this.write(part.rows)
    await this.endTable()
    const { data: table } = tableSchema.safeParse(part.json)
    if (table) this.begin(table)
    else await this.finish(part.json)
  }

  /** Of a table that is not whole nothing stays, and the connection is free again. */
  async abort(): Promise<void> {
    if (this.loading === undefined) return
    const { copy, done, failed } = this.loading
    if (!failed) copy.destroy()
    await done.catch(() => undefined)
  }

  private begin({ table, columns }: { table: string; columns: string[] }): void {
    const copy = this.client.query(copyFrom(copyIn({ name: table, columns })))
    const loading = { table, copy, done: finished(copy), failed: false }
    loading.done.catch(() => (loading.failed = true)) // told to whoever writes or ends
    this.loading = loading
  }

  private async write(rows: Buffer): Promise<void> {
    if (this.loading === undefined) throw new BackupError('The backup has rows of no table.')
    const { copy, done, failed } = this.loading
    if (failed) return done
    if (!copy.write(rows)) await Promise.race([once(copy, 'drain'), done])
  }

  private async endTable(): Promise<void> {
    if (this.loading === undefined) return
    const { table, copy, done } = this.loading
    this.loading = undefined
    copy.end()
    await done
    this.rows[table] = copy.rowCount
  }

  private async finish(json: unknown): Promise<void> {
    const { rows, sequences } = summarySchema.parse(json)
    for (const [table, count] of Object.entries(rows)) {
      if (this.rows[table] !== count)
        throw new BackupError(
          `Of ${count} rows of ${table} ${this.rows[table] ?? 0} came; nothing was changed.`,
        )
    }
    for (const { name, value, called } of sequences) {
      await this.client.query('SELECT setval($1::regclass, $2, $3)', [quoted(name), value, called])
    }
  }
}
