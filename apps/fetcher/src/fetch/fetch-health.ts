import { Inject, Injectable } from '@nestjs/common'
import { REFUSALS, type RefusalCause } from '@obb/contracts'
import type { SourceFile } from '@obb/core/files'
import { HostBreaker, HostHistory, tellingSpeed } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { faultFields } from '@obb/core/readiness'
import { HostError } from '@obb/host-adapters'
import { StoreWatch } from '../store/store-watch.js'
import type { Verdict } from './verdict.js'

/** Records what fetches tell about the health of platforms and of the store. What cannot be written is logged. */
@Injectable()
export class FetchHealth {
  constructor(
    private readonly breaker: HostBreaker,
    private readonly history: HostHistory,
    private readonly catalog: HostCatalog,
    private readonly watch: StoreWatch,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Counts a failure of the platform or the store towards its circuit; keeps what else a platform did for operators. */
  async recordError(platform: string, error: unknown): Promise<void> {
    await this.watch.blame(error).catch(this.warn('store health'))
    if (!(error instanceof HostError) || error.elsewhere) return
    if (this.catalog.get(platform).adapter.manifest.catchAll) return
    const { breaker } = this
    const kept =
      error.scope === 'host' ? breaker.recordFailure(platform, error) : breaker.recordError(platform, error)
    await kept.catch(this.warn('host health', platform))
  }

  async recordStored(): Promise<void> {
    await this.watch.recordStored().catch(this.warn('store health'))
  }

  /** Measures the platform by a fetch that took `ms`. A file that waits says nothing yet. */
  async recordOutcome(
    { platform, size, bytesDone }: SourceFile,
    verdict: Verdict,
    ms: number,
  ): Promise<void> {
    if (verdict.end !== 'done' && verdict.end !== 'fail') return
    if (verdict.end === 'fail' && !isOfThePlatform(verdict.refusal.cause)) return
    // Bytes that others had brought before are not of this time.
    const bytes = Math.max(0, (size ?? 0) - bytesDone)
    const succeeded = verdict.end === 'done'
    const outcome = verdict.end === 'done' ? 'done' : verdict.refusal.cause
    const speed = succeeded ? tellingSpeed(bytes, ms) : undefined
    await Promise.all([
      this.breaker.recordFetch(platform, { succeeded, bytes, ms }).catch(this.warn('host health', platform)),
      this.history.record(platform, outcome, speed).catch(this.warn('host history', platform)),
    ])
  }

  private warn(what: string, platform?: string): (error: unknown) => void {
    return (error) => {
      this.log.warn({ ...(platform === undefined ? {} : { platform }), ...faultFields(error) }, what)
    }
  }
}

/** A file that is gone, blocked or locked says nothing of how its platform is doing. */
function isOfThePlatform(cause: RefusalCause): boolean {
  return [105, 106].includes(REFUSALS[cause].status)
}
