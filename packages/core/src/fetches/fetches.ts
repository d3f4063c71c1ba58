import { HostError } from '@obb/host-adapters'
import type { DataSource, EntityManager } from 'typeorm'
import { type BlockFacts, BlockList } from '../blocks/index.js'
import { type Clock, dateOf } from '../clock/index.js'
import { Discards, STOP_WRITING_MS } from '../discards/index.js'
import { type HostRefusal, SourceFile } from '../files/index.js'
import { failLinks } from '../links/index.js'
import { lockAccounts, lockFile, readLockBlocks, transaction } from '../locks/index.js'
import { TrafficLedger } from '../traffic/index.js'

/** A worker's hold on a file. Every later step names the claim, so a worker that lost it changes nothing. */
export interface Claim {
  fileId: string
  claim: number
  worker: string
}

export interface FetchProgress {
  bytesDone: number
  /** Bytes per second, smoothed; null before it is known. */
  speed: number | null
}

export interface FetchResult {
  size: number
  sha256: string
  /** Null where it was not computed. */
  md5?: string | null
  crc32c?: string | null
  /** See FilePieces. */
  pieces?: Buffer | null
}

/** What wakes a worker for a file. */
export interface FetchJob {
  fileId: string
  generation: number
}

const HELD = `id = $1 AND claim = $2 AND state = 'downloading'`

/**
 * The life of a fetch: pending → downloading → done, error, or pending again. All steps are compare-and-set
 * on the file's row; the queue's jobs only say that it may be worth trying.
 */
export class Fetches {
  private readonly blocks: BlockList

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {
    this.blocks = new BlockList(database, clock)
  }

  /**
   * Takes the file if it is due or its worker is gone; undefined if there is nothing to do. Whose turn it is, and
   * on whose slot, FetchSchedule decides.
   */
  async claim(
    job: FetchJob,
    worker: string,
    leaseMs: number,
    {
      tx = this.database.manager,
      slotAccountId = null,
    }: { tx?: EntityManager; slotAccountId?: string | null } = {},
  ): Promise<SourceFile | undefined> {
    const now = this.clock.now()
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE source_file
          SET state = 'downloading', claim = claim + 1, worker = $3, lease_until = $4, slot_account_id = $6,
              updated_at = $5
        WHERE id = $1 AND generation = $2
          AND (state = 'pending' AND next_attempt_at <= $5 OR state = 'downloading' AND lease_until <= $5)
        RETURNING id`,
      [job.fileId, job.generation, worker, new Date(now + leaseMs), new Date(now), slotAccountId],
    )
    if (rows.length === 0) return undefined
    return tx.findOneByOrFail(SourceFile, { id: job.fileId })
  }

  /**
   * Heartbeat with progress. False: the lease is lost, stop at once. One that ran out is lost too, though nobody
   * took over yet: its slot may have been given to another file.
   */
  async renew(claim: Claim, leaseMs: number, progress: FetchProgress): Promise<boolean> {
    const now = this.clock.now()
    return this.step(
      `UPDATE source_file SET lease_until = $3, bytes_done = $4, speed = $5, updated_at = $6
        WHERE ${HELD} AND lease_until > $6`,
      claim,
      [new Date(now + leaseMs), progress.bytesDone, progress.speed, new Date(now)],
    )
  }

  /** Where its parts go, written before the first part, so that whoever continues finds them. */
  async setUpload(
    claim: Claim,
    upload: { objectKey: string; uploadId: string; partSize: number },
  ): Promise<boolean> {
    return this.step(
      `UPDATE source_file SET object_key = $3, upload_id = $4, part_size = $5, updated_at = $6 WHERE ${HELD}`,
      claim,
      [upload.objectKey, upload.uploadId, upload.partSize, dateOf(this.clock)],
    )
  }

  /** The host has another number of bytes than it told: everything starts over, and is settled at the end. */
  async resize(claim: Claim, size: number): Promise<boolean> {
    return this.step(
      `UPDATE source_file SET size = $3, bytes_done = 0, upload_id = NULL, updated_at = $4
        WHERE ${HELD}`,
      claim,
      [size, dateOf(this.clock)],
    )
  }

  /**
   * What the file is called, told with its bytes. Raises HostError `FILE_BLOCKED` for a name that the operator does
   * not serve, which stays with the file.
   */
  async rename(claim: Claim, name: string): Promise<boolean> {
    const end = await transaction(this.database, async (tx) => {
      await lockFile(tx, claim.fileId)
      await readLockBlocks(tx)
      const [[named]] = await tx.query<[BlockFacts[], number]>(
        `UPDATE source_file SET name = $3, name_from = 'fetch', updated_at = $4 WHERE ${HELD}
         RETURNING platform, host_file_id AS "hostFileId", canonical_url AS "canonicalUrl", name`,
        [claim.fileId, claim.claim, name, dateOf(this.clock)],
      )
      if (!named) return 'lost'
      return (await this.blocks.find(named, tx)) ? 'blocked' : 'named'
    })
    if (end === 'blocked') throw new HostError('FILE_BLOCKED', 'its name is on the block list')
    return end === 'named'
  }

  /**
   * Whole and verified. Links that were charged for another size are settled to the real one. Raises HostError
   * `FILE_BLOCKED` for bytes that the operator does not serve; the digest stays with the file.
   */
  async finish(claim: Claim, result: FetchResult): Promise<boolean> {
    const end = await transaction(this.database, (tx) => this.finishIn(tx, claim, result))
    if (end === 'blocked') throw new HostError('FILE_BLOCKED', 'the bytes are on the block list')
    return end === 'done'
  }

  private async finishIn(
    tx: EntityManager,
    claim: Claim,
    result: FetchResult,
  ): Promise<'done' | 'lost' | 'blocked'> {
    await lockFile(tx, claim.fileId)
    await readLockBlocks(tx)
    const [blocked] = await tx.query<unknown[]>(`SELECT 1 FROM block WHERE kind = 'sha256' AND value = $1`, [
      result.sha256,
    ])
    if (blocked) {
      await tx.query(`UPDATE source_file SET sha256 = $3 WHERE ${HELD}`, [
        claim.fileId,
        claim.claim,
        result.sha256,
      ])
      return 'blocked'
    }
    const [, changed] = await tx.query<[unknown[], number]>(
      `UPDATE source_file
          SET state = 'done', size = $3, bytes_done = $3, sha256 = $4, md5 = $5, crc32c = $7, done_at = $6,
              last_access_at = $6, updated_at = $6, worker = NULL, lease_until = NULL, slot_account_id = NULL,
              upload_id = NULL, speed = NULL, refusal = NULL, refused_until = NULL
        WHERE ${HELD}`,
      [
        ...[claim.fileId, claim.claim, result.size, result.sha256, result.md5 ?? null],
        ...[dateOf(this.clock), result.crc32c ?? null],
      ],
    )
    if (changed === 0) return 'lost'
    await tx.query('DELETE FROM hash_state WHERE file_id = $1', [claim.fileId])
    if (result.pieces) await this.keepPieces(tx, claim.fileId, result.pieces)
    const unsettled = await tx.query<{ accountId: string }[]>(
      `SELECT account_id AS "accountId" FROM link WHERE file_id = $1 AND ended_at IS NULL AND charged <> $2`,
      [claim.fileId, result.size],
    )
    if (unsettled.length === 0) return 'done'
    const accounts = unsettled.map((link) => link.accountId)
    await lockAccounts(tx, accounts)
    await TrafficLedger.settle(tx, this.clock, claim.fileId, result.size)
    return 'done'
  }

  private async keepPieces(tx: EntityManager, fileId: string, digests: Buffer): Promise<void> {
    await tx.query(
      `INSERT INTO file_pieces (file_id, generation, digests)
       SELECT id, generation, $2 FROM source_file WHERE id = $1
       ON CONFLICT (file_id) DO UPDATE SET generation = excluded.generation, digests = excluded.digests`,
      [fileId, digests],
    )
  }

  /**
   * Back to pending until `until` (epoch ms). With `failedAttempt` it counts towards giving up; a host that
   * says "wait", or a worker that stops, does not count. `restart` forgets the parts that are stored.
   */
  async wait(
    claim: Claim,
    until: number,
    how: { failedAttempt: boolean; restart: boolean },
  ): Promise<boolean> {
    return this.step(
      `UPDATE source_file
          SET state = 'pending', next_attempt_at = $3, attempts = attempts + $4, worker = NULL, lease_until = NULL,
              slot_account_id = NULL, speed = NULL, updated_at = $6,
              upload_id = CASE WHEN $5 THEN NULL ELSE upload_id END,
              bytes_done = CASE WHEN $5 THEN 0 ELSE bytes_done END
        WHERE ${HELD}`,
      claim,
      [new Date(until), how.failedAttempt ? 1 : 0, how.restart, dateOf(this.clock)],
    )
  }

  /** The end for good: the refusal is remembered, all links of the file end, their traffic is given back. */
  async fail(claim: Claim, refusal: HostRefusal): Promise<boolean> {
    return transaction(this.database, async (tx) => {
      await lockFile(tx, claim.fileId)
      const now = dateOf(this.clock)
      const [held] = await tx.query<{ objectKey: string | null; uploadId: string | null }[]>(
        `SELECT object_key AS "objectKey", upload_id AS "uploadId" FROM source_file WHERE ${HELD}`,
        [claim.fileId, claim.claim],
      )
      if (!held) return false
      await tx.query(
        `UPDATE source_file
            SET state = 'error', refusal = $3, refused_until = $4, updated_at = $5, worker = NULL,
                lease_until = NULL, slot_account_id = NULL, speed = NULL, object_key = NULL, upload_id = NULL,
                bytes_done = 0
          WHERE ${HELD}`,
        [claim.fileId, claim.claim, refusal.cause, new Date(refusal.until), now],
      )
      await this.discard(tx, held, this.clock.now())
      await failLinks(tx, this.clock, claim.fileId, refusal)
      return true
    })
  }

  /**
   * Takes an account's unfinished link back, with its traffic; the fetch ends if nobody else wants the file.
   * `unknown`: no such link of this account. `finished`: there is nothing to cancel any more.
   */
  async cancel(accountId: string, linkId: string): Promise<'cancelled' | 'finished' | 'unknown'> {
    const [link] = await this.database.query<{ fileId: string }[]>(
      'SELECT file_id AS "fileId" FROM link WHERE id = $1 AND account_id = $2',
      [linkId, accountId],
    )
    if (!link) return 'unknown'
    return transaction(this.database, async (tx) => {
      await lockFile(tx, link.fileId)
      const now = dateOf(this.clock)
      const [, ended] = await tx.query<[unknown[], number]>(
        `UPDATE link SET ended_at = $2, end_reason = 'cancelled' FROM source_file f
          WHERE link.id = $1 AND link.ended_at IS NULL AND f.id = link.file_id AND f.state <> 'done'`,
        [linkId, now],
      )
      if (ended === 0) return 'finished'
      await TrafficLedger.refund(tx, this.clock, [linkId])
      await this.abandon(tx, link.fileId)
      return 'cancelled'
    })
  }

  /**
   * Ends what removed users have: traffic comes back for files that are not whole, and a fetch ends that nobody else
   * wants. Begun by whoever removes a user, finished by sweeps.
   */
  async endRemoved(): Promise<void> {
    const links = await this.database.query<{ id: string; fileId: string }[]>(
      `SELECT l.id, l.file_id AS "fileId" FROM account a JOIN link l ON l.account_id = a.id
        WHERE a.state = 'removed' AND l.ended_at IS NULL`,
    )
    for (const { id, fileId } of links) {
      await transaction(this.database, async (tx) => {
        await lockFile(tx, fileId)
        const [[ended]] = await tx.query<[{ unfinished: boolean }[], number]>(
          `UPDATE link SET ended_at = $2, end_reason = 'removed' FROM source_file f
            WHERE link.id = $1 AND link.ended_at IS NULL AND f.id = link.file_id
            RETURNING f.state <> 'done' AS unfinished`,
          [id, dateOf(this.clock)],
        )
        if (!ended?.unfinished) return
        await TrafficLedger.refund(tx, this.clock, [id])
        await this.abandon(tx, fileId)
      })
    }
  }

  /** Files that were lost from the store the moment their last link ended: nobody waits for them. */
  async abandonUnwanted(): Promise<void> {
    const unwanted = await this.database.query<{ id: string }[]>(
      `SELECT id FROM source_file f WHERE state = 'pending'
          AND NOT EXISTS (SELECT FROM link WHERE file_id = f.id AND ended_at IS NULL)`,
    )
    for (const { id } of unwanted) {
      await transaction(this.database, async (tx) => {
        await lockFile(tx, id)
        await this.abandon(tx, id)
      })
    }
  }

  /** Nobody wants the file any more: what is stored of it goes, once its worker has noticed. */
  private async abandon(tx: EntityManager, fileId: string): Promise<void> {
    const [file] = await tx.query<
      { objectKey: string | null; uploadId: string | null; leaseUntil: Date | null }[]
    >(
      `SELECT object_key AS "objectKey", upload_id AS "uploadId", lease_until AS "leaseUntil" FROM source_file
        WHERE id = $1 AND state IN ('pending', 'downloading')
          AND NOT EXISTS (SELECT 1 FROM link WHERE file_id = $1 AND ended_at IS NULL)`,
      [fileId],
    )
    if (!file) return
    const now = this.clock.now()
    await tx.query(
      `UPDATE source_file
          SET state = 'idle', generation = generation + 1, worker = NULL, lease_until = NULL,
              slot_account_id = NULL, speed = NULL, object_key = NULL, upload_id = NULL, bytes_done = 0,
              updated_at = $2
        WHERE id = $1`,
      [fileId, new Date(now)],
    )
    const quiet = file.leaseUntil === null ? now : file.leaseUntil.getTime() + STOP_WRITING_MS
    await this.discard(tx, file, quiet)
  }

  /** Uploads of files that somebody fetches or may go on with: all others in the store are orphans. */
  async knownUploads(): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT upload_id AS id FROM source_file
        WHERE upload_id IS NOT NULL AND state IN ('pending', 'downloading')`,
    )
    return new Set(rows.map((row) => row.id))
  }

  /** Files that somebody should be fetching: wanted and due, or left behind by a worker that died. */
  async due(limit: number): Promise<(FetchJob & { claim: number })[]> {
    return this.database.query(
      `SELECT id AS "fileId", generation, claim FROM source_file f
        WHERE (state = 'pending' AND next_attempt_at <= $1 OR state = 'downloading' AND lease_until <= $1)
          AND EXISTS (SELECT FROM link WHERE file_id = f.id AND ended_at IS NULL)
        ORDER BY wanted_at LIMIT $2`,
      [dateOf(this.clock), limit],
    )
  }

  /** What may lie in the store is deleted by a sweep, whatever becomes of this process. `dueAt`: epoch ms. */
  private async discard(
    tx: EntityManager,
    { objectKey, uploadId }: { objectKey: string | null; uploadId: string | null },
    dueAt: number,
  ): Promise<void> {
    if (objectKey !== null) await Discards.add(tx, { objectKey, uploadId }, dueAt)
  }

  private async step(sql: string, claim: Claim, values: unknown[]): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(sql, [
      claim.fileId,
      claim.claim,
      ...values,
    ])
    return changed === 1
  }
}
