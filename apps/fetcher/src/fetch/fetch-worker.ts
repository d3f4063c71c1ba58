import { setTimeout as sleep } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { fetches, fetchSeconds } from '@obb/core/metrics'
import { annotate, resume, traced } from '@obb/core/tracing'
import { HostError } from '@obb/host-adapters'
import { FetchAttempt } from './fetch-attempt.js'
import { FetchClaims } from './fetch-claims.js'
import { STOPPED } from './fetch-end.js'
import { FetchHealth } from './fetch-health.js'
import { FetchOutcomes } from './fetch-outcomes.js'
import { FetchSuspects } from './fetch-suspects.js'
import { type FetchRun, FetchRuns } from './fetch-run.js'
import { LeaseHeartbeat } from './lease-heartbeat.js'
import type { Verdict } from './verdict.js'
import { WayGiving } from './way-giving.js'

/**
 * Holds a file while it is fetched: claims it, keeps the lease, runs the attempt, and writes the outcome. Every
 * way out leaves the row in a state from which somebody can go on: done, error, or pending with a time. A
 * worker that is killed is noticed by its lease.
 */
@Injectable()
export class FetchWorker {
  private readonly running = new Map<FetchRun, Promise<void>>()
  private readonly drain = new AbortController()

  constructor(
    private readonly claims: FetchClaims,
    private readonly runs: FetchRuns,
    private readonly heartbeat: LeaseHeartbeat,
    private readonly wayGiving: WayGiving,
    private readonly attempt: FetchAttempt,
    private readonly suspects: FetchSuspects,
    private readonly outcomes: FetchOutcomes,
    private readonly health: FetchHealth,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'FETCHER_DRAIN'>,
  ) {}

  /**
   * Fetches the file whose turn it is. Does nothing if none waits or nothing more may run now. Whoever begins a fetch
   * wakes the next worker, as whoever ends one does: a single wake-up goes on until nothing more can begin.
   */
  async run(): Promise<void> {
    if (this.isStopping) return
    const scheduled = await this.claims.next()
    if (!scheduled) return
    const fetch = this.runs.begin(scheduled, this.drain.signal)
    const done = this.runForLinks(fetch)
    this.running.set(fetch, done)
    if (this.isStopping) fetch.abort.abort(STOPPED) // it began to stop while the file was being claimed
    const begun = this.claims.wakeNext()
    await done.finally(() => this.running.delete(fetch))
    await begun
    if (!this.isStopping) await this.claims.wakeNext()
  }

  /**
   * Hands over what is running: files end, or their parts under way do, within FETCHER_DRAIN; then parts that are
   * stored stay, and files become due for others at once.
   */
  async stop(): Promise<void> {
    this.drain.abort(STOPPED)
    const late = new AbortController()
    const time = sleep(this.config.FETCHER_DRAIN, undefined, { signal: late.signal }).catch(() => undefined)
    await Promise.race([time, Promise.allSettled(this.running.values())])
    late.abort()
    for (const { abort } of this.running.keys()) abort.abort(STOPPED)
    await Promise.allSettled(this.running.values())
  }

  private get isStopping(): boolean {
    return this.drain.signal.aborted
  }

  /** For the request that asked first: its id, the file and its links are in all lines of the fetch. */
  private async runForLinks(fetch: FetchRun): Promise<void> {
    const { file } = fetch
    const waiting = await this.outcomes.linksOf(file.id)
    const [first, ...others] = waiting
    const fields = { fileId: file.id, links: waiting.map(({ link }) => link) }
    const attributes = { 'obb.file': file.id, 'obb.platform': file.platform, 'obb.link': first?.link }
    const links = others.flatMap(({ traceparent }) => traceparent ?? [])
    await resume(first ?? {}, fields, () =>
      traced('fetch', { attributes, links }, () => this.runLeased(fetch)),
    )
  }

  private async runLeased(fetch: FetchRun): Promise<void> {
    const { file, signal } = fetch
    const begun = performance.now()
    const heart = this.heartbeat.start(fetch)
    const watch = this.wayGiving.watch(fetch)
    let verdict: Verdict
    let elsewhere = false
    try {
      await this.suspects.run(fetch, () => this.attempt.run(fetch))
      verdict = { end: 'done' }
    } catch (error) {
      elsewhere = error instanceof HostError && error.elsewhere
      if (!signal.aborted) await this.health.recordError(file.platform, error)
      verdict = this.outcomes.judge(fetch, signal.aborted ? signal.reason : error)
    }
    await Promise.all([heart.stop(), watch.stop()])
    const seconds = (performance.now() - begun) / 1000
    annotate({ 'obb.end': verdict.end, 'obb.bytes': fetch.progress.fetched })
    fetches.inc({ platform: file.platform, end: verdict.end })
    if (verdict.end === 'done') fetchSeconds.observe({ platform: file.platform }, seconds)
    await this.outcomes.write(fetch, verdict, seconds)
    if (verdict.end === 'done') await this.health.recordStored()
    if (!elsewhere) await this.health.recordOutcome(file, verdict, seconds * 1000)
  }
}
