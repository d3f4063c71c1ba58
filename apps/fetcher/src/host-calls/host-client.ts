import { Inject, Injectable } from '@nestjs/common'
import { HostBreaker, HostWords } from '@obb/core/health'
import { LOG, type Log } from '@obb/core/log'
import { hostCalls } from '@obb/core/metrics'
import { AccountPool } from '@obb/core/pool'
import { type HostContext, HostError, enteredBy } from '@obb/host-adapters'
import { HostAccess } from './host-access.js'
import { HostDeadline } from './host-deadline.js'
import type { HostFile } from './host-file.js'
import { provenRefusal } from './proven-refusal.js'

/** The host was not asked: it says nothing about how that is doing. */
class NoAccount extends HostError {
  constructor() {
    super('ACCOUNT_BUSY', 'no usable account')
  }
}

/** Where a question goes, and the secrets of the file or folder that it is about. */
export type Question = Pick<HostFile, 'policy' | 'secrets'>

/** Short questions to hosts about a file or folder: with one account after the other, and never while a host is down. */
@Injectable()
export class HostClient {
  constructor(
    private readonly pool: AccountPool,
    private readonly access: HostAccess,
    private readonly breaker: HostBreaker,
    private readonly words: HostWords,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * The answer to `question`, or the HostError that it ended in; what the host answers, or that it does not, counts
   * for its circuit. Raises the reason of `stop`.
   */
  async withAccount<T>(
    known: Question,
    withAccount: boolean,
    stop: AbortSignal,
    question: (context: HostContext) => Promise<T>,
  ): Promise<T> {
    const { adapter, platform } = known.policy
    if (adapter.manifest.catchAll) return this.tryAccounts(known, withAccount, stop, question)
    const passage = await this.breaker.enter(platform)
    if (!passage.pass) throw new HostError('HOST_DOWN', 'the circuit is open', { retryAt: passage.retryAt })
    try {
      const answer = await this.tryAccounts(known, withAccount, stop, question)
      await this.breaker.recordSuccess(platform)
      hostCalls.inc({ platform, outcome: 'ok' })
      return answer
    } catch (error) {
      if (error instanceof HostError) hostCalls.inc({ platform, outcome: error.kind })
      if (error instanceof NoAccount) await this.breaker.leave(platform)
      else if (error instanceof HostError) await this.breaker.recordRefusal(platform, error)
      throw error
    }
  }

  private async tryAccounts<T>(
    { policy, secrets }: Question,
    withAccount: boolean,
    stop: AbortSignal,
    question: (context: HostContext) => Promise<T>,
  ): Promise<T> {
    const deadline = new HostDeadline()
    const signal = AbortSignal.any([stop, deadline.signal])
    const tried: string[] = []
    let refusal: HostError | undefined
    try {
      for (;;) {
        const account = withAccount ? await this.pool.pick(policy.platform, tried) : undefined
        if (withAccount && !account) throw refusal ?? new NoAccount()
        const context = this.access.context(policy, account, signal, secrets, deadline)
        try {
          return await question(context)
        } catch (error) {
          signal.throwIfAborted()
          if (error instanceof HostError)
            await this.words.record(policy.adapter.manifest, error, enteredBy(context))
          if (!account || !(error instanceof HostError) || error.scope !== 'account') throw error
          refusal = await provenRefusal(policy.adapter, context, error)
          const { kind, message: reason } = refusal
          this.log.warn({ account: account.id, kind, reason }, 'account set aside')
          await this.pool.setAside(account.id, refusal)
          tried.push(account.id)
        }
      }
    } finally {
      deadline.end()
    }
  }
}
