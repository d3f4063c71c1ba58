import { Injectable } from '@nestjs/common'
import type { LinkEventKind } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import { LISTED_COLUMNS, type ListedLinkRow, type ListedLinkView, asAskedFor } from './link-view.js'
import { isLive, isUnended } from './liveness.js'

/*
 * What happened to a link, from the times that it and its file have now: no log of it is kept. A file is shared, so a
 * time of it tells of a link only where it lies within that link's own; of who else has it nothing is told, not even
 * when it was read last.
 */

interface TimelineRow extends ListedLinkRow {
  claimedAt: Date | null
  doneAt: Date | null
  yields: number
  /** No calls of its host before this. */
  hostOpenUntil: Date | null
}

export interface LinkEvent {
  at: Date
  what: LinkEventKind
}

export interface Timeline {
  link: ListedLinkView
  /** By time; those after now are expected. */
  events: LinkEvent[]
  /** How often its fetch was so slow that it gave way to another. */
  gaveWay: number
}

const TIMELINE = new Statement<TimelineRow>(`
  SELECT ${LISTED_COLUMNS}, f.claimed_at AS "claimedAt", f.done_at AS "doneAt", f.yields,
         h.open_until AS "hostOpenUntil"
    FROM (SELECT * FROM link WHERE id = $1 AND account_id = $2) l
    JOIN source_file f ON f.id = l.file_id
    LEFT JOIN host_health h ON h.platform = f.platform`)

@Injectable()
export class LinkTimeline {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Of a link of this account; undefined for an unknown id and for somebody else's. It changes nothing. */
  async of(accountId: string, linkId: string): Promise<Timeline | undefined> {
    const now = dateOf(this.clock)
    const [row] = await TIMELINE.run(this.database, [linkId, accountId])
    if (!row) return undefined
    return {
      link: asAskedFor(row, now),
      events: eventsOf(row, now),
      gaveWay: isUnended(row) ? row.yields : 0,
    }
  }
}

function eventsOf(row: TimelineRow, now: Date): LinkEvent[] {
  const { createdAt, expiresAt, endedAt, endReason, claimedAt, doneAt } = row
  const isOn = isLive(row, row, now.getTime())
  const end = endedAt ?? (isOn ? null : expiresAt)
  const isWithin = (at: Date | null): at is Date =>
    at !== null && at > createdAt && (end === null || at <= end)
  const events: LinkEvent[] = [{ at: createdAt, what: 'submitted' }]
  if (row.state === 'done' && doneAt !== null && doneAt <= createdAt)
    events.push({ at: createdAt, what: 'was_stored' })
  if (isWithin(claimedAt)) events.push({ at: claimedAt, what: 'attempt_began' })
  if (isWithin(doneAt)) events.push({ at: doneAt, what: 'stored' })
  if (end !== null) events.push({ at: end, what: endReason ?? 'expired' })
  if (isOn) events.push(...waitsOf(row, now), { at: expiresAt, what: 'expires' })
  return events.sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** What it waits for, where that has a time. */
function waitsOf({ state, nextAttemptAt, hostOpenUntil }: TimelineRow, now: Date): LinkEvent[] {
  if (state !== 'pending') return []
  if (hostOpenUntil !== null && hostOpenUntil > now) return [{ at: hostOpenUntil, what: 'host_away' }]
  return nextAttemptAt !== null && nextAttemptAt > now ? [{ at: nextAttemptAt, what: 'next_attempt' }] : []
}
