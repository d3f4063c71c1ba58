import { Inject, Injectable } from '@nestjs/common'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog, type HostPolicy } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { faultFields } from '@obb/core/readiness'
import { HostError, checksWithAccount } from '@obb/host-adapters'
import { checkFile } from '../host-calls/inspect-file-job.js'
import { hostFileAt } from '../host-calls/host-file.js'
import { HostClient } from '../host-calls/host-client.js'

/** How often a canary is asked for, ms. */
const INTERVAL_MS = 15 * 60_000

/**
 * A link per platform, named by the operator, whose file is known to be there: it is asked for on a schedule, so that
 * a platform that is down, or has changed, is noticed before a user does. It is only checked, never fetched.
 */
@Injectable()
export class Canaries {
  private readonly abort = new AbortController()
  private readonly running = new Set<Promise<void>>()

  constructor(
    private readonly catalog: HostCatalog,
    private readonly breaker: HostBreaker,
    private readonly hostClient: HostClient,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Begins those that are due, each at one worker, and does not wait for them. */
  async begin(): Promise<void> {
    await this.catalog.refresh()
    for (const policy of this.catalog.all()) {
      if (this.abort.signal.aborted) return
      const { canaryUrl, enabled, platform } = policy
      if (canaryUrl === null || !enabled) continue
      if (await this.breaker.claimCanary(platform, INTERVAL_MS)) this.start(policy)
    }
  }

  /** Resolves when none runs any more. */
  async stop(): Promise<void> {
    this.abort.abort(new Error('the worker stops'))
    await Promise.allSettled(this.running)
  }

  private start(policy: HostPolicy): void {
    const check = this.check(policy)
      .catch((error: unknown) => {
        if (this.abort.signal.aborted) return
        this.log.warn({ platform: policy.platform, ...faultFields(error) }, 'canary')
      })
      .finally(() => this.running.delete(check))
    this.running.add(check)
  }

  private async check(policy: HostPolicy): Promise<void> {
    const { platform, adapter } = policy
    const canary = this.catalog.canaryOf(policy)
    if (canary === undefined) return
    const { canonicalUrl, ...secrets } = canary
    try {
      const known = hostFileAt(this.catalog, { platform, canonicalUrl }, secrets)
      const withAccount = checksWithAccount(adapter.manifest)
      await this.hostClient.withAccount(known, withAccount, this.abort.signal, (context) =>
        checkFile(known, context),
      )
      await this.breaker.recordCanary(platform, null)
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      this.log.warn({ platform, kind: error.kind, reason: error.message }, 'canary')
      await this.breaker.recordCanary(platform, error.kind)
    }
  }
}
