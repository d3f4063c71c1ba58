import type { EntityManager } from 'typeorm'
import { isWantedSql } from '../../links/liveness.js'
import { giveUp } from './given-up.js'
import {
  NEXT_GENERATION,
  NOT_REFUSED,
  RELEASED,
  type Runner,
  WANTED,
  WANTED_NOW,
  change,
  changeReturning,
  transition,
} from './statement.js'

/* What becomes of a file because somebody wants it, or nobody does any more. */

const WANT = transition('want', {
  set: `${WANTED}, next_attempt_at = greatest($2, f.refused_until), ${NOT_REFUSED},
        generation = CASE WHEN f.state = 'error' THEN f.generation + 1 ELSE f.generation END`,
  returning: 'f.generation',
})

/**
 * Its generation: after an error a new one. undefined: it is on its way or stored. What its host said last holds until it
 * is due.
 */
export async function want(runner: Runner, fileId: string, now: Date): Promise<number | undefined> {
  const [wanted] = await changeReturning<{ generation: number }>(runner, WANT, [fileId, now])
  return wanted?.generation
}

const REFETCH_EVICTED = transition('refetchEvicted', { set: WANTED_NOW })

/** Somebody with a right to it asks for an evicted file: it is fetched again. Fetchers find it by their sweep. */
export async function refetchEvicted(runner: Runner, fileId: string, now: Date): Promise<void> {
  await change(runner, REFETCH_EVICTED, [fileId, now])
}

const MARK_MISSING = transition('markMissing', {
  set: `${WANTED_NOW}, ${NEXT_GENERATION}, object_key = NULL`,
  where: 'f.id = $1 AND f.generation = $3',
})

/** Its object is not in the store any more: it is fetched again. Fetchers find it by their sweep. */
export async function markMissing(
  runner: Runner,
  { fileId, generation }: { fileId: string; generation: number },
  now: Date,
): Promise<void> {
  await change(runner, MARK_MISSING, [fileId, now, generation])
}

const ABANDON = transition('abandon', {
  set: `${NEXT_GENERATION}, ${RELEASED}, updated_at = $2`,
  where: `f.id = $1 AND NOT ${isWantedSql('f.id')}`,
  empties: true,
})

/**
 * If nobody wants the file any more, what is stored of it goes, once its worker has noticed. False if somebody does.
 * Call it under the file's lock, after its links have ended.
 */
export async function abandon(tx: EntityManager, fileId: string, now: Date): Promise<boolean> {
  return (await giveUp(tx, ABANDON, [fileId, now], now)).length === 1
}
