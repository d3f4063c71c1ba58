import type { EntityManager } from 'typeorm'
import { Discards, STOP_WRITING_MS } from '../../discards/index.js'
import { changeReturning } from './statement.js'

/** GivenUp is what lay in the store for a file before it gave that up. */
export interface GivenUp {
  fileId: string
  objectKey: string | null
  uploadId: string | null
  leaseUntil: Date | null
}

/**
 * Runs the statement of a transition that empties files. What lay in the store for them is deleted by a sweep, whatever
 * becomes of this process: once its worker has noticed, if it has one that is not the one who says so.
 */
export async function giveUp(
  tx: EntityManager,
  statement: string,
  values: unknown[],
  now: Date,
  by: 'its worker' | 'others' = 'others',
): Promise<GivenUp[]> {
  const emptied = await changeReturning<GivenUp>(tx, statement, values)
  for (const { objectKey, uploadId, leaseUntil } of emptied) {
    if (objectKey === null) continue
    const quietAt = by === 'its worker' || leaseUntil === null ? 0 : leaseUntil.getTime() + STOP_WRITING_MS
    await Discards.add(tx, { objectKey, uploadId }, Math.max(now.getTime(), quietAt))
  }
  return emptied
}
