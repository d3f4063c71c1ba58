import { randomBytes } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { type ObjectStore, installationOf } from '../storage/index.js'
import type { InstallationRow } from './installation.table.js'

/*
 * Several installations may share a store, and a database may be restored beside the one it is a copy of. So every
 * object and upload names the installation that made it, and an installation deletes and aborts only what names it
 * (or what its own rows name, from before there were ids). A database that finds itself elsewhere than where it got its
 * id is a copy: it gets an id of its own, reads what the old one stored, and leaves it alone. Whether a store is the
 * right one at all is told by a marker that lies in it.
 */

/** Token of S3_PREFIX, or empty: what the names of objects begin with. */
export const STORE_PREFIX = Symbol('StorePrefix')

/** The files read last that are looked for where there is no marker. */
const SAMPLE = 5

const HOME = `(SELECT system_identifier FROM pg_control_system())::text || '/'
  || (SELECT oid FROM pg_database WHERE datname = current_database())::text`

type Known = Pick<InstallationRow, 'id' | 'owned' | 'copied' | 'adopting'>

/** Holdings are what names an installation's objects, and tells them from others'. */
export class Holdings {
  /** Names of new objects begin so; ends in a slash. */
  readonly root: string

  /** `prefix`: S3_PREFIX, or empty. */
  constructor(
    readonly id: string,
    private readonly owned: readonly string[],
    prefix: string,
  ) {
    this.root = `${prefix === '' ? '' : `${prefix}/`}${id}/`
  }

  /** Whether it may be deleted, or an upload of that name aborted. */
  owns(key: string): boolean {
    return this.owned.includes(installationOf(key))
  }

  /** Tells that a store is this installation's. */
  get marker(): string {
    return `${this.root}.obb`
  }
}

/** This database's identity towards the object store. */
@Injectable()
export class Installation {
  /** `prefix`: S3_PREFIX, or empty. */
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    @Inject(STORE_PREFIX) private readonly prefix: string,
  ) {}

  /** For whoever writes to the store, at boot. `copyOf`: it has just turned out to be a copy of that installation. */
  async establish(): Promise<{ holdings: Holdings; copyOf?: string }> {
    const id = newId()
    await this.database.query(
      `INSERT INTO installation (only_one, id, owned, home, created_at)
       SELECT true, $1, ARRAY['', $1], ${HOME}, $2 ON CONFLICT (only_one) DO NOTHING`,
      [id, dateOf(this.clock)],
    )
    const [[moved]] = await this.database.query<[{ before: string }[], number]>(
      `UPDATE installation SET id = $1, owned = ARRAY[$1], copied = array_append(copied, before.id), home = ${HOME}
         FROM (SELECT id FROM installation FOR UPDATE) before
        WHERE home <> ${HOME} RETURNING before.id AS before`,
      [newId()],
    )
    const holdings = this.holdings((await this.row())!)
    return moved ? { holdings, copyOf: moved.before } : { holdings }
  }

  /** Undefined before somebody established it. */
  async current(): Promise<(Known & { holdings: Holdings }) | undefined> {
    const row = await this.row()
    return row && { ...row, holdings: this.holdings(row) }
  }

  /**
   * Whether the files of this database lie in `store`: it has the marker, or one of the files that were read last, or
   * there are none yet. Raises StoreError.
   */
  async liesIn(store: Pick<ObjectStore, 'head'>): Promise<'marked' | 'unmarked' | 'no'> {
    const row = await this.row()
    if (row && (await store.head(this.holdings(row).marker))) return 'marked'
    const stored = await this.database.query<{ key: string }[]>(
      `SELECT object_key AS key FROM source_file
        WHERE state = 'done' AND object_key IS NOT NULL ORDER BY last_access_at DESC NULLS LAST LIMIT ${SAMPLE}`,
    )
    for (const { key } of stored) if (await store.head(key)) return 'unmarked'
    return stored.length === 0 ? 'unmarked' : 'no'
  }

  /** The marker is in the store. */
  async mark(store: Pick<ObjectStore, 'put'>, { id, marker }: Holdings): Promise<void> {
    await store.put(marker, Buffer.from(`${JSON.stringify({ installation: id })}\n`))
    await this.database.query('UPDATE installation SET adopting = false WHERE adopting')
  }

  /**
   * Takes the store of now for this installation's, with all that its rows name: fetchers mark it. False if no fetcher
   * ever ran.
   */
  async adopt(): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      `UPDATE installation SET adopting = true, owned = owned || copied, copied = '{}'`,
    )
    return changed === 1
  }

  private async row(): Promise<Known | undefined> {
    const [row] = await this.database.query<Known[]>('SELECT id, owned, copied, adopting FROM installation')
    return row
  }

  private holdings({ id, owned }: Known): Holdings {
    return new Holdings(id, owned, this.prefix)
  }
}

function newId(): string {
  return `obb-${randomBytes(6).toString('hex')}`
}
