import type { EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { Discards, STOP_WRITING_MS } from '../discards/index.js'
import { lockAccounts, lockFile } from '../locks/index.js'
import { TrafficLedger } from '../traffic/index.js'

interface Held {
  state: 'idle' | 'pending' | 'downloading' | 'done' | 'error'
  objectKey: string | null
  uploadId: string | null
  leaseUntil: Date | null
}

export interface Revoked {
  /** Bytes, or a fetch of them, were given up. */
  stored: boolean
  links: number
}

/**
 * Takes a file out that is blocked, or that an operator removes: its fetch ends, its object is given up, its live links
 * end. What was charged for a file that was not whole comes back. Takes the locks itself; does nothing the second time.
 */
export async function revokeFile(
  tx: EntityManager,
  clock: Clock,
  fileId: string,
  why: 'blocked' | 'removed',
): Promise<Revoked> {
  await lockFile(tx, fileId)
  const now = dateOf(clock)
  const [file] = await tx.query<Held[]>(
    `SELECT state, object_key AS "objectKey", upload_id AS "uploadId", lease_until AS "leaseUntil"
       FROM source_file WHERE id = $1`,
    [fileId],
  )
  if (!file) return { stored: false, links: 0 }
  const stored = file.state === 'done' || file.state === 'pending' || file.state === 'downloading'
  if (stored) await giveUp(tx, fileId, file, { why, now })
  const [ended] = await tx.query<[{ id: string; accountId: string }[], number]>(
    `UPDATE link SET ended_at = $2, end_reason = $3, refusal = $4
      WHERE file_id = $1 AND ended_at IS NULL RETURNING id, account_id AS "accountId"`,
    [fileId, now, why, why === 'blocked' ? 'file_blocked' : null],
  )
  if (file.state !== 'done' && ended.length > 0) {
    const accounts = ended.map((link) => link.accountId)
    await lockAccounts(tx, accounts)
    const links = ended.map((link) => link.id)
    await TrafficLedger.refund(tx, clock, links)
  }
  return { stored, links: ended.length }
}

/** The SHA-256 of a blocked file stays, so that the same bytes are known without fetching them again. */
const BECOMES = {
  blocked: `state = 'error', refusal = 'file_blocked', refused_until = $2`,
  removed: `state = 'idle', generation = generation + 1, pinned = false, checked_at = NULL, sha256 = NULL, md5 = NULL,
            crc32c = NULL`,
}

async function giveUp(
  tx: EntityManager,
  fileId: string,
  file: Held,
  { why, now }: { why: keyof typeof BECOMES; now: Date },
): Promise<void> {
  const { objectKey, uploadId, leaseUntil } = file
  await tx.query(
    `UPDATE source_file
        SET ${BECOMES[why]}, worker = NULL, lease_until = NULL,
            slot_account_id = NULL, speed = NULL, object_key = NULL, upload_id = NULL, bytes_done = 0,
            updated_at = $2
      WHERE id = $1`,
    [fileId, now],
  )
  if (why === 'removed') await tx.query('DELETE FROM file_pieces WHERE file_id = $1', [fileId])
  if (objectKey === null) return
  const quiet = file.state === 'downloading' ? (leaseUntil?.getTime() ?? 0) + STOP_WRITING_MS : 0
  await Discards.add(tx, { objectKey, uploadId }, Math.max(now.getTime(), quiet))
}
