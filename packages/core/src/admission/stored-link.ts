import type { DataSource } from 'typeorm'
import { type Caller, capOf, randomToken } from '../accounts/index.js'
import { type SourceFile, isEvicted } from '../files/index.js'
import { type LinkView, linkView } from '../links/index.js'
import { Batch, Statement, rowsOf } from '../statements/index.js'

/*
 * Links to files that lie in the store: the commonest of all admissions, and the only one that waits for nobody. It
 * asks no gate. Of those that matter to a stored file, the caller has just been told of blocks and live links; the
 * account's standing and its traffic are conditions of the charge; and an account with a cap for this platform is
 * left to the gates. Those that arrive at once are made and charged in one statement, which costs one round trip and
 * one flush of PostgreSQL's log instead of as many. For each it makes the link or does nothing, and never says why:
 * whoever gets nothing goes through the gates, which have the last word.
 *
 * Nobody waits for a lock here, or all in the statement would: what somebody else has locked is left to the gates. The
 * file's lock is shared. A file that is forgotten, lost or blocked meanwhile is locked for update there, so either it
 * is skipped or no longer stored when this statement gets to its row, or the link is there when that transaction
 * looks for links to end.
 */

/** unique_violation: an account has just got such a link elsewhere; deadlock_detected. Nothing was written. */
const LEFT_TO_THE_GATES = new Set(['23505', '40P01'])

// File and account are looked up one by one, whatever the planner believes of the tables.
const MAKE = new Statement<{ linkId: string }>(
  `WITH stored AS (
     SELECT wanted.*
       FROM ${rowsOf('uuid', 'uuid', 'int', 'bigint', 'text', 'text', 'text', 'timestamptz', 'timestamptz')}
            AS wanted (account_id, file_id, generation, size, link_id, host_domain, platform, created_at, expires_at)
      CROSS JOIN LATERAL (
        SELECT FROM source_file
         WHERE id = wanted.file_id AND state = 'done' AND generation = wanted.generation AND size = wanted.size
           FOR KEY SHARE SKIP LOCKED) file
      CROSS JOIN LATERAL (
        SELECT count(*) AS links FROM link
         WHERE account_id = wanted.account_id AND file_id = wanted.file_id AND ended_at IS NULL) live
      WHERE live.links = 0),
   payer AS (
     SELECT stored.*
       FROM stored
      CROSS JOIN LATERAL (
        SELECT FROM account WHERE id = stored.account_id FOR NO KEY UPDATE SKIP LOCKED) account),
   paid AS (
     UPDATE account SET traffic_left = traffic_left - payer.size
       FROM payer
      WHERE id = payer.account_id AND state = 'active' AND traffic_left >= payer.size
        AND (account.expires_at IS NULL OR account.expires_at > payer.created_at)
      RETURNING payer.*),
   made AS (
     INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
     SELECT link_id, account_id, file_id, host_domain, size, created_at, expires_at FROM paid)
   INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
   SELECT account_id, 'charge', -size, platform, link_id, created_at FROM paid RETURNING link_id AS "linkId"`,
)

export interface StoredLinkRequest {
  caller: Caller
  /** As it was read a moment ago. */
  file: SourceFile
  hostDomain: string
  /** Epoch ms. */
  now: number
  ttlMs: number
}

/** Whether nothing but conditions of the statement is between this account and a stored file. */
export function isQuicklyLinked(caller: Caller, file: SourceFile): boolean {
  return file.state === 'done' && !isEvicted(file) && capOf(caller, file.platform) === null
}

interface Making extends StoredLinkRequest {
  id: string
  createdAt: Date
  expiresAt: Date
}

/** Of one process. An account asks for one link at a time. */
export class StoredLinks {
  private readonly batch = new Batch((makings: Making[]) => this.makeAll(makings))

  constructor(private readonly database: DataSource) {}

  /** undefined, with nothing written, where the gates have to be asked. */
  async make(request: StoredLinkRequest): Promise<LinkView | undefined> {
    const { caller, file, hostDomain, now, ttlMs } = request
    const [id, createdAt, expiresAt] = [randomToken(24), new Date(now), new Date(now + ttlMs)]
    if (!(await this.batch.ask({ ...request, id, createdAt, expiresAt }))) return undefined
    const unended = { endedAt: null, endReason: null, refusal: null, retryAt: null }
    return linkView({ id, accountId: caller.accountId, hostDomain, createdAt, expiresAt, ...unended }, file)
  }

  /** Whether each was made. */
  private async makeAll(makings: readonly Making[]): Promise<boolean[]> {
    try {
      const rows = await MAKE.run(this.database, [
        makings.map(({ caller }) => caller.accountId),
        makings.map(({ file }) => file.id),
        makings.map(({ file }) => file.generation),
        makings.map(({ file }) => file.size),
        makings.map(({ id }) => id),
        makings.map(({ hostDomain }) => hostDomain),
        makings.map(({ file }) => file.platform),
        makings.map(({ createdAt }) => createdAt),
        makings.map(({ expiresAt }) => expiresAt),
      ])
      const made = new Set(rows.map(({ linkId }) => linkId))
      return makings.map(({ id }) => made.has(id))
    } catch (error) {
      if (LEFT_TO_THE_GATES.has((error as { code?: string }).code ?? '')) return makings.map(() => false)
      throw error
    }
  }
}
