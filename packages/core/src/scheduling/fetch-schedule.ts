import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Fetches } from '../fetches/index.js'
import { type SourceFile, isLeasedSql } from '../files/index.js'
import { HostBreaker } from '../health/index.js'
import { lockPlatform, transaction } from '../locks/index.js'
import { AccountPool, type Lease, type LeaseRefusal } from '../pool/index.js'
import { Statement } from '../statements/index.js'
import { type Slots, firstOfLine, joinLine, leaveLine, platformsInTurn, rest, serve } from './fetch-line.js'

/*
 * Which file of a platform is fetched next.
 *
 * A job of the queue names no file: the worker that it wakes takes the one whose turn it is.
 * Turns follow start-time fair queueing (Goyal, Vin, Cheng 1996) between accounts: each account has a finish tag,
 * the virtual time up to which it has been served; the platform's virtual time is the start tag of the last
 * fetch that began. The next fetch goes to the account with the smallest start tag max(finish tag, virtual
 * time), and costs it 1 / weight. So an account with a hundred waiting links does not hold up another one's first
 * link, however few fetches run at once, and an account that was away has saved nothing up.
 *
 * A file belongs to the queue of every account that has a live link to it, and is fetched on the slot of the one
 * whose turn it was. An account has `maxDownloads` slots per platform, one if it or the platform is solo. They are
 * counted from the running files, so there is nothing to leak. Choosing, claiming and leasing an operator account
 * are one transaction under a lock per platform.
 */

export interface Turn {
  platform: string
  worker: string
  leaseMs: number
  /** Fetches of one account at once. */
  maxDownloads: number
  solo: boolean
  /** Terms of a lease of an operator account; undefined where no account is needed. */
  account: { maxPerAccount: number; maxConnections: number; leaseMs: number } | undefined
  /** Bytes that the store has room for, what is being fetched included; undefined where it does not tell. */
  room?: number | undefined
  /** False where "platform" is not one place and has no circuit to break. */
  guarded: boolean
  /** Those of all workers; undefined is as many as are wanted. */
  slots?: Slots | undefined
}

export interface ScheduledFetch {
  file: SourceFile
  lease?: Lease
  /** Why no operator account can take this file now, where one is needed. */
  refusal?: LeaseRefusal
}

/** Files looked at in one turn: one that no free account is good for does not hold up a smaller one. */
const LOOKS = 20
/** So often is a platform tried whose operator accounts all rest, ms: one may be added, or be back sooner. */
const REST_MS = 10_000

const SLOWEST = new Statement<{ id: string }>(
  `SELECT id FROM source_file f WHERE ${isLeasedSql('f', '$1')} AND crawls ORDER BY speed NULLS FIRST, id LIMIT 1`,
)

@Injectable()
export class FetchSchedule {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly fetches: Fetches,
    private readonly pool: AccountPool,
    private readonly breaker: HostBreaker,
  ) {}

  /** Claims the file whose turn it is; undefined if nothing waits or nothing may run now. */
  async next(turn: Turn): Promise<ScheduledFetch | undefined> {
    await joinLine(this.database, turn.platform, dateOf(this.clock))
    return transaction(this.database, (tx) => this.nextIn(tx, turn))
  }

  /** Whether `next` would have a file fetched. Nothing is changed. */
  async wouldStart(turn: Turn): Promise<boolean> {
    await joinLine(this.database, turn.platform, dateOf(this.clock))
    const runner = this.database.createQueryRunner()
    try {
      await runner.startTransaction()
      const scheduled = await this.nextIn(runner.manager, turn)
      return scheduled !== undefined && scheduled.refusal === undefined
    } finally {
      await runner.rollbackTransaction().finally(() => runner.release())
    }
  }

  /**
   * Those of the platforms where something may be fetched, in their turns. `slots`: of all workers, of which each
   * platform has its share before others have more.
   */
  platforms(platforms: readonly string[], slots: number): Promise<string[]> {
    return platformsInTurn(this.database, platforms, dateOf(this.clock), slots)
  }

  /** The file that is fetched more slowly than all others, of those that crawl. */
  async slowestCrawling(): Promise<string | undefined> {
    const [file] = await SLOWEST.run(this.database, [dateOf(this.clock)])
    return file?.id
  }

  private async nextIn(tx: EntityManager, turn: Turn): Promise<ScheduledFetch | undefined> {
    await lockPlatform(tx, turn.platform)
    const passage = turn.guarded ? await this.breaker.enter(turn.platform, tx) : undefined
    if (passage?.pass === false) return undefined
    const scheduled = await this.take(tx, turn)
    const calls = scheduled !== undefined && scheduled.refusal === undefined
    // A probe that nobody goes on is for the next one who asks.
    if (passage?.probe && !calls) await this.breaker.leave(turn.platform, tx)
    return scheduled
  }

  private async take(tx: EntityManager, turn: Turn): Promise<ScheduledFetch | undefined> {
    const { maxDownloads, platform, room = null, slots = null, solo } = turn
    let fits: number | null = null
    for (let look = 0; look < LOOKS; look++) {
      const choice = { platform, now: dateOf(this.clock), maxDownloads, solo, fits, room, slots }
      const candidate = await firstOfLine(tx, choice)
      if (!candidate) return undefined
      const { accountId, size, ...job } = candidate
      const answer = await this.lease(tx, turn, job.fileId, size)
      if (answer.busy) {
        if (answer.fits === undefined) return undefined
        fits = answer.fits
        continue
      }
      const slot = { tx, slotAccountId: accountId }
      const file = await this.fetches.claim(job, turn.worker, turn.leaseMs, slot)
      if (!file) {
        // It was cancelled this very moment.
        await tx.query('DELETE FROM pool_lease WHERE file_id = $1', [job.fileId])
        await leaveLine(tx, job.fileId)
        continue
      }
      await serve(tx, platform, accountId, dateOf(this.clock))
      const { fits: fitting, retryAt } = answer.refusal ?? {}
      if (retryAt !== undefined && fitting === undefined) {
        await rest(tx, platform, new Date(Math.min(retryAt, this.clock.now() + REST_MS)))
      }
      return { file, ...answer }
    }
    return undefined
  }

  private async lease(
    tx: EntityManager,
    turn: Turn,
    fileId: string,
    size: number,
  ): Promise<{ busy: true; fits?: number } | { busy?: undefined; lease?: Lease; refusal?: LeaseRefusal }> {
    if (!turn.account) return {}
    const { platform, worker, account } = turn
    // Nobody has this file now: what a killed worker still held for it is free.
    await tx.query('DELETE FROM pool_lease WHERE file_id = $1', [fileId])
    const answer = await this.pool.acquireIn(tx, { ...account, platform, worker, fileId, size, exclude: [] })
    if (answer.lease) return { lease: answer.lease }
    if (answer.reason !== 'busy') return { refusal: answer }
    return { busy: true, ...(answer.fits === undefined ? {} : { fits: answer.fits }) }
  }
}
