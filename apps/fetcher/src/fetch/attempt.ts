import type { Clock } from '@obb/core/clock'
import type { Config } from '@obb/core/config'
import type { Claim, Fetches } from '@obb/core/fetches'
import type { Files, HashStates, SourceFile } from '@obb/core/files'
import type { HostCatalog, HostPolicy } from '@obb/core/hosts'
import type { HostBreaker } from '@obb/core/health'
import type { Log } from '@obb/core/log'
import type { AccountPool, Lease } from '@obb/core/pool'
import type { Scheduled } from '@obb/core/scheduling'
import type { ObjectStore } from '@obb/core/storage'
import { type FileRef, type HostContext, HostError, type Source } from '@obb/host-adapters'
import type { BandwidthLimits } from '../bandwidth/bandwidth-limits.js'
import { FileNaming } from './file-naming.js'
import { type KnownFile, knownFile } from '../host-calls/file-ref.js'
import type { HostAccess } from '../host-calls/host-access.js'
import { PoolRefusal } from './pool-refusal.js'
import type { Progress } from './progress.js'
import type { StoreWatch } from '../store/store-watch.js'
import { SizeDiffers } from '../transfer/download-answer.js'
import type { Limiter } from '../bandwidth/bandwidth.js'
import { type FileTransfer, transferFile } from '../transfer/file-transfer.js'
import { FileUpload, LOST } from './file-upload.js'
import { UsedSession } from './used-session.js'

/** A lease of an account outlives the silence after which its worker counts as gone, ms. */
export const ACCOUNT_LEASE_MS = 30_000
/** Times that a lease is renewed before it would run out: so late is it noticed that its account was removed. */
const RENEWALS = 10
/** Direct links that may expire one after the other without a single part gained. */
const MAX_RESOLVES = 3

export interface AttemptParts {
  fetches: Fetches
  files: Files
  catalog: HostCatalog
  pool: AccountPool
  access: HostAccess
  breaker: HostBreaker
  store: ObjectStore
  watch: StoreWatch
  clock: Clock
  log: Log
  limits: BandwidthLimits
  states: HashStates
  /** FETCH_HASHES. */
  hashing: Config['FETCH_HASHES']
}

/**
 * One attempt to bring a claimed file into the store: lease an account, have the adapter open the file, stream
 * what is missing, verify. Raises what came in between; parts that are stored by then stay.
 */
export class Attempt {
  /** Parts came into the store that stay there. */
  gained = false
  private readonly file: SourceFile
  private readonly naming: FileNaming
  private readonly upload: FileUpload

  constructor(
    private readonly parts: AttemptParts,
    private readonly scheduled: Scheduled,
    private readonly claim: Claim,
    private readonly progress: Progress,
    private readonly signal: AbortSignal,
    /** See FileTransfer. */
    private readonly drain: AbortSignal,
  ) {
    this.file = scheduled.file
    this.naming = new FileNaming(parts.fetches, this.file, claim)
    this.upload = new FileUpload(
      parts.store,
      parts.watch.holdings,
      parts.fetches,
      this.file,
      claim,
      parts.states,
    )
  }

  /** One account after the other, until the file is stored or a refusal concerns more than the account. */
  async run(): Promise<void> {
    const { breaker, catalog, files, log, pool } = this.parts
    const known = knownFile(catalog, files, this.file)
    if (!known.policy.adapter.manifest.needsAccount) return this.fetch(known, undefined, this.signal)
    const { refusal } = this.scheduled
    if (refusal) throw new PoolRefusal(refusal.reason, refusal.retryAt)
    const refusedBy: string[] = []
    for (let { lease } = this.scheduled; ; lease = undefined) {
      lease ??= await this.lease(known, refusedBy)
      const { lost, release } = this.hold(lease)
      const account = lease.account.id
      try {
        return await this.fetch(known, lease, AbortSignal.any([this.signal, lost]))
      } catch (error) {
        if (lost.aborted && !this.signal.aborted) {
          log.info({ account, platform: known.policy.platform }, 'account lost, another one takes over')
          continue
        }
        if (this.signal.aborted || !(error instanceof HostError) || error.scope !== 'account') throw error
        const { kind, message: reason } = error
        log.warn({ account, platform: known.policy.platform, kind, reason }, 'account set aside')
        await pool.setAside(account, error)
        await breaker.noted(known.policy.platform, error)
        refusedBy.push(account)
      } finally {
        await release()
      }
    }
  }

  private async lease({ policy }: KnownFile, exclude: readonly string[]): Promise<Lease> {
    const answer = await this.parts.pool.acquire({
      platform: policy.platform,
      fileId: this.file.id,
      worker: this.claim.worker,
      size: this.file.size ?? 0,
      maxPerAccount: policy.adapter.manifest.limits.maxDownloads,
      maxConnections: policy.adapter.manifest.limits.maxChunks,
      leaseMs: ACCOUNT_LEASE_MS,
      exclude,
    })
    if (!answer.lease) throw new PoolRefusal(answer.reason, answer.retryAt)
    return answer.lease
  }

  /** Renews the lease until `release`. `lost`: its account was removed, or it ran out. */
  private hold(lease: Lease): { lost: AbortSignal; release: () => Promise<void> } {
    const { log, pool } = this.parts
    const warn = (error: unknown) =>
      log.warn({ lease: lease.id, err: error instanceof Error ? error.message : String(error) }, 'pool lease')
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

  private async fetch(known: KnownFile, lease: Lease | undefined, signal: AbortSignal): Promise<void> {
    const names = [known.policy.platform, ...(lease ? [lease.account.id] : [])]
    const { leave, limiter } = await this.parts.limits.join(names)
    try {
      await this.fetchWithin(limiter, known, lease, signal)
    } finally {
      leave()
    }
  }

  private async fetchWithin(
    bandwidth: Limiter,
    { policy, ref, secrets }: KnownFile,
    lease: Lease | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { access } = this.parts
    const given = access.context(policy, lease?.account, signal, secrets)
    const session = new UsedSession(given.session)
    const context = { ...given, session }
    const { adapter } = policy
    const connections = lease?.connections ?? adapter.manifest.limits.maxChunks
    let fruitless = 0
    let renewed = false
    for (;;) {
      const source = await this.resolve(policy, context, ref)
      await this.naming.resolved(source.name)
      const size = await this.sizeOf(source)
      const before = this.gained
      this.gained = false
      try {
        const { http } = context
        return await this.transfer({ adapter, http, source, size, connections, bandwidth, signal })
      } catch (error) {
        fruitless = this.gained ? 0 : fruitless + 1
        if (error instanceof SizeDiffers && !signal.aborted && fruitless < MAX_RESOLVES) {
          await this.resize(error.size)
          continue
        }
        if (signal.aborted || !(error instanceof HostError)) throw error
        if (error.kind === 'SESSION_EXPIRED') {
          if (renewed && !this.gained)
            throw new HostError('ACCOUNT_INVALID', `${error.message}, nor is a new one`)
          await session.forget()
          renewed = true
        } else if (error.kind !== 'LINK_EXPIRED' || fruitless >= MAX_RESOLVES) throw error
        const { log } = this.parts
        const { kind, message: reason } = error
        log.info({ fileId: this.file.id, kind, reason }, 'direct link is no good any more, resolving again')
      } finally {
        this.gained ||= before
      }
    }
  }

  /** Failures of the platform itself are counted once per attempt, by whoever holds the file. */
  private async resolve(
    { adapter, platform }: HostPolicy,
    context: HostContext,
    ref: FileRef,
  ): Promise<Source> {
    const { breaker } = this.parts
    try {
      const source = await adapter.resolve(context, ref)
      await breaker.answered(platform)
      return source
    } catch (error) {
      const counts = error instanceof HostError && (error.elsewhere || error.scope !== 'host')
      if (counts) await breaker.refused(platform, error)
      throw error
    }
  }

  /** What the direct link says goes before what the check said: hosts round, and files are replaced. */
  private async sizeOf(source: Source): Promise<number> {
    const { size } = this.file
    if (source.size !== undefined && source.size !== size) {
      await this.resize(source.size)
      return source.size
    }
    if (size === null) throw new HostError('SIZE_UNKNOWN', 'the size is not known')
    return size
  }

  private async resize(size: number): Promise<void> {
    this.parts.log.info({ fileId: this.file.id, told: this.file.size, size }, 'another size than told')
    await this.upload.resize(size)
    this.gained = false
  }

  /** Into a whole, verified object. */
  private async transfer(
    what: Pick<FileTransfer, 'adapter' | 'http' | 'source' | 'size' | 'connections' | 'bandwidth' | 'signal'>,
  ): Promise<void> {
    const { clock, fetches, hashing, store } = this.parts
    const { hostHash, hostHashAlgorithm } = this.file
    const known = hostHash !== null && hostHashAlgorithm !== null
    const digests = await transferFile({
      ...{ ...what, store, place: this.upload, progress: this.progress },
      drain: this.drain,
      states: hashing === 'resumable' ? this.upload : undefined,
      hash: known ? { algorithm: hostHashAlgorithm, value: hostHash } : undefined,
      now: () => clock.now(),
      onAnswer: this.naming.onAnswer,
      onGain: (gained) => (this.gained = gained),
    })
    if (!(await fetches.finish(this.claim, { size: what.size, ...digests }))) throw LOST
  }
}
