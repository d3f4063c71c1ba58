import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import type { HostPolicy } from '@obb/core/hosts'
import { AccountTrials, type Candidate } from '@obb/core/pool'
import { Fetchers } from '@obb/core/queue'
import { textOf } from '../failures/to-refusal.js'
import { HostCalls } from '../inquiries/host-calls.js'

/** A fetcher gives a check 18 s. */
const CHECK_TIMEOUT_MS = 25_000
const FETCHER_RETRY_S = 15
const UNTESTED = 'Nothing was saved. With `untested` (--untested) it is saved without asking the host.'

export interface AccountProof {
  candidate: Candidate
  policy: HostPolicy
  /** Save it without asking the host. */
  untested: boolean
  /** The account whose credentials it replaces. */
  into?: string
}

export interface SavedAccount {
  id: string
  /** False where the host was not asked: it was not to be, or this platform's accounts cannot be checked. */
  tested: boolean
}

/**
 * Accounts are saved after their host took them. A fetcher asks, since hosts are talked to from there only; what it
 * needs is sealed in the row of a trial. Whatever happens on the way, no account is left half made.
 */
@Injectable()
export class AccountProofs {
  constructor(
    private readonly trials: AccountTrials,
    private readonly calls: HostCalls,
    private readonly fetchers: Fetchers,
  ) {}

  /** Raises Refusal: `conflict`, `account_refused` in the host's words, `host_unavailable`, `no_fetcher`. */
  async save({ candidate, policy, untested, into }: AccountProof): Promise<SavedAccount> {
    const { trials } = this
    const { credentials: fields } = policy.adapter.manifest
    const tested = !untested && policy.adapter.checkAccount !== undefined
    await trials.assertNew(candidate, fields, into === undefined ? {} : { except: into })
    if (tested && !(await this.fetchers.anyAlive())) {
      throw new Refusal('no_fetcher', { retryInSeconds: FETCHER_RETRY_S, details: [UNTESTED] })
    }
    const trial = await trials.begin(candidate, fields)
    try {
      if (tested) await this.test(trial, policy.platform)
      if (await trials.adopt(trial, fields, into)) return { id: into ?? trial, tested }
    } finally {
      await trials.drop(trial)
    }
    throw new Refusal('conflict', { details: ['The account was removed meanwhile.'] })
  }

  private async test(trial: string, platform: string): Promise<void> {
    const { calls, trials } = this
    const call = { call: 'check-account', hostAccountId: trial, accountId: '', platform } as const
    const isOver = async () => (await trials.outcome(trial)).state !== 'open'
    await calls.request(call, isOver, CHECK_TIMEOUT_MS).catch((error: unknown) => {
      const { refusal: cause, options } =
        error instanceof Refusal ? error : new Refusal('service_unavailable', { internal: textOf(error) })
      throw new Refusal(cause, {
        ...options,
        details: ['The host was asked, and did not answer in time.', UNTESTED],
      })
    })
    const outcome = await trials.outcome(trial)
    if (outcome.state === 'passed') return
    const reason = outcome.state === 'failed' ? outcome.reason : 'the check left no outcome'
    const isRefusal = outcome.state === 'failed' && outcome.byHost
    throw new Refusal(isRefusal ? 'account_refused' : 'host_unavailable', { details: [reason, UNTESTED] })
  }
}
