import { Inject, Injectable } from '@nestjs/common'
import { HostBreaker } from '@obb/core/health'
import type { HostPolicy } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { AccountPool, type Lease } from '@obb/core/pool'
import { faultFields } from '@obb/core/readiness'
import type { HostError } from '@obb/host-adapters'
import type { FetchRun } from './fetch-run.js'
import { PoolRefusal } from './pool-refusal.js'

/** A lease of an account outlives the silence after which its worker counts as gone, ms. */
export const ACCOUNT_LEASE_MS = 30_000
/** Times that a lease is renewed before it would run out: so late is it noticed that its account was removed. */
const RENEWALS = 10

/** A lease that is renewed until it is released. */
export interface HeldLease {
  /** Its account was removed, or it ran out. */
  lost: AbortSignal
  release(): Promise<void>
}

/** The operator's accounts, as fetches use them: leased, kept, and set aside when their platform refuses them. */
@Injectable()
export class AccountLeases {
  constructor(
    private readonly pool: AccountPool,
    private readonly breaker: HostBreaker,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** One of an account that is not in `exclude`. Raises PoolRefusal. */
  async acquire({ claim, file }: FetchRun, policy: HostPolicy, exclude: readonly string[]): Promise<Lease> {
    const { limits } = policy.adapter.manifest
    const answer = await this.pool.acquire({
      platform: policy.platform,
      fileId: file.id,
      worker: claim.worker,
      size: file.size ?? 0,
      maxPerAccount: limits.maxDownloads,
      maxConnections: limits.maxChunks,
      leaseMs: ACCOUNT_LEASE_MS,
      exclude,
    })
    if (!answer.lease) throw new PoolRefusal(answer.reason, answer.retryAt)
    return answer.lease
  }

  hold(lease: Lease): HeldLease {
    const { log, pool } = this
    const warn = (error: unknown) => log.warn({ lease: lease.id, ...faultFields(error) }, 'pool lease')
    const lost = new AbortController()
    const renew = async () => {
      if (!(await pool.renew(lease.id, ACCOUNT_LEASE_MS))) lost.abort()
    }
    const timer = setInterval(() => void renew().catch(warn), ACCOUNT_LEASE_MS / RENEWALS)
    const release = async () => {
      clearInterval(timer)
      await pool.release(lease.id).catch(warn)
    }
    return { lost: lost.signal, release }
  }

  async setAside(platform: string, account: string, error: HostError): Promise<void> {
    const { kind, message: reason } = error
    this.log.warn({ account, platform, kind, reason }, 'account set aside')
    await this.pool.setAside(account, error)
    await this.breaker.recordError(platform, error)
  }
}
