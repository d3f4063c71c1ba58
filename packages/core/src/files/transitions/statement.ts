import type { EntityManager } from 'typeorm'
import { TRANSITIONS, type Transition, type TransitionName, isInSql } from '../file-states.js'

/*
 * What the statements of all transitions are made of, and the one place that writes to a file's row. `f` is the row,
 * `$1` its id, `$2` now.
 */

export type Runner = Pick<EntityManager, 'query'>

/** No worker has it. */
export const RELEASED =
  'worker = NULL, lease_until = NULL, slot_account_id = NULL, speed = NULL, crawls = false'
/** To be fetched from the beginning. */
export const WANTED =
  'wanted_at = $2, attempts = 0, yields = 0, worker_deaths = 0, tried_alone = false, stored_at_death = 0, bytes_done = 0, upload_id = NULL, updated_at = $2'
/** The same from now on. */
export const WANTED_NOW = `${WANTED}, next_attempt_at = $2`
/** NEXT_GENERATION begins a new generation: what an earlier one did is ignored. */
export const NEXT_GENERATION = 'generation = f.generation + 1'
/** Its host is asked again, nothing is known of its bytes, and it is unlinked if it can be. */
export const FORGOTTEN = `checked_at = NULL, sha256 = NULL, md5 = NULL, crc32c = NULL,
  wanted_at = CASE WHEN EXISTS (SELECT FROM link WHERE link.file_id = f.id) THEN f.wanted_at END`
export const NOT_REFUSED = 'refusal = NULL, refused_until = NULL'

/** Nothing of it lies in the store. */
const EMPTIED = 'object_key = NULL, upload_id = NULL, bytes_done = 0'
/** GIVEN_UP returns what lay in the store before. */
const GIVEN_UP = `f.id AS "fileId", old.object_key AS "objectKey", old.upload_id AS "uploadId",
  old.lease_until AS "leaseUntil"`

interface Parts {
  set: string
  /** Which files, if not the one of `$1`. */
  where?: string
  returning?: string
  /** Its bytes are given up: returns GivenUp, which is to be discarded. Under the file's lock. */
  empties?: true
}

/**
 * transition makes the statement of a transition: where the table does not allow it, it changes nothing. A holder's
 * `$3` is its claim.
 */
export function transition(name: TransitionName, { set, where = 'f.id = $1', ...parts }: Parts): string {
  const { from, to, by }: Transition = TRANSITIONS[name]
  const columns = [...(to ? [`state = '${to}'`] : []), set, ...(parts.empties ? [EMPTIED] : [])]
  const conditions = [where, isInSql(from, 'f'), ...(by === 'holder' ? ['f.claim = $3'] : [])]
  if (parts.empties) conditions.push('old.id = f.id')
  const returning = parts.empties ? GIVEN_UP : parts.returning
  return `UPDATE source_file f SET ${columns.join(', ')} ${parts.empties ? 'FROM source_file old' : ''}
           WHERE ${conditions.join(' AND ')} ${returning === undefined ? '' : `RETURNING ${returning}`}`
}

/** How many files it changed. */
export async function change(runner: Runner, statement: string, values: unknown[]): Promise<number> {
  const [, changed] = await runner.query<[unknown[], number]>(statement, values)
  return changed
}

/** changeReturning runs a statement and gives what its `RETURNING` tells of the files that it changed. */
export async function changeReturning<Row>(
  runner: Runner,
  statement: string,
  values: unknown[],
): Promise<Row[]> {
  const [rows] = await runner.query<[Row[], number]>(statement, values)
  return rows
}
