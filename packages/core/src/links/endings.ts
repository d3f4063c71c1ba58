import type { EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { DONE, isInSql } from '../files/index.js'
import { lockAccounts } from '../locks/index.js'
import { linksEnded } from '../metrics/index.js'
import { TrafficLedger } from '../traffic/index.js'
import type { TimeKey, Walk } from '../walk/index.js'
import type { Link } from './link.table.js'
import { isExpiredSql, isUnendedSql } from './liveness.js'

/*
 * What ends a link: its time, a failure for good, its account, a block, or the removal of its file or account. What was
 * charged for a file that is not whole comes back. An ended link stays as it is. `$1` is now, `f` the link's file.
 */

type Runner = Pick<EntityManager, 'query'>

interface EndedLink {
  id: string
  accountId: string
}

const NOT_WHOLE = `NOT ${isInSql(DONE, 'f')}`
const ENDED = 'link.id, link.account_id AS "accountId"'

/** A statement that ends links, and why they end by it. */
interface Ending {
  reason: NonNullable<Link['endReason']>
  statement: string
}

function ending(reason: Ending['reason'], where: string, returning = ENDED, set = ''): Ending {
  const statement = `UPDATE link SET ended_at = $1, end_reason = '${reason}'${set} FROM source_file f
           WHERE f.id = link.file_id AND ${isUnendedSql('link')} AND ${where} RETURNING ${returning}`
  return { reason, statement }
}

async function end<Row = EndedLink>(
  runner: Runner,
  { reason, statement }: Ending,
  values: unknown[],
): Promise<Row[]> {
  const [ended] = await runner.query<[Row[], number]>(statement, values)
  linksEnded.inc({ reason }, ended.length)
  return ended
}

/** A page of the links whose time is over, and of those the ones that end: not while their file is being fetched. */
const EXPIRE = `
  WITH page AS (
    SELECT id, expires_at FROM link
     WHERE ${isUnendedSql('link')} AND expires_at <= $1 AND (expires_at, id) > ($2::timestamptz, $3)
     ORDER BY expires_at, id LIMIT $4),
  due AS MATERIALIZED (
    SELECT l.id FROM page JOIN link l USING (id) JOIN source_file s ON s.id = l.file_id
     WHERE ${isUnendedSql('l')} AND ${isExpiredSql('l', 's', '$1')} FOR NO KEY UPDATE OF l SKIP LOCKED),
  ended AS (${ending('expired', 'link.id = ANY(ARRAY(SELECT id FROM due))', 'link.id').statement})
  SELECT id, expires_at::text AS at, id IN (SELECT id FROM ended) AS ended FROM page ORDER BY expires_at, id`
const EXPIRE_ONE = ending('expired', `link.id = $2 AND ${isExpiredSql('link', 'f', '$1')}`)

/**
 * expireLinks looks at the next `limit` links whose time is over, ends those that may end, and tells how many they were.
 * Links that somebody else is about to end are left to them.
 */
export async function expireLinks(
  runner: Runner,
  now: Date,
  walk: Walk<TimeKey>,
  limit: number,
): Promise<number> {
  const page = await runner.query<{ id: string; at: string; ended: boolean }[]>(EXPIRE, [
    ...[now, ...walk.after, limit],
  ])
  walk.advance(
    page.map(({ at, id }) => [at, id]),
    limit,
  )
  const count = page.filter(({ ended }) => ended).length
  linksEnded.inc({ reason: 'expired' }, count)
  return count
}

/** One whose time is over makes way for a new one. */
export async function expireLink(runner: Runner, linkId: string, now: Date): Promise<void> {
  await end(runner, EXPIRE_ONE, [now, linkId])
}

const FAILED = ', refusal = $3, retry_at = $4'
const FAIL = ending('failed', 'f.id = $2', ENDED, FAILED)
const FAIL_ONE = ending('failed', 'link.id = $2', ENDED, FAILED)

/** Why a link ends, and when it may be asked for again, epoch ms. */
interface Failure {
  cause: string
  until: number
}

/**
 * Ends all links of a file for good and gives back what was charged. Call it under the file's lock: no link can be
 * added to the file meanwhile.
 */
export async function failLinks(
  tx: EntityManager,
  clock: Clock,
  fileId: string,
  { cause, until }: Failure,
): Promise<void> {
  await refundLinks(tx, clock, await end(tx, FAIL, [dateOf(clock), fileId, cause, new Date(until)]))
}

/** Ends one of them: others go on. */
export async function failLink(
  tx: EntityManager,
  clock: Clock,
  linkId: string,
  { cause, until }: Failure,
): Promise<void> {
  await refundLinks(tx, clock, await end(tx, FAIL_ONE, [dateOf(clock), linkId, cause, new Date(until)]))
}

const BLOCKED = `, refusal = 'file_blocked'`
const BLOCK = ending('blocked', 'f.id = $2', ENDED, BLOCKED)
const REMOVE = ending('removed', 'f.id = $2')

/**
 * Ends all links of a file that is blocked or removed, as `failLinks`. How many they were. `whole`: what they were
 * charged for was there, and nothing comes back.
 */
export async function revokeLinks(
  tx: EntityManager,
  clock: Clock,
  fileId: string,
  { why, whole }: { why: 'blocked' | 'removed'; whole: boolean },
): Promise<number> {
  const ended = await end(tx, why === 'blocked' ? BLOCK : REMOVE, [dateOf(clock), fileId])
  if (!whole) await refundLinks(tx, clock, ended)
  return ended.length
}

/** Files of the same accounts may end at once: the order of their locks must not be the query planner's. */
async function refundLinks(tx: EntityManager, clock: Clock, ended: readonly EndedLink[]): Promise<void> {
  if (ended.length === 0) return
  const accounts = ended.map(({ accountId }) => accountId)
  await lockAccounts(tx, accounts)
  const links = ended.map(({ id }) => id)
  await TrafficLedger.refund(tx, clock, links)
}

const UNFINISHED = `${ENDED}, ${NOT_WHOLE} AS unfinished`
const CANCEL = ending('cancelled', 'link.id = $2', UNFINISHED)
const LEAVE = ending('removed', 'link.id = $2', UNFINISHED)
const BLOCK_ONE = ending('blocked', 'link.id = $2', UNFINISHED, BLOCKED)

/** What the file of a link was that ended; undefined: the link had ended before. */
type EndedWith = 'unfinished' | 'whole' | undefined

/** Ends an account's link, as `failLinks`. */
export function cancelLink(tx: EntityManager, clock: Clock, linkId: string): Promise<EndedWith> {
  return endOne(tx, clock, CANCEL, linkId)
}

/** Ends a link of an account that is removed, as `failLinks`. */
export function endLinkOfRemoved(tx: EntityManager, clock: Clock, linkId: string): Promise<EndedWith> {
  return endOne(tx, clock, LEAVE, linkId)
}

/** Ends a link whose own name is blocked, as `failLinks`: others to the same file stay. */
export function blockLink(tx: EntityManager, clock: Clock, linkId: string): Promise<EndedWith> {
  return endOne(tx, clock, BLOCK_ONE, linkId)
}

/** What it was charged comes back where its file is not whole. */
async function endOne(tx: EntityManager, clock: Clock, how: Ending, linkId: string): Promise<EndedWith> {
  const [ended] = await end<EndedLink & { unfinished: boolean }>(tx, how, [dateOf(clock), linkId])
  if (!ended?.unfinished) return ended && 'whole'
  await refundLinks(tx, clock, [ended])
  return 'unfinished'
}

/** Links that ended at `before` or earlier, the oldest first, at most `limit`. Their entries are to be summed up. */
export async function deleteEndedLinks(
  tx: EntityManager,
  before: Date,
  limit: number,
): Promise<{ id: string; fileId: string }[]> {
  const [deleted] = await tx.query<[{ id: string; fileId: string }[], number]>(
    `DELETE FROM link WHERE id = ANY(ARRAY(
       SELECT id FROM link WHERE ended_at <= $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED))
     RETURNING id, file_id AS "fileId"`,
    [before, limit],
  )
  return deleted
}
