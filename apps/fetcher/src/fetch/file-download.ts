import { Inject, Injectable } from '@nestjs/common'
import { HostBreaker, HostWords } from '@obb/core/health'
import type { HostPolicy } from '@obb/core/hosts'
import { LOG, type Log } from '@obb/core/log'
import type { Lease } from '@obb/core/pool'
import { type FileRef, type HostContext, HostError, type Source, enteredBy } from '@obb/host-adapters'
import type { Limiter } from '../bandwidth/bandwidth.js'
import { BandwidthLimits } from '../bandwidth/bandwidth-limits.js'
import type { HostFile } from '../host-calls/host-file.js'
import { provenRefusal } from '../host-calls/proven-refusal.js'
import { HostAccess } from '../host-calls/host-access.js'
import { type HostConnectionLimit, HostConnectionLimits } from '../transfer/host-connection-limit.js'
import { SizeDiffers } from '../transfer/download-answer.js'
import type { FetchRun } from './fetch-run.js'
import { StoredTransfer } from './stored-transfer.js'
import { ForgettableSession } from './forgettable-session.js'

/** Direct links that may be no good one after the other without a single part gained. */
const MAX_LINKS = 2
/** Sizes that a file may be served with one after the other. */
const MAX_SIZES = 3

/** By which account and session the bytes come. */
interface Way {
  context: HostContext
  session: ForgettableSession
  ref: FileRef
  /** undefined: by no account. */
  accountId: string | undefined
  connections: number
  signal: AbortSignal
}

/** Has the adapter open a file and brings what is missing of it into the store, by one account or by none. */
@Injectable()
export class FileDownload {
  private readonly connectionLimits = new HostConnectionLimits()

  constructor(
    private readonly access: HostAccess,
    private readonly breaker: HostBreaker,
    private readonly words: HostWords,
    private readonly limits: BandwidthLimits,
    private readonly transfer: StoredTransfer,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Resolves when the file is stored and verified; a direct link that is no good any more is resolved anew. */
  async run(fetch: FetchRun, known: HostFile, lease: Lease | undefined, signal: AbortSignal): Promise<void> {
    const names = [known.policy.platform, ...(lease ? [lease.account.id] : [])]
    const { leave, limiter } = await this.limits.join(names)
    try {
      await this.runWithin(limiter, fetch, known, lease, signal)
    } finally {
      leave()
    }
  }

  private async runWithin(
    bandwidth: Limiter,
    fetch: FetchRun,
    { policy, ref, secrets }: HostFile,
    lease: Lease | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const given = this.access.context(policy, lease?.account, signal, secrets)
    const session = new ForgettableSession(given.session)
    const context = { ...given, session }
    const { adapter } = policy
    const connections = lease?.connections ?? adapter.manifest.limits.maxChunks
    try {
      await this.bring(bandwidth, fetch, policy, {
        ...{ context, session, ref, accountId: lease?.account.id, connections, signal },
      })
    } catch (error) {
      const refused = lease !== undefined && error instanceof HostError && !signal.aborted
      throw refused ? await provenRefusal(adapter, context, error) : error
    }
  }

  private async bring(
    bandwidth: Limiter,
    fetch: FetchRun,
    policy: HostPolicy,
    { accountId, connections, context, ref, session, signal }: Way,
  ): Promise<void> {
    const { adapter } = policy
    let fruitless = 0
    let renewed = false
    for (;;) {
      const source = await this.resolve(policy, context, ref)
      await fetch.naming.useLinkName(source.name)
      const size = await this.sizeOf(fetch, source)
      const before = fetch.gained
      fetch.gained = false
      try {
        const { http } = context
        const limit = this.limitOf(policy, accountId, source)
        const opened = { adapter, http, source, size, connections, limit, bandwidth, signal }
        await this.transfer.run(fetch, opened)
        return
      } catch (error) {
        fruitless = fetch.gained ? 0 : fruitless + 1
        if (error instanceof SizeDiffers && !signal.aborted && fruitless < MAX_SIZES) {
          await this.resize(fetch, error.size)
          continue
        }
        if (signal.aborted || !(error instanceof HostError)) throw error
        await this.words.record(adapter.manifest, error, enteredBy(context))
        if (error.kind === 'SESSION_EXPIRED') {
          if (renewed && !fetch.gained)
            throw new HostError('ACCOUNT_INVALID', `${error.message}, nor is a new one`, { cause: error })
          await session.forget()
          renewed = true
        } else if (error.kind !== 'LINK_EXPIRED' || fruitless >= MAX_LINKS) throw error
        const { kind, message: reason } = error
        this.log.info(
          { fileId: fetch.file.id, kind, reason },
          'direct link is no good any more, resolving again',
        )
      } finally {
        fetch.gained ||= before
      }
    }
  }

  /** Accounts have limits of their own; without one, the server that is asked has. */
  private limitOf(
    { platform }: HostPolicy,
    accountId: string | undefined,
    source: Source,
  ): HostConnectionLimit {
    const server = source.kind === 'url' ? new URL(source.url).host : ''
    return this.connectionLimits.of([platform, accountId ?? server])
  }

  /** Failures of the platform itself are counted once per attempt, by whoever holds the file. */
  private async resolve(
    { adapter, platform }: HostPolicy,
    context: HostContext,
    ref: FileRef,
  ): Promise<Source> {
    try {
      const source = await adapter.resolve(context, ref)
      await this.breaker.recordSuccess(platform)
      return source
    } catch (error) {
      if (error instanceof HostError) await this.words.record(adapter.manifest, error, enteredBy(context))
      const counts = error instanceof HostError && (error.elsewhere || error.scope !== 'host')
      if (counts) await this.breaker.recordRefusal(platform, error)
      throw error
    }
  }

  /**
   * sizeOf prefers what the direct link says to what the check said: hosts round, and files are replaced. Undefined where
   * neither does.
   */
  private async sizeOf(fetch: FetchRun, source: Source): Promise<number | undefined> {
    const { size, sizeTold } = fetch.file
    if (source.size !== undefined && !(sizeTold && source.size === size)) {
      await this.resize(fetch, source.size)
      return source.size
    }
    if (!sizeTold) return undefined
    if (size === null) throw new HostError('SIZE_UNKNOWN', 'the size is not known')
    return size
  }

  private async resize(fetch: FetchRun, size: number): Promise<void> {
    this.log.info({ fileId: fetch.file.id, told: fetch.file.size, size }, 'another size than told')
    await fetch.upload.resize(size)
    fetch.gained = false
  }
}
