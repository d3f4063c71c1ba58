import type { LinkState } from '@obb/contracts'
import { isInSql } from '../files/index.js'
import type { Link } from './link.table.js'
import type { LinkView } from './link-view.js'
import { isLive, isLiveSql } from './liveness.js'

/* The state of a link as people are told it: a function over a row that was read, and `…Sql`, the same of the tables. */

/** Ends that were nobody's wish: the link was to give a file, and never will. */
const FAULTS = ['failed', 'blocked'] as const satisfies readonly NonNullable<Link['endReason']>[]

/** It ended so. */
export function isFaultSql(link: string): string {
  return `${link}.end_reason IN (${FAULTS.map((fault) => `'${fault}'`).join(', ')})`
}

/** `now`: epoch ms. A link whose time is over has ended, also before the sweep writes that down. */
export function linkState(link: LinkView, now: number): LinkState {
  if (FAULTS.some((fault) => fault === link.endReason)) return 'error'
  if (!isLive(link, link, now)) return 'ended'
  return link.state === 'idle' ? 'pending' : link.state
}

export function linkStateSql(link: string, file: string, now: string): string {
  return `CASE WHEN ${isFaultSql(link)} THEN 'error'
               WHEN NOT ${isLiveSql(link, file, now)} THEN 'ended'
               WHEN ${isInSql(['idle', 'evicted'], file)} THEN 'pending'
               ELSE ${file}.state END`
}
