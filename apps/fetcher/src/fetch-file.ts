import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '@obb/core/clock'
import type { Claim, FetchJob, Fetches } from '@obb/core/fetches'
import type { Files, SourceFile } from '@obb/core/files'
import type { HostCatalog } from '@obb/core/hosts'
import type { Log } from '@obb/core/log'
import type { AccountPool, Lease } from '@obb/core/pool'
import { type ObjectStore, StoreError, type StoredPart, type Upload, choosePartSize } from '@obb/core/storage'
import { HostError, type HostHttp, type OperatorAccount } from '@obb/host-adapters'
import { type KnownFile, knownFile } from './file-ref.js'
import type { HostAccess } from './host-access.js'
import { Progress } from './progress.js'
import { verify } from './transfer/digest.js'
import { transfer } from './transfer/transfer.js'
import { type Verdict, judge } from './verdict.js'

/** How long a worker may be silent before another one takes its file, ms. */
const LEASE_MS = 15_000
const HEARTBEAT_MS = 1_000
/** When a file for which all accounts are busy is tried again, ms. */
const BUSY_PAUSE_MS = 3_000
/** Direct links that may expire within one attempt. */
const MAX_RESOLVES = 3

const STOPPED = Symbol('the worker stops')
const LOST = Symbol('another worker has the file')

export interface FetchFileParts {
  fetches: Fetches
  files: Files
  catalog: HostCatalog
  pool: AccountPool
  access: HostAccess
  http: HostHttp
  store: ObjectStore
  clock: Clock
  log: Log
  worker: string
}

/**
 * Brings one file into the store: claims it, leases an account, has the adapter open it, streams what is
 * missing, verifies, and writes the outcome. Every way out leaves the row in a state from which somebody can
 * go on: done, error, or pending with a time. A worker that is killed is noticed by its lease.
 */
export class FetchFile {
  private readonly running = new Map<AbortController, Promise<void>>()
  private stopping = false

  constructor(private readonly parts: FetchFileParts) {}

  /** Does nothing if the file is not due or somebody else has it. */
  async run(job: FetchJob): Promise<void> {
    if (this.stopping) return
    const { fetches, worker } = this.parts
    const file = await fetches.claim(job, worker, LEASE_MS)
    if (!file) return
    const abort = new AbortController()
    const done = this.hold(file, { fileId: file.id, claim: file.claim, worker }, abort)
    this.running.set(abort, done)
    await done.finally(() => this.running.delete(abort))
  }

  /** Hands over what is running: parts stay, files become due for others at once. */
  async stop(): Promise<void> {
    this.stopping = true
    for (const abort of this.running.keys()) abort.abort(STOPPED)
    await Promise.allSettled(this.running.values())
  }

  private async hold(file: SourceFile, claim: Claim, abort: AbortController): Promise<void> {
    const progress = new Progress()
    const heart = this.heartbeat(claim, progress, abort)
    let verdict: Verdict
    try {
      await this.attempt(file, claim, progress, abort.signal)
      verdict = { end: 'done' }
    } catch (error) {
      verdict = this.verdictOf(file, abort.signal.aborted ? abort.signal.reason : error)
    }
    await heart.stop()
    await this.write(file, claim, verdict)
  }

  /** Renews the lease and tells the progress once a second; a lost lease aborts the work. */
  private heartbeat(claim: Claim, progress: Progress, abort: AbortController): { stop(): Promise<void> } {
    const stop = new AbortController()
    const beat = async () => {
      let renewedAt = performance.now()
      for (;;) {
        await sleep(HEARTBEAT_MS, undefined, { signal: stop.signal }).catch(() => undefined)
        if (stop.signal.aborted) return
        try {
          if (!(await this.parts.fetches.renew(claim, LEASE_MS, progress.sample()))) return abort.abort(LOST)
          renewedAt = performance.now()
        } catch (error) {
          this.parts.log.warn({ fileId: claim.fileId, err: textOf(error) }, 'heartbeat')
          if (performance.now() - renewedAt > LEASE_MS) return abort.abort(LOST)
        }
      }
    }
    const beating = beat()
    return {
      stop: () => {
        stop.abort()
        return beating
      },
    }
  }

  /** One account after the other, until the file is stored or a refusal concerns more than the account. */
  private async attempt(
    file: SourceFile,
    claim: Claim,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    const { catalog, files, pool, worker } = this.parts
    await catalog.refresh()
    const known = knownFile(catalog, files, file)
    const { policy } = known
    const { manifest } = policy.adapter
    if (!manifest.needsAccount) return this.withAccount(file, claim, known, undefined, progress, signal)
    const exclude: string[] = []
    for (;;) {
      const answer = await pool.acquire({
        platform: policy.platform,
        fileId: file.id,
        worker,
        size: file.size ?? 0,
        maxPerAccount: manifest.limits.maxDownloads,
        leaseMs: LEASE_MS * 2,
        exclude,
      })
      if (!answer.lease) throw new PoolRefusal(answer.reason, answer.retryAt)
      const { lease } = answer
      const release = this.holdLease(lease)
      try {
        return await this.withAccount(file, claim, known, lease.account, progress, signal)
      } catch (error) {
        if (signal.aborted || !(error instanceof HostError) || error.scope !== 'account') throw error
        this.parts.log.warn(
          { account: lease.account.id, platform: policy.platform, kind: error.kind, reason: error.message },
          'account set aside',
        )
        await pool.setAside(lease.account.id, error)
        exclude.push(lease.account.id)
      } finally {
        await release()
      }
    }
  }

  private holdLease(lease: Lease): () => Promise<void> {
    const warn = (error: unknown) =>
      this.parts.log.warn({ lease: lease.id, err: textOf(error) }, 'pool lease')
    const timer = setInterval(
      () => void this.parts.pool.renew(lease.id, LEASE_MS * 2).catch(warn),
      LEASE_MS / 2,
    )
    return async () => {
      clearInterval(timer)
      await this.parts.pool.release(lease.id).catch(warn)
    }
  }

  private async withAccount(
    file: SourceFile,
    claim: Claim,
    { policy, ref, secrets }: KnownFile,
    account: OperatorAccount | undefined,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    const { access, clock, http, store } = this.parts
    const { adapter } = policy
    const size = file.size
    if (size === null) throw new HostError('UNEXPECTED', 'the size is not known')
    const context = access.context(policy, account, signal, secrets)
    for (let resolves = 1; ; resolves++) {
      const source = await adapter.resolve(context, ref)
      if (source.size !== undefined && source.size !== size) {
        throw new HostError('CORRUPT', `the host has ${source.size} bytes now instead of ${size}`)
      }
      try {
        const { upload, stored } = await this.openUpload(file, claim, size)
        progress.start(stored.reduce((sum, part) => sum + part.size, 0))
        if (upload) {
          const connections = source.maxChunks ?? adapter.manifest.limits.maxChunks
          const task = { adapter, http, source, store, upload, stored, connections, signal }
          const parts = await transfer({
            ...task,
            now: () => clock.now(),
            onBytes: (count) => progress.add(count),
          })
          await store.completeUpload(upload, parts)
        }
        return await this.finish(file, claim, size, signal)
      } catch (error) {
        const expired = error instanceof HostError && error.kind === 'LINK_EXPIRED'
        if (signal.aborted || !expired || resolves >= MAX_RESOLVES) throw error
        this.parts.log.info(
          { fileId: file.id, reason: error.message },
          'direct link expired, resolving again',
        )
      }
    }
  }

  /** The upload that an earlier worker began, with the parts it got, or a new one; none if it is complete. */
  private async openUpload(
    file: SourceFile,
    claim: Claim,
    size: number,
  ): Promise<{ upload?: Upload; stored: StoredPart[] }> {
    const { fetches, store } = this.parts
    const { objectKey, uploadId, partSize } = file
    if (objectKey !== null && uploadId !== null && partSize !== null) {
      const upload = { key: objectKey, uploadId, size, partSize }
      try {
        return { upload, stored: await store.listParts(upload) }
      } catch (error) {
        if (!(error instanceof StoreError) || error.kind !== 'NO_SUCH_UPLOAD') throw error
        if ((await store.head(objectKey))?.size === size) return { stored: [] }
      }
    }
    const upload = await store.createUpload(`${file.id}/${file.generation}`, size, choosePartSize(size))
    const told = { objectKey: upload.key, uploadId: upload.uploadId, partSize: upload.partSize }
    if (!(await fetches.setUpload(claim, told))) {
      await store.abortUpload(upload)
      throw LOST
    }
    Object.assign(file, told)
    return { upload, stored: [] }
  }

  private async finish(file: SourceFile, claim: Claim, size: number, signal: AbortSignal): Promise<void> {
    const { fetches, store } = this.parts
    const key = file.objectKey ?? ''
    const hash =
      file.hostHash !== null && file.hostHashAlgorithm !== null
        ? { algorithm: file.hostHashAlgorithm, value: file.hostHash }
        : undefined
    try {
      const digests = await verify(store, key, { size, hash }, signal)
      if (!(await fetches.finish(claim, { size, ...digests }))) throw LOST
    } catch (error) {
      if (error instanceof HostError && error.kind === 'CORRUPT') await store.delete(key)
      throw error
    }
  }

  private verdictOf(file: SourceFile, error: unknown): Verdict {
    const now = this.parts.clock.now()
    if (error === LOST) return { end: 'lost' }
    if (error === STOPPED)
      return { end: 'wait', until: now, failedAttempt: false, restart: false, why: 'stopped' }
    if (error instanceof PoolRefusal) {
      const until = error.reason === 'busy' ? now + BUSY_PAUSE_MS : error.retryAt
      if (until !== undefined) {
        return { end: 'wait', until, failedAttempt: false, restart: false, why: `accounts ${error.reason}` }
      }
    }
    const fault = error instanceof PoolRefusal ? new HostError('ACCOUNT_BUSY', 'no account is left') : error
    const verdict = judge(fault, file, now)
    if (!(fault instanceof HostError) && !(fault instanceof StoreError)) {
      this.parts.log.error({ fileId: file.id, err: fault }, 'fetch failed unexpectedly')
    }
    return verdict
  }

  private async write(file: SourceFile, claim: Claim, verdict: Verdict): Promise<void> {
    const { fetches, log, store } = this.parts
    const { end, ...details } = verdict
    log.info({ fileId: file.id, platform: file.platform, size: file.size, end, ...details }, 'fetch')
    if (verdict.end === 'done' || verdict.end === 'lost') return
    const { objectKey, uploadId } = file
    const upload = objectKey !== null && uploadId !== null ? { key: objectKey, uploadId } : undefined
    const forget = verdict.end === 'fail' || verdict.restart
    if (verdict.end === 'wait') await fetches.wait(claim, verdict.until, verdict)
    else await fetches.fail(claim, verdict.refusal)
    if (forget && upload) await store.abortUpload(upload)
  }
}

/** No account can take the file now. */
class PoolRefusal extends Error {
  constructor(
    readonly reason: 'busy' | 'exhausted' | 'none',
    readonly retryAt: number | undefined,
  ) {
    super(`accounts: ${reason}`)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
