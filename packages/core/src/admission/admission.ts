import { Refusal } from '@obb/contracts'
import type { DataSource, EntityManager } from 'typeorm'
import { type Caller, capOf, randomToken } from '../accounts/index.js'
import { type Clock, dateOf } from '../clock/index.js'
import type { FetchJob } from '../fetches/index.js'
import { type Files, SourceFile } from '../files/index.js'
import type { HostPolicy } from '../hosts/index.js'
import { Link } from '../links/index.js'
import { lockAccounts, lockFile, transaction } from '../locks/index.js'
import type { AccountPool } from '../pool/index.js'
import { HostUsage, TrafficLedger } from '../traffic/index.js'

/** When to ask again if all slots are taken, seconds. */
const SLOT_RETRY_S = 30
/** When to ask again if no account of the pool says when it is back, seconds. */
const POOL_RETRY_S = 120

export interface AdmissionRequest {
  caller: Caller
  fileId: string
  hostDomain: string
  policy: HostPolicy
}

export interface Admitted {
  linkId: string
  /** A live link was there already; nothing was charged. */
  reused: boolean
  /** The file has to be fetched: wake a worker after this. */
  fetch: (FetchJob & { claim: number }) | undefined
}

/** Makes a link and charges for it, in one transaction, or says why not. */
export class Admission {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly files: Files,
    private readonly pool: AccountPool,
    private readonly linkTtlMs: number,
  ) {}

  /** The one place that orders the refusals; read it from top to bottom. */
  async admit(request: AdmissionRequest): Promise<Admitted> {
    const { fileId, policy } = request
    return transaction(this.database, async (tx) => {
      await lockFile(tx, fileId)
      const file = await tx.findOneByOrFail(SourceFile, { id: fileId })
      await lockAccounts(tx, [request.caller.accountId])

      await this.assertUsable(tx, request.caller.accountId)
      const live = await this.liveLink(tx, request, file)
      if (live !== undefined) return { linkId: live, reused: true, fetch: undefined }

      const size = file.size
      if (size === null || file.name === null) {
        throw new Refusal('service_unavailable', {
          retryInSeconds: 5,
          internal: 'the file was not inspected',
        })
      }
      this.files.assertNotRefused(file)
      if (file.state !== 'done') await this.assertSlot(tx, request)
      await this.assertHostUsage(tx, request, size)
      if (file.state === 'idle' || file.state === 'error') await this.assertPool(tx, policy, size)

      const linkId = await this.insertLink(tx, request, size)
      const charge = { accountId: request.caller.accountId, linkId, platform: policy.platform, bytes: size }
      if (!(await TrafficLedger.charge(tx, this.clock, charge))) throw new Refusal('traffic_insufficient')
      return { linkId, reused: false, fetch: await this.want(tx, file) }
    })
  }

  /** 2: the account may have been suspended since its key was looked up. */
  private async assertUsable(tx: EntityManager, accountId: string): Promise<void> {
    const [account] = await tx.query<{ state: string; expiresAt: Date | null }[]>(
      'SELECT state, expires_at AS "expiresAt" FROM account WHERE id = $1',
      [accountId],
    )
    if (account?.state !== 'active') throw new Refusal('account_suspended')
    if (account.expiresAt !== null && account.expiresAt.getTime() <= this.clock.now()) {
      throw new Refusal('account_expired')
    }
  }

  /** Reuse: also what makes two requests at once one link. A link past its time makes way for a new one. */
  private async liveLink(
    tx: EntityManager,
    { caller, fileId }: AdmissionRequest,
    file: SourceFile,
  ): Promise<string | undefined> {
    const [link] = await tx.query<{ id: string; expiresAt: Date }[]>(
      'SELECT id, expires_at AS "expiresAt" FROM link WHERE account_id = $1 AND file_id = $2 AND ended_at IS NULL',
      [caller.accountId, fileId],
    )
    if (!link) return undefined
    if (link.expiresAt.getTime() > this.clock.now() || file.state !== 'done') return link.id
    await tx.query(`UPDATE link SET ended_at = $2, end_reason = 'expired' WHERE id = $1`, [
      link.id,
      dateOf(this.clock),
    ])
    return undefined
  }

  /**
   * 55, or 56 where one at a time is the rule: counted from the unfinished links themselves. Beyond those that
   * run, `maxQueued` may wait.
   */
  private async assertSlot(tx: EntityManager, { caller, policy }: AdmissionRequest): Promise<void> {
    const solo = caller.solo || policy.solo
    const [row] = await tx.query<{ unfinished: number }[]>(
      `SELECT count(*)::int AS unfinished FROM link l JOIN source_file f ON f.id = l.file_id
        WHERE l.account_id = $1 AND l.ended_at IS NULL AND f.platform = $2 AND f.state <> 'done'`,
      [caller.accountId, policy.platform],
    )
    const slots = solo ? 1 : policy.maxDownloads
    if ((row?.unfinished ?? 0) >= slots + policy.maxQueued) {
      throw new Refusal(solo ? 'solo_slot_full' : 'slots_full', { retryInSeconds: SLOT_RETRY_S })
    }
  }

  /** 54: the account's rolling 24 hours on this platform. */
  private async assertHostUsage(
    tx: EntityManager,
    { caller, policy }: AdmissionRequest,
    bytes: number,
  ): Promise<void> {
    const cap = capOf(caller, policy.platform)
    if (cap === null) return
    const use = { accountId: caller.accountId, platform: policy.platform, bytes, cap }
    const seconds = await HostUsage.secondsUntilFits(tx, this.clock, use)
    if (seconds > 0) throw new Refusal('host_usage_exceeded', { retryInSeconds: seconds })
  }

  /** 107: no account could fetch this file now. */
  private async assertPool(tx: EntityManager, policy: HostPolicy, size: number): Promise<void> {
    if (!policy.adapter.manifest.needsAccount) return
    const { usable, retryAt } = await this.pool.capacity(policy.platform, size, tx)
    if (usable) return
    const seconds = retryAt === undefined ? POOL_RETRY_S : Math.ceil((retryAt - this.clock.now()) / 1000)
    throw new Refusal('pool_exhausted', { retryInSeconds: Math.max(1, seconds) })
  }

  private async insertLink(tx: EntityManager, request: AdmissionRequest, charged: number): Promise<string> {
    const now = this.clock.now()
    const link = {
      id: randomToken(24),
      accountId: request.caller.accountId,
      fileId: request.fileId,
      hostDomain: request.hostDomain,
      charged,
      createdAt: new Date(now),
      expiresAt: new Date(now + this.linkTtlMs),
    }
    await tx.insert(Link, link)
    return link.id
  }

  /** A file that nobody is fetching becomes pending; after an error as a new generation. */
  private async want(tx: EntityManager, file: SourceFile): Promise<Admitted['fetch']> {
    const { id: fileId, generation, claim } = file
    if (file.state === 'done' || file.state === 'downloading') return undefined
    if (file.state === 'pending') return { fileId, generation, claim }
    const next = file.state === 'error' ? generation + 1 : generation
    await tx.query(
      `UPDATE source_file
          SET state = 'pending', generation = $2, wanted_at = $3, next_attempt_at = $3, attempts = 0, bytes_done = 0,
              upload_id = NULL, refusal = NULL, refused_until = NULL, updated_at = $3
        WHERE id = $1`,
      [fileId, next, dateOf(this.clock)],
    )
    return { fileId, generation: next, claim }
  }
}
