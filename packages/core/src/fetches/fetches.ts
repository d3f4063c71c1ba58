import { Injectable } from '@nestjs/common'
import { type ByteRange, HostError, isPastMending } from '@obb/host-adapters'
import { DataSource, type EntityManager } from 'typeorm'
import { BlockList, type Revoked, revokeFile } from '../blocks/index.js'
import { Clock, dateOf } from '../clock/index.js'
import {
  type Claim,
  FETCHING,
  type FetchJob,
  type FetchProgress,
  type FetchResult,
  HashStates,
  type HostRefusal,
  SourceFile,
  type Waiting,
  isInSql,
  keepPieces,
  transitions,
} from '../files/index.js'
import { cancelLink, endLinkOfRemoved, failLinks, isUnendedSql, isWantedSql } from '../links/index.js'
import { lockFile, readLockBlocks, transaction } from '../locks/index.js'
import type { RequestContext } from '../tracing/index.js'
import { HostUsage } from '../traffic/index.js'
import { NIL_ID, type TimeKey, type Walk, walkByTime } from '../walk/index.js'
import { settleLinks } from './settlement.js'

/** Links of removed users that are ended in one go. */
const REMOVED_AT_ONCE = 100
/** Waiting files that are looked at in one go. */
const UNWANTED_AT_ONCE = 500

/** A walk through what `abandonUnwanted` looks at. */
export const waitingWalk = (): Walk<TimeKey> => walkByTime(NIL_ID)

/**
 * The life of a fetch: pending → downloading → done, error, or pending again. All steps are compare-and-set
 * on the file's row; the queue's jobs only say that it may be worth trying.
 */
@Injectable()
export class Fetches {
  private readonly blocks: BlockList
  private readonly usage: HostUsage

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {
    this.blocks = new BlockList(database, clock)
    this.usage = new HostUsage(database, clock)
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
    const leaseUntil = new Date(this.clock.now() + leaseMs)
    const by = { worker, leaseUntil, slotAccountId }
    if (!(await transitions.claim(tx, job, by, dateOf(this.clock)))) return undefined
    return tx.findOneByOrFail(SourceFile, { id: job.fileId })
  }

  /** Links that wait for the file or have it, and what made them, the oldest first; at most `limit`. */
  async linksOf(fileId: string, limit: number): Promise<(RequestContext & { id: string })[]> {
    const rows = await this.database.query<
      { id: string; request: string | null; traceparent: string | null }[]
    >(
      `SELECT id, request_id AS request, traceparent
         FROM link WHERE file_id = $1 AND ${isUnendedSql('link')} ORDER BY created_at LIMIT $2`,
      [fileId, limit],
    )
    return rows.map(({ id, request, traceparent }) => ({
      ...{ id, request: request ?? undefined, traceparent: traceparent ?? undefined },
    }))
  }

  /**
   * Heartbeat with progress. False: the lease is lost, stop at once. One that ran out is lost too, though nobody
   * took over yet: its slot may have been given to another file.
   */
  renew(claim: Claim, leaseMs: number, progress: FetchProgress): Promise<boolean> {
    const leaseUntil = new Date(this.clock.now() + leaseMs)
    return transitions.renew(this.database, claim, leaseUntil, progress, dateOf(this.clock))
  }

  /** Workers died over the file, but got on: `stored` bytes of it are in the store by now. */
  clear(claim: Claim, stored: number): Promise<boolean> {
    return transitions.clear(this.database, claim, stored, dateOf(this.clock))
  }

  /** Workers died over the file, and it is tried alone from now on: see Quarantine. */
  isolate(claim: Claim): Promise<boolean> {
    return transitions.isolate(this.database, claim, dateOf(this.clock))
  }

  /** setUpload notes where the file's parts go, before the first is written, so that whoever continues finds them. */
  setUpload(
    claim: Claim,
    upload: { objectKey: string; uploadId: string; partSize: number },
  ): Promise<boolean> {
    return transitions.setUpload(this.database, claim, upload, dateOf(this.clock))
  }

  /**
   * Bytes that the host has lost are about to be stored as zeros, or whatever it has in their place. False: the claim is
   * lost. Raises HostError `FILE_GONE` where so much of the file's `size` is lost that nothing mends it.
   */
  async recordGap(claim: Claim, gap: ByteRange, size: number): Promise<boolean> {
    const gaps = await transitions.recordGap(this.database, claim, gap, dateOf(this.clock))
    if (gaps && isPastMending(gaps, size)) {
      throw new HostError('FILE_GONE', `${gaps.missing} of ${size} bytes are lost, in ${gaps.count} places`)
    }
    return gaps !== undefined
  }

  /** Where bytes stored of the file are none of it, in order. */
  async gaps(fileId: string): Promise<ByteRange[]> {
    return this.database.query(
      `SELECT lower(gap)::float8 AS start, upper(gap)::float8 AS "end"
         FROM source_file f, unnest(f.gaps) AS gap WHERE f.id = $1 ORDER BY gap`,
      [fileId],
    )
  }

  /**
   * The host has another number of bytes than it told: everything starts over. Links are settled to it before any of
   * them is stored. `unwanted`: no account may have so many, so nobody fetches the file any more.
   */
  resize(claim: Claim, size: number): Promise<'resized' | 'unwanted' | 'lost'> {
    return this.settleTo(claim, size, transitions.resize)
  }

  /**
   * So many bytes have come of a file whose host does not tell how many it has: its links are settled to them, as by
   * `resize`, and what came stays.
   */
  grow(claim: Claim, size: number): Promise<'resized' | 'unwanted' | 'lost'> {
    return this.settleTo(claim, size, transitions.grow)
  }

  private settleTo(
    claim: Claim,
    size: number,
    change: typeof transitions.resize,
  ): Promise<'resized' | 'unwanted' | 'lost'> {
    const now = dateOf(this.clock)
    return transaction(this.database, async (tx) => {
      await lockFile(tx, claim.fileId)
      if (!(await change(tx, claim, size, now))) return 'lost'
      await settleLinks(tx, { clock: this.clock, usage: this.usage }, claim.fileId, size)
      return (await transitions.abandon(tx, claim.fileId, now)) ? 'unwanted' : 'resized'
    })
  }

  /**
   * What the file is called, told with its bytes. Raises HostError `FILE_BLOCKED` for a name that the operator does
   * not serve, which stays with the file.
   */
  async rename(claim: Claim, name: string): Promise<boolean> {
    const end = await transaction(this.database, async (tx) => {
      await lockFile(tx, claim.fileId)
      await readLockBlocks(tx)
      const named = await transitions.rename(tx, claim, name, dateOf(this.clock))
      if (!named) return 'lost'
      return (await this.blocks.find(named, tx)) ? 'blocked' : 'named'
    })
    if (end === 'blocked') throw new HostError('FILE_BLOCKED', 'its name is on the block list')
    return end === 'named'
  }

  /**
   * Whole and verified. Links that were charged for another size are settled to the real one. Raises HostError
   * `FILE_BLOCKED` for what the operator does not serve, by its bytes or by what was blocked while it was fetched; the
   * digest stays with the file.
   */
  async finish(claim: Claim, result: FetchResult): Promise<boolean> {
    const end = await transaction(this.database, (tx) => this.finishIn(tx, claim, result))
    if (end === 'blocked') throw new HostError('FILE_BLOCKED', 'it is on the block list')
    return end === 'done'
  }

  private async finishIn(
    tx: EntityManager,
    claim: Claim,
    result: FetchResult,
  ): Promise<'done' | 'lost' | 'blocked'> {
    await lockFile(tx, claim.fileId)
    await readLockBlocks(tx)
    const file = await tx.findOneBy(SourceFile, { id: claim.fileId })
    if (!file) return 'lost'
    if (await this.blocks.find({ ...file, sha256: result.sha256 }, tx)) {
      const isHeld = await transitions.recordDigest(tx, claim, result.sha256, dateOf(this.clock))
      return isHeld ? 'blocked' : 'lost'
    }
    if (!(await transitions.finish(tx, claim, result, dateOf(this.clock)))) return 'lost'
    await HashStates.forget(tx, claim.fileId)
    if (result.pieces) await keepPieces(tx, { fileId: claim.fileId, sha256: result.sha256 }, result.pieces)
    await settleLinks(tx, { clock: this.clock, usage: this.usage }, claim.fileId, result.size)
    return 'done'
  }

  /** Back to pending until `until` (epoch ms). A host that says "wait", or a worker that stops, is no failed attempt. */
  wait(claim: Claim, until: number, how: Waiting): Promise<boolean> {
    return transitions.wait(this.database, claim, until, how, dateOf(this.clock))
  }

  /** The end for good: the refusal is remembered, all links of the file end, their traffic is given back. */
  async fail(claim: Claim, refusal: HostRefusal): Promise<boolean> {
    return transaction(this.database, async (tx) => {
      await lockFile(tx, claim.fileId)
      if (!(await transitions.fail(tx, claim, refusal, dateOf(this.clock)))) return false
      await failLinks(tx, this.clock, claim.fileId, refusal)
      return true
    })
  }

  /**
   * Ends an account's link. `cancelled`: its file is not whole, so its traffic comes back, and the fetch ends if nobody
   * else wants the file. `ended`: its file is whole, nothing comes back, and the file's host is asked for whoever wants it
   * next, where it may have another one by then. `finished`: it had ended before. `unknown`: no such link of this account.
   */
  async cancel(accountId: string, linkId: string): Promise<'cancelled' | 'ended' | 'finished' | 'unknown'> {
    const [link] = await this.database.query<{ fileId: string }[]>(
      'SELECT file_id AS "fileId" FROM link WHERE id = $1 AND account_id = $2',
      [linkId, accountId],
    )
    if (!link) return 'unknown'
    return transaction(this.database, async (tx) => {
      await lockFile(tx, link.fileId)
      const file = await cancelLink(tx, this.clock, linkId)
      if (file === undefined) return 'finished'
      if (file === 'unfinished') await transitions.abandon(tx, link.fileId, dateOf(this.clock))
      else await transitions.doubt(tx, link.fileId)
      return file === 'unfinished' ? 'cancelled' : 'ended'
    })
  }

  /** Ends what a removed user has, as `endLinksOf`, if there is one. True: there may be more. */
  async endRemoved(): Promise<boolean> {
    const [leaving] = await this.database.query<{ id: string }[]>(
      `SELECT id FROM account WHERE state = 'removed' AND unlinked_at IS NULL ORDER BY id LIMIT 1`,
    )
    if (leaving) await this.endLinksOf(leaving.id)
    return leaving !== undefined
  }

  /**
   * Ends the links of a user who is removed, at most `limit`: traffic comes back for files that are not whole, and a
   * fetch ends that nobody else wants. Begun by whoever removes the user, finished by sweeps.
   */
  async endLinksOf(accountId: string, limit = REMOVED_AT_ONCE): Promise<void> {
    const links = await this.database.query<{ id: string; fileId: string }[]>(
      `SELECT id, file_id AS "fileId" FROM link WHERE account_id = $1 AND ${isUnendedSql('link')} LIMIT $2`,
      [accountId, limit],
    )
    for (const { id, fileId } of links) {
      await transaction(this.database, async (tx) => {
        await lockFile(tx, fileId)
        const file = await endLinkOfRemoved(tx, this.clock, id)
        if (file === 'unfinished') await transitions.abandon(tx, fileId, dateOf(this.clock))
      })
    }
    if (links.length < limit) {
      await this.database.query('UPDATE account SET unlinked_at = $2 WHERE id = $1', [
        accountId,
        dateOf(this.clock),
      ])
    }
  }

  /**
   * Files that were lost from the store the moment their last link ended: nobody waits for them. At most `limit` of those
   * that wait are looked at; `walk` tells whether there are more.
   */
  async abandonUnwanted(limit = UNWANTED_AT_ONCE, walk = waitingWalk()): Promise<void> {
    const page = await this.database.query<{ at: string; id: string; wanted: boolean }[]>(
      `SELECT next_attempt_at::text AS at, id, ${isWantedSql('f.id')} AS wanted FROM source_file f
        WHERE ${isInSql(['pending'], 'f')} AND next_attempt_at IS NOT NULL AND (next_attempt_at, id) > ($1::timestamptz, $2::uuid)
        ORDER BY next_attempt_at, id LIMIT $3`,
      [...walk.after, limit],
    )
    walk.advance(
      page.map(({ at, id }) => [at, id]),
      limit,
    )
    for (const { id, wanted } of page) {
      if (wanted) continue
      await transaction(this.database, async (tx) => {
        await lockFile(tx, id)
        await transitions.abandon(tx, id, dateOf(this.clock))
      })
    }
  }

  /**
   * Takes a file out as if nobody had asked for it: a fetch of it ends, its object goes, pinned or not, and its links
   * end. Whoever asks for it again has it fetched anew.
   */
  remove(fileId: string): Promise<Revoked> {
    return transaction(this.database, (tx) => revokeFile(tx, this.clock, fileId, 'removed'))
  }

  /** Uploads of files that somebody fetches or may go on with: all others in the store are orphans. */
  async knownUploads(): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT upload_id AS id FROM source_file f WHERE upload_id IS NOT NULL AND ${isInSql(FETCHING, 'f')}`,
    )
    return new Set(rows.map((row) => row.id))
  }
}
