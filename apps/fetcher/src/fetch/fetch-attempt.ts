import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { Files } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { traced } from '@obb/core/tracing'
import { HostError } from '@obb/host-adapters'
import { hostFileOf } from '../host-calls/host-file.js'
import { AccountLeases } from './account-leases.js'
import type { FetchRun } from './fetch-run.js'
import { FileDownload } from './file-download.js'
import { PoolRefusal } from './pool-refusal.js'

/** How long a file rests whose direct links are no good for two accounts, ms. */
const UNSERVED_MS = 5 * 60_000

/** An account whose direct links were no good, one after the other: whether it is the account, another one tells. */
interface Suspect {
  account: string
  error: HostError
}

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
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Until the file is stored or a refusal concerns more than the account. */
  async run(fetch: FetchRun): Promise<void> {
    const known = hostFileOf(this.catalog, this.files, fetch.file)
    const { policy } = known
    if (!policy.adapter.manifest.needsAccount) {
      return traced('fetch attempt', {}, () => this.download.run(fetch, known, undefined, fetch.signal))
    }
    const { refusal } = fetch.scheduled
    if (refusal) throw new PoolRefusal(refusal.reason, refusal.retryAt)
    const { platform } = policy
    const refusedBy: string[] = []
    let suspect: Suspect | undefined
    for (let { lease } = fetch.scheduled; ; lease = undefined) {
      lease ??= await this.accounts.acquire(fetch, policy, refusedBy).catch((error: unknown) => {
        throw suspect !== undefined && error instanceof PoolRefusal ? suspect.error : error
      })
      const { lost, release } = this.accounts.hold(lease)
      const account = lease.account.id
      fetch.account = account
      try {
        const by = lease
        await traced('fetch attempt', { attributes: { 'obb.host_account': account } }, () =>
          this.download.run(fetch, known, by, AbortSignal.any([fetch.signal, lost])),
        )
        if (suspect !== undefined) await this.accounts.setAside(platform, suspect.account, restOf(suspect))
        return
      } catch (error) {
        if (fetch.signal.aborted) throw error
        if (lost.aborted) {
          this.log.info({ account, platform }, 'account lost, another one takes over')
          continue
        }
        if (isNoLink(error) && !fetch.gained) {
          if (suspect !== undefined) throw servesNobody(error, this.clock.now())
          suspect = { account, error }
          refusedBy.push(account)
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

function isNoLink(error: unknown): error is HostError {
  return error instanceof HostError && error.kind === 'LINK_EXPIRED'
}

/** Another account was given the file: what the first one got instead was meant for it, most often a quota. */
function restOf({ error }: Suspect): HostError {
  return new HostError('ACCOUNT_QUOTA', `${error.message}, and another account gets the file`, {
    cause: error,
  })
}

/** It is the host, or its server of this file: nothing that other files should wait for. */
function servesNobody(error: HostError, now: number): HostError {
  const options = { retryAt: now + UNSERVED_MS, elsewhere: true, cause: error }
  return new HostError('HOST_TEMP', `${error.message}, for two accounts`, options)
}
