import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager, LessThanOrEqual } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { DiscardedObject } from './discarded-object.table.js'

/** How long a worker that lost its file may take to notice and stop writing, ms. */
export const STOP_WRITING_MS = 60_000

export interface Discarded {
  objectKey: string
  uploadId: string | null
}

/**
 * Objects on their way out of the store. Only fetchers write to the store, and a row that forgets its object may
 * be written anywhere: so the row's transaction notes the object here, and a fetcher's sweep deletes it. A crash
 * between the two loses nothing, and a key is never used for other bytes afterwards, so twice does no harm.
 */
@Injectable()
export class Discards {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** `dueAt`: epoch ms. */
  static async add(tx: EntityManager, discarded: Discarded, dueAt: number): Promise<void> {
    await tx.insert(DiscardedObject, { id: randomUUID(), ...discarded, dueAt: new Date(dueAt) })
  }

  /** due gives what may be deleted now, longest due first. */
  due(limit: number): Promise<DiscardedObject[]> {
    return this.database.manager.find(DiscardedObject, {
      where: { dueAt: LessThanOrEqual(dateOf(this.clock)) },
      order: { dueAt: 'ASC' },
      take: limit,
    })
  }

  /** It is not in the store any more. */
  async forget(id: string): Promise<void> {
    await this.database.manager.delete(DiscardedObject, { id })
  }
}
