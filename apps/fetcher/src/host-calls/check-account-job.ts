import { Inject, Injectable } from '@nestjs/common'
import { HostWords } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import { AccountPool } from '@obb/core/pool'
import { HostError, type HostErrorKind, enteredBy } from '@obb/host-adapters'
import { HostAccess } from './host-access.js'
import { HostDeadline } from './host-deadline.js'

/** Said to who asks too much: of a check, it concerns the check alone, and downloads go on. */
const ASKED_TOO_MUCH: ReadonlySet<HostErrorKind> = new Set(['ACCOUNT_RATE', 'ACCOUNT_BUSY'])

/** Asks a platform how one of the operator's accounts stands. The answer is written to the account's row. */
@Injectable()
export class CheckAccountJob {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly access: HostAccess,
    private readonly words: HostWords,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Raises the reason of `stop`, with nothing written. */
  async run(hostAccountId: string, stop: AbortSignal): Promise<void> {
    const account = await this.pool.byId(hostAccountId)
    if (!account) return
    await this.catalog.reload()
    const policy = this.catalog.get(account.platform)
    if (!policy.adapter.checkAccount) return
    const deadline = new HostDeadline()
    try {
      const signal = AbortSignal.any([stop, deadline.signal])
      const context = this.access.context(policy, account, signal, {}, deadline)
      const info = await policy.adapter.checkAccount(context)
      await this.pool.recordCheck(account.id, info, account.coolUntil)
      if (!info.premium) throw new HostError('ACCOUNT_NOT_PREMIUM', 'the account is not premium')
    } catch (error) {
      stop.throwIfAborted()
      if (error instanceof HostError)
        await this.words.record(policy.adapter.manifest, error, enteredBy({ account }))
      const reason = error instanceof HostError ? `${error.kind}: ${error.message}` : 'the check failed'
      this.log.warn({ account: account.id, platform: account.platform, reason }, 'account check')
      const refused = error instanceof HostError && error.scope === 'account'
      if (refused && !ASKED_TOO_MUCH.has(error.kind)) await this.pool.setAside(account.id, error)
      else await this.pool.noteCheck(account.id, reason)
    } finally {
      deadline.end()
    }
  }
}
