import { isDatabaseAway } from '@obb/core/database'
import { setTimeout as sleep } from 'node:timers/promises'
import { REFUSALS, type RefusalCause } from '@obb/contracts'
import type { Claim, FetchJob } from '@obb/core/fetches'
import type { SourceFile } from '@obb/core/files'
import type { FetchQueue } from '@obb/core/queue'
import type { FetchSchedule, Scheduled, Turn } from '@obb/core/scheduling'
import { StoreError } from '@obb/core/storage'
import { HostError } from '@obb/host-adapters'
import { ACCOUNT_LEASE_MS, Attempt, type AttemptParts } from './attempt.js'
import { LOST } from './file-upload.js'
import { PoolRefusal } from './pool-refusal.js'
import { Progress } from './progress.js'
import { type Verdict, judge } from './verdict.js'

/** How long a worker may be silent before another one takes its file, ms. */
const LEASE_MS = 15_000
const HEARTBEAT_MS = 1_000
/** A verdict that the database does not take is told again; after that the lease runs out, ms. */
const TELL_TRIES = 4
const TELL_PAUSE_MS = 500

const STOPPED = Symbol('the worker stops')

export interface FetchFileParts extends AttemptParts {
  queue: FetchQueue
  schedule: FetchSchedule
  worker: string
  /** How long fetches under way may go on once the worker stops, ms. */
  drainMs: number
}

/**
 * Holds a file while it is fetched: claims it, keeps the lease, runs the attempt, and writes the outcome. Every
 * way out leaves the row in a state from which somebody can go on: done, error, or pending with a time. A
 * worker that is killed is noticed by its lease.
 */
export class FetchFile {
  private readonly running = new Map<AbortController, Promise<void>>()
  private readonly drain = new AbortController()
  private stopping = false

  constructor(private readonly parts: FetchFileParts) {}

  /**
   * Fetches the file whose turn it is on the platform of the job's file. Does nothing if none waits or nothing
   * more may run there now: whoever ends a fetch wakes the next.
   */
  async run(job: FetchJob): Promise<void> {
    if (this.stopping) return
    const { files, schedule, watch, worker } = this.parts
    const platform = (await files.byId(job.fileId))?.platform
    if (platform === undefined) return
    const taken = await watch.takes()
    if (!taken) return
    const scheduled = await schedule.next({ ...(await this.turn(platform)), ...taken })
    if (!scheduled) return
    const { file } = scheduled
    const abort = new AbortController()
    const done = this.hold(scheduled, { fileId: file.id, claim: file.claim, worker }, abort)
    this.running.set(abort, done)
    if (this.stopping) abort.abort(STOPPED) // it began to stop while the file was being claimed
    await done.finally(() => this.running.delete(abort))
    await this.wakeNext(platform)
  }

  private async turn(platform: string): Promise<Turn> {
    const { catalog, worker } = this.parts
    await catalog.reload()
    const { adapter, maxDownloads, solo } = catalog.get(platform)
    const { catchAll = false, limits, needsAccount } = adapter.manifest
    return {
      ...{ platform, worker, maxDownloads, solo },
      leaseMs: LEASE_MS,
      guarded: !catchAll,
      account: needsAccount
        ? {
            maxPerAccount: limits.maxDownloads,
            maxConnections: limits.maxChunks,
            leaseMs: ACCOUNT_LEASE_MS,
          }
        : undefined,
    }
  }

  /** A slot is free. What does not get through is found by the sweep. */
  private async wakeNext(platform: string): Promise<void> {
    if (this.stopping) return
    const { log, queue, schedule } = this.parts
    try {
      const waiting = await schedule.waiting(platform)
      if (waiting) await queue.addFetch(waiting)
    } catch (error) {
      log.warn({ platform, err: textOf(error) }, 'waking the next fetch')
    }
  }

  /**
   * Hands over what is running: files end, or their parts under way do, within the time there is; then parts that
   * are stored stay, and files become due for others at once.
   */
  async stop(): Promise<void> {
    this.stopping = true
    this.drain.abort(STOPPED)
    const late = new AbortController()
    const time = sleep(this.parts.drainMs, undefined, { signal: late.signal }).catch(() => undefined)
    await Promise.race([time, Promise.allSettled(this.running.values())])
    late.abort()
    for (const abort of this.running.keys()) abort.abort(STOPPED)
    await Promise.allSettled(this.running.values())
  }

  private async hold(scheduled: Scheduled, claim: Claim, abort: AbortController): Promise<void> {
    const { file } = scheduled
    const progress = new Progress()
    const begun = performance.now()
    const heart = this.heartbeat(claim, progress, abort)
    const attempt = new Attempt(this.parts, scheduled, claim, progress, abort.signal, this.drain.signal)
    let verdict: Verdict
    let elsewhere = false
    try {
      await attempt.run()
      verdict = { end: 'done' }
    } catch (error) {
      elsewhere = error instanceof HostError && error.elsewhere
      if (!abort.signal.aborted) await this.blame(file.platform, error)
      verdict = this.verdictOf(file, attempt, abort.signal.aborted ? abort.signal.reason : error)
    }
    await heart.stop()
    await this.write(file, claim, verdict)
    if (verdict.end === 'done') await this.noteStored()
    if (!elsewhere) await this.measure(file, verdict, performance.now() - begun)
  }

  /** A failure of the platform or the store counts towards its circuit breaker; what else a platform did is kept for operators. */
  private async blame(platform: string, error: unknown): Promise<void> {
    const { breaker, catalog, log, watch } = this.parts
    await watch.blame(error).catch((fault: unknown) => log.warn({ err: textOf(fault) }, 'store health'))
    if (!(error instanceof HostError) || error.elsewhere) return
    if (catalog.get(platform).adapter.manifest.catchAll) return
    const kept = error.scope === 'host' ? breaker.failed(platform, error) : breaker.noted(platform, error)
    await kept.catch((fault: unknown) => {
      log.warn({ platform, err: textOf(fault) }, 'host health')
    })
  }

  private async noteStored(): Promise<void> {
    const { log, watch } = this.parts
    await watch.stored().catch((fault: unknown) => log.warn({ err: textOf(fault) }, 'store health'))
  }

  /** What the platform's health is read from. A file that waits says nothing yet. */
  private async measure(file: SourceFile, verdict: Verdict, ms: number): Promise<void> {
    if (verdict.end !== 'done' && verdict.end !== 'fail') return
    if (verdict.end === 'fail' && !isOfThePlatform(verdict.refusal.cause)) return
    const { breaker, log } = this.parts
    // What others had brought before is not of this time.
    const bytes = Math.max(0, (file.size ?? 0) - file.bytesDone)
    await breaker
      .measured(file.platform, { succeeded: verdict.end === 'done', bytes, ms })
      .catch((error: unknown) => {
        log.warn({ platform: file.platform, err: textOf(error) }, 'host health')
      })
  }

  /** Renews the lease and tells the progress once a second; a lost lease aborts the work. */
  private heartbeat(claim: Claim, progress: Progress, abort: AbortController): { stop(): Promise<void> } {
    const stop = new AbortController()
    const beat = async () => {
      let renewedAt = performance.now()
      for (;;) {
        await sleep(HEARTBEAT_MS, undefined, { signal: stop.signal }).catch(() => undefined)
        if (stop.signal.aborted) return
        const begun = performance.now()
        try {
          if (!(await this.parts.fetches.renew(claim, LEASE_MS, progress.sample()))) return abort.abort(LOST)
          renewedAt = begun
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

  private verdictOf(file: SourceFile, { gained }: Attempt, error: unknown): Verdict {
    const now = this.parts.clock.now()
    if (error === LOST) return { end: 'lost' }
    if (error === STOPPED)
      return { end: 'wait', until: now, failedAttempt: false, restart: false, why: 'stopped' }
    const foreseen = [HostError, StoreError, PoolRefusal].some((kind) => error instanceof kind)
    if (!foreseen && !isDatabaseAway(error)) {
      this.parts.log.error({ fileId: file.id, err: error }, 'fetch failed unexpectedly')
    }
    return judge(error, { file, gained }, now)
  }

  private async write(file: SourceFile, claim: Claim, verdict: Verdict): Promise<void> {
    const { log, store, watch } = this.parts
    const { end, ...details } = verdict
    log.info({ fileId: file.id, platform: file.platform, size: file.size, end, ...details }, 'fetch')
    if (verdict.end === 'done' || verdict.end === 'lost') return
    const held = await this.tell(claim, verdict)
    const { objectKey, uploadId } = file
    const forget = verdict.end === 'fail' || verdict.restart
    // Who lost the file has lost its upload too: another worker is at it.
    if (held && forget && objectKey !== null && uploadId !== null && watch.holdings.owns(objectKey)) {
      await store.abortUpload({ key: objectKey, uploadId })
    }
  }

  /** False if the file is somebody else's by now. */
  private async tell(claim: Claim, verdict: Extract<Verdict, { end: 'wait' | 'fail' }>): Promise<boolean> {
    const { fetches } = this.parts
    for (let attempt = 1; ; attempt++) {
      try {
        return verdict.end === 'wait'
          ? await fetches.wait(claim, verdict.until, verdict)
          : await fetches.fail(claim, verdict.refusal)
      } catch (error) {
        if (attempt >= TELL_TRIES || !isDatabaseAway(error)) throw error
        await sleep(TELL_PAUSE_MS)
      }
    }
  }
}

/** A file that is gone, blocked or locked says nothing of how its platform is doing. */
function isOfThePlatform(cause: RefusalCause): boolean {
  return [105, 106].includes(REFUSALS[cause].status)
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
