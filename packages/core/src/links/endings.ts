import type { EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { DONE, isInSql } from '../files/index.js'
import { lockAccounts } from '../locks/index.js'
import { TrafficLedger } from '../traffic/index.js'
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

function ending(reason: NonNullable<Link['endReason']>, where: string, returning = ENDED, set = ''): string {
  return `UPDATE link SET ended_at = $1, end_reason = '${reason}'${set} FROM source_file f
           WHERE f.id = link.file_id AND ${isUnendedSql('link')} AND ${where} RETURNING ${returning}`
}

async function end<Row = EndedLink>(runner: Runner, statement: string, values: unknown[]): Promise<Row[]> {
  const [ended] = await runner.query<[Row[], number]>(statement, values)
  return ended
}

const EXPIRE = ending('expired', isExpiredSql('link', 'f', '$1'))
const EXPIRE_ONE = ending('expired', `link.id = $2 AND ${isExpiredSql('link', 'f', '$1')}`)

/** expireLinks ends the links whose time is over, and tells how many they were. */
export async function expireLinks(runner: Runner, now: Date): Promise<number> {
  return (await end(runner, EXPIRE, [now])).length
}

/** One whose time is over makes way for a new one. */
export async function expireLink(runner: Runner, linkId: string, now: Date): Promise<void> {
  await end(runner, EXPIRE_ONE, [now, linkId])
}

const FAIL = ending('failed', 'f.id = $2', ENDED, ', refusal = $3, retry_at = $4')

/**
 * Ends all links of a file for good and gives back what was charged. Call it under the file's lock: no link can be
 * added to the file meanwhile. `until`: epoch ms, when it may be asked for again.
 */
export async function failLinks(
  tx: EntityManager,
  clock: Clock,
  fileId: string,
  { cause, until }: { cause: string; until: number },
): Promise<void> {
  await refundLinks(tx, clock, await end(tx, FAIL, [dateOf(clock), fileId, cause, new Date(until)]))
}

const BLOCK = ending('blocked', 'f.id = $2', ENDED, `, refusal = 'file_blocked'`)
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

const CANCEL = ending('cancelled', `link.id = $2 AND ${NOT_WHOLE}`)

/** Ends an account's link whose file is not whole, as `failLinks`. False: there is nothing to cancel. */
export async function cancelLink(tx: EntityManager, clock: Clock, linkId: string): Promise<boolean> {
  const ended = await end(tx, CANCEL, [dateOf(clock), linkId])
  await refundLinks(tx, clock, ended)
  return ended.length === 1
}

const LEAVE = ending('removed', 'link.id = $2', `${ENDED}, ${NOT_WHOLE} AS unfinished`)

/** Ends a link of an account that is removed, as `failLinks`. True: its file is not whole. */
export async function endLinkOfRemoved(tx: EntityManager, clock: Clock, linkId: string): Promise<boolean> {
  const ended = await end<EndedLink & { unfinished: boolean }>(tx, LEAVE, [dateOf(clock), linkId])
  const unfinished = ended.filter((link) => link.unfinished)
  await refundLinks(tx, clock, unfinished)
  return unfinished.length === 1
}
