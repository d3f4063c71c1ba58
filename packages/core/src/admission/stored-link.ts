import type { DataSource } from 'typeorm'
import { type Caller, capOf, randomToken } from '../accounts/index.js'
import type { SourceFile } from '../files/index.js'
import { type LinkView, linkView } from '../links/index.js'
import { Statement } from '../statements/index.js'

/*
 * A link to a file that lies in the store, in one statement: the commonest of all admissions, and the only one that
 * waits for nobody. It asks no gate. Of those that matter to a stored file, the caller has just been told of blocks
 * and live links; the account's standing and its traffic are conditions of the charge; and an account with a cap for
 * this platform is left to the gates. It makes the link or does nothing, and never says why: whoever gets nothing
 * goes through the gates, which have the last word.
 *
 * Locks are taken in the usual order, the file's first. The file's is shared: a file that is forgotten, lost or
 * blocked meanwhile is locked for update there, so either it is no longer stored when this statement gets its row,
 * or the link is there when that transaction looks for links to end.
 */

/** unique_violation: the account has just got a link elsewhere; deadlock_detected. Nothing was written. */
const LEFT_TO_THE_GATES = new Set(['23505', '40P01'])

const MAKE = new Statement<{ linkId: string }>(
  `WITH stored AS (
     SELECT id FROM source_file WHERE id = $2 AND state = 'done' AND generation = $3 AND size = $4 FOR KEY SHARE),
   paid AS (
     UPDATE account SET traffic_left = traffic_left - $4
      WHERE id = $1 AND state = 'active' AND (expires_at IS NULL OR expires_at > $7) AND traffic_left >= $4
        AND EXISTS (SELECT FROM stored)
      RETURNING id),
   made AS (
     INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
     SELECT $5, id, $2, $6, $4, $7, $8 FROM paid)
   INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
   SELECT id, 'charge', -$4::bigint, $9, $5, $7 FROM paid RETURNING link_id AS "linkId"`,
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
  return file.state === 'done' && capOf(caller, file.platform) === null
}

/** undefined, with nothing written, where the gates have to be asked. */
export async function makeStoredLink(
  database: DataSource,
  { caller: { accountId }, file, hostDomain, now, ttlMs }: StoredLinkRequest,
): Promise<LinkView | undefined> {
  const { id: fileId, generation, size, platform } = file
  const [id, createdAt, expiresAt] = [randomToken(24), new Date(now), new Date(now + ttlMs)]
  const values = [accountId, fileId, generation, size, id, hostDomain, createdAt, expiresAt, platform]
  try {
    if ((await MAKE.run(database, values)).length === 0) return undefined
  } catch (error) {
    if (LEFT_TO_THE_GATES.has((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
  const unended = { endedAt: null, endReason: null, refusal: null, retryAt: null }
  return linkView({ id, accountId, hostDomain, createdAt, expiresAt, ...unended }, file)
}
