import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Discards } from '../discards/index.js'
import { transaction } from '../locks/index.js'
import { type ListedObject, fileOf } from '../storage/index.js'
import type { Holdings } from './installation.js'
import { StoreSweep } from './store-sweep.table.js'

/** A younger object may be of a file whose row is about to say so, ms. */
const LEAST_AGE_MS = 24 * 3_600_000
/** Between two that begin by themselves, ms. */
const INTERVAL_MS = 24 * 3_600_000
/** A fetcher that was killed at it is not waited for longer, ms. */
const BUSY_MS = 60_000
const NAMES_KEPT = 100
/** Most finished sweeps that are remembered. */
const KEPT = 20
/** Orphans that are not yet suspicious, however large a share of the store they are. */
const FEW = 20

type Listed = Pick<ListedObject, 'key' | 'size' | 'lastModified'>

/**
 * Objects in the store that no row needs: of rows that were lost with a database, or forgot them without a trace. Whoever
 * asks for a sweep writes a row; fetchers, which alone reach the store, go through the listing part by part and note
 * here how far they are. What is found goes the way of all discarded objects. Once a day one begins by itself: it counts
 * first, and removes nothing if that would be most of the store, since then it is the database that is wrong.
 */
@Injectable()
export class StoreSweeps {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  async request(dryRun: boolean): Promise<StoreSweep> {
    const { manager } = this.database
    const id = await this.add(manager, { dryRun, automatic: false })
    return manager.findOneByOrFail(StoreSweep, { id })
  }

  async byId(id: string): Promise<StoreSweep | undefined> {
    return (await this.database.manager.findOneBy(StoreSweep, { id })) ?? undefined
  }

  /** Begins one by itself if it is time. */
  async begin(): Promise<void> {
    await transaction(this.database, async (tx) => {
      await tx.query('LOCK TABLE store_sweep IN SHARE ROW EXCLUSIVE MODE')
      const [recent] = await tx.query<unknown[]>(
        'SELECT 1 FROM store_sweep WHERE finished_at IS NULL OR automatic AND requested_at > $1 LIMIT 1',
        [new Date(this.clock.now() - INTERVAL_MS)],
      )
      if (!recent) await this.add(tx, { dryRun: true, automatic: true })
    })
  }

  /** The one that waits longest, for the fetcher that goes on with it now. */
  async enter(): Promise<StoreSweep | undefined> {
    const now = this.clock.now()
    const [[entered]] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE store_sweep SET busy_until = $2
        WHERE id = (SELECT id FROM store_sweep WHERE finished_at IS NULL AND (busy_until IS NULL OR busy_until <= $1)
                     ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [new Date(now), new Date(now + BUSY_MS)],
    )
    return entered && this.database.manager.findOneByOrFail(StoreSweep, { id: entered.id })
  }

  /**
   * Part of the listing was looked at; `next` is where the next part begins, undefined after the last. Orphans are
   * counted, and discarded if it is no dry run.
   */
  async advance(
    sweep: StoreSweep,
    { objects, next }: { objects: readonly Listed[]; next: string | undefined },
    holdings: Holdings,
  ): Promise<StoreSweep> {
    const before = this.clock.now() - LEAST_AGE_MS
    const own = objects.filter(({ key }) => fileOf(key) !== undefined && holdings.owns(key))
    const old = own.filter(({ lastModified }) => lastModified.getTime() < before)
    return transaction(this.database, async (tx) => {
      const orphans = await this.orphansOf(tx, old)
      if (!sweep.dryRun) {
        for (const { key } of orphans)
          await Discards.add(tx, { objectKey: key, uploadId: null }, this.clock.now())
      }
      const names = [...sweep.names, ...orphans.map(({ key }) => key)].slice(0, NAMES_KEPT)
      await tx.query(
        `UPDATE store_sweep
            SET cursor = $2, busy_until = NULL, objects = objects + $3, bytes = bytes + $4, orphans = orphans + $5,
                orphan_bytes = orphan_bytes + $6, names = $7, finished_at = $8
          WHERE id = $1`,
        [
          ...[sweep.id, next ?? null, own.length, sizeOf(own), orphans.length, sizeOf(orphans), names],
          next === undefined ? dateOf(this.clock) : null,
        ],
      )
      const now = await tx.findOneByOrFail(StoreSweep, { id: sweep.id })
      if (now.finishedAt !== null) await this.conclude(tx, now)
      return tx.findOneByOrFail(StoreSweep, { id: sweep.id })
    })
  }

  /** It cannot be gone on with. */
  async fail({ id }: StoreSweep, failure: string): Promise<void> {
    await this.database.query(
      'UPDATE store_sweep SET finished_at = $2, failure = $3, busy_until = NULL WHERE id = $1',
      [id, dateOf(this.clock), failure],
    )
  }

  private async orphansOf(tx: EntityManager, objects: readonly Listed[]): Promise<Listed[]> {
    const found = await tx.query<{ key: string }[]>(
      `SELECT key FROM unnest($1::text[], $2::uuid[]) AS listed (key, file_id)
        WHERE NOT EXISTS (SELECT FROM source_file WHERE id = file_id AND object_key = key)
          AND NOT EXISTS (SELECT FROM discarded_object WHERE object_key = key)`,
      [objects.map(({ key }) => key), objects.map(({ key }) => fileOf(key))],
    )
    const keys = new Set(found.map(({ key }) => key))
    return objects.filter(({ key }) => keys.has(key))
  }

  /** A count that began by itself is followed by the removal, unless that would be of most of what there is. */
  private async conclude(
    tx: EntityManager,
    { id, automatic, dryRun, objects, orphans }: StoreSweep,
  ): Promise<void> {
    await tx.query(
      `DELETE FROM store_sweep WHERE id IN
         (SELECT id FROM store_sweep WHERE finished_at IS NOT NULL ORDER BY requested_at DESC OFFSET ${KEPT})`,
    )
    if (!automatic || !dryRun || orphans === 0) return
    if (orphans < FEW || orphans * 2 <= objects) {
      await this.add(tx, { dryRun: false, automatic: true })
      return
    }
    const failure = `${orphans} of ${objects} objects belong to no file: nothing is removed. Is this the right database?`
    await tx.query('UPDATE store_sweep SET failure = $2 WHERE id = $1', [id, failure])
  }

  private async add(tx: EntityManager, how: Pick<StoreSweep, 'dryRun' | 'automatic'>): Promise<string> {
    const id = randomUUID()
    await tx.insert(StoreSweep, { id, ...how, requestedAt: dateOf(this.clock) })
    return id
  }
}

function sizeOf(objects: readonly Listed[]): number {
  return objects.reduce((sum, { size }) => sum + size, 0)
}
