import { Inject, Injectable } from '@nestjs/common'
import { Files } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { HostError } from '@obb/host-adapters'
import { hostFileOf } from '../host-calls/host-file.js'
import { AccountLeases } from './account-leases.js'
import type { FetchRun } from './fetch-run.js'
import { FileDownload } from './file-download.js'
import { PoolRefusal } from './pool-refusal.js'

/**
 * One attempt to bring a claimed file into the store, with one account after the other. Raises what came in between;
 * parts that are stored by then stay.
 */
@Injectable()
export class FetchAttempt {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly files: Files,
    private readonly accounts: AccountLeases,
    private readonly download: FileDownload,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Until the file is stored or a refusal concerns more than the account. */
  async run(fetch: FetchRun): Promise<void> {
    const known = hostFileOf(this.catalog, this.files, fetch.file)
    const { policy } = known
    if (!policy.adapter.manifest.needsAccount) {
      return this.download.run(fetch, known, undefined, fetch.signal)
    }
    const { refusal } = fetch.scheduled
    if (refusal) throw new PoolRefusal(refusal.reason, refusal.retryAt)
    const { platform } = policy
    const refusedBy: string[] = []
    for (let { lease } = fetch.scheduled; ; lease = undefined) {
      lease ??= await this.accounts.acquire(fetch, policy, refusedBy)
      const { lost, release } = this.accounts.hold(lease)
      const account = lease.account.id
      try {
        return await this.download.run(fetch, known, lease, AbortSignal.any([fetch.signal, lost]))
      } catch (error) {
        if (fetch.signal.aborted) throw error
        if (lost.aborted) {
          this.log.info({ account, platform }, 'account lost, another one takes over')
          continue
        }
        if (!(error instanceof HostError) || error.scope !== 'account') throw error
        await this.accounts.setAside(platform, account, error)
        refusedBy.push(account)
      } finally {
        await release()
      }
    }
  }
}
