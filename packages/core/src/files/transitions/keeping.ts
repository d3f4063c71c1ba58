import type { DataSource, EntityManager } from 'typeorm'
import { isWantedSql } from '../../links/liveness.js'
import { Statement } from '../../statements/index.js'
import { forgetPieces } from '../file-pieces.js'
import { type GivenUp, giveUp } from './given-up.js'
import { FORGOTTEN, NEXT_GENERATION, RELEASED, type Runner, change, transition } from './statement.js'

/* How long a file is kept, and how it is taken out. */

const PIN = transition('pin', { set: 'pinned = $3, updated_at = $2' })

/** False if there is no such file. */
export async function pin(runner: Runner, fileId: string, pinned: boolean, now: Date): Promise<boolean> {
  return (await change(runner, PIN, [fileId, now, pinned])) === 1
}

const TOUCH = new Statement<never>(
  transition('touch', { set: 'last_access_at = $2', where: 'f.id = $1 AND f.last_access_at < $3' }),
)

/** It was read now; not noted where it was read after `before` too. */
export async function touch(database: DataSource, fileId: string, now: Date, before: Date): Promise<void> {
  await TOUCH.run(database, [fileId, now, before])
}

const FORGET = transition('forget', {
  set: `${NEXT_GENERATION}, ${FORGOTTEN}, updated_at = $2`,
  where: `f.id = ANY($1) AND NOT ${isWantedSql('f.id')}`,
  empties: true,
})

/**
 * forget makes those of the files idle that no link leads to, as if nobody had asked for them. Call it under their
 * locks.
 */
export function forget(tx: EntityManager, fileIds: readonly string[], now: Date): Promise<GivenUp[]> {
  return empty(tx, FORGET, fileIds, now)
}

const EVICT = transition('evict', {
  set: `${NEXT_GENERATION}, updated_at = $2`,
  where: 'f.id = ANY($1)',
  empties: true,
})

/** Their objects go; the files and their links stay. Call it under their locks. */
export function evict(tx: EntityManager, fileIds: readonly string[], now: Date): Promise<GivenUp[]> {
  return empty(tx, EVICT, fileIds, now)
}

async function empty(
  tx: EntityManager,
  statement: string,
  fileIds: readonly string[],
  now: Date,
): Promise<GivenUp[]> {
  const emptied = await giveUp(tx, statement, [fileIds, now], now)
  await forgetPieces(
    tx,
    emptied.map(({ fileId }) => fileId),
  )
  return emptied
}

/** The SHA-256 stays, so that the same bytes are known without fetching them again. */
const BLOCK = transition('block', {
  set: `refusal = 'file_blocked', refused_until = $2, ${RELEASED}, updated_at = $2`,
  empties: true,
})

/** False: nothing of it was stored or on its way. Call it under the file's lock. */
export async function block(tx: EntityManager, fileId: string, now: Date): Promise<boolean> {
  return (await giveUp(tx, BLOCK, [fileId, now], now)).length === 1
}

const REMOVE = transition('remove', {
  where: 'f.id = ANY($1)',
  set: `${NEXT_GENERATION}, pinned = false, ${FORGOTTEN}, ${RELEASED}, updated_at = $2`,
  empties: true,
})

/** remove empties a file and makes it idle; its answer and its lock are as with `block`. */
export async function remove(tx: EntityManager, fileId: string, now: Date): Promise<boolean> {
  return (await empty(tx, REMOVE, [fileId], now)).length === 1
}
