import { randomUUID } from 'node:crypto'
import type { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import { type Job, Queue, QueueEvents } from 'bullmq'
import { within } from '../deadline/index.js'
import { LOG, type Log, reasonOf } from '../log/index.js'
import { requestContext } from '../tracing/index.js'
import { queueConnection, queueTrouble } from './backend.js'
import { FETCH_QUEUE, HOST_CALL_QUEUE, type HostCall, subjectOf } from './jobs.js'
import { redisTrouble } from './redis-trouble.js'
import { QUEUE_SETTINGS, type QueueSettings } from './settings.js'

/** How long an answered host call is kept for whoever waits for it, s. */
const KEEP_ANSWER_S = 60

/** How long a command to the backend may take, ms. */
const COMMAND_MS = 3_000

/** States in which a job has ended; unknown is one that is not kept any more. */
const OVER = new Set<string>(['completed', 'failed', 'unknown'])

/** How often the state of a host call is asked for while its answer is waited for, ms. */
const STATE_EVERY_MS = 1_000

/** The queue cannot be used, nobody answered in time, or a fetcher failed at it: then the message has its reason. */
export class QueueError extends Error {
  constructor(
    readonly kind: 'UNAVAILABLE' | 'TIMEOUT' | 'FAILED',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'QueueError'
  }
}

/** A worker begins with a wake-up. From here on the next one of the same process counts again: this worker is busy. */
export async function takeWakeUp(job: Job): Promise<void> {
  await job.removeDeduplicationKey()
}

/** Wakes fetchers. Losing what is in it costs a sweep, not data. */
@Injectable()
export class FetchQueue {
  private readonly fetches: Queue
  private readonly calls: Queue
  private readonly answers: QueueEvents
  private readonly closed = new AbortController()
  /** A wake-up that a killed worker had begun with holds back those of one process, not of all. */
  private readonly id = randomUUID()
  private tookNothing = false

  constructor(
    @Inject(QUEUE_SETTINGS) private readonly settings: QueueSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    const connection = (role: 'producer' | 'worker') => queueConnection(settings, role, this.closed.signal)
    this.fetches = new Queue(FETCH_QUEUE, { connection: connection('producer') })
    this.calls = new Queue(HOST_CALL_QUEUE, { connection: connection('producer') })
    this.answers = new QueueEvents(HOST_CALL_QUEUE, { connection: connection('worker') })
    this.answers.setMaxListeners(0) // one pair per request that waits
    // Without a listener a dropped connection would end the process.
    for (const each of [this.fetches, this.calls, this.answers] as EventEmitter[]) {
      each.on('error', this.warn)
    }
  }

  /**
   * Wakes a worker that has a slot free: something may be fetched now. It looks for itself what that is, and wakes
   * the next. At most one wake-up of each process waits; the same sent twice is one, until a worker begins with it
   * (`takeWakeUp`). Raises QueueError; the sweep repeats what could not be sent.
   */
  async wake(): Promise<void> {
    const job = { deduplication: { id: this.id }, removeOnComplete: true, removeOnFail: true }
    await this.put(this.fetches.add(FETCH_QUEUE, requestContext(), job), 'waking a worker')
  }

  /** Raises QueueError while the queue cannot be used. */
  async ping(): Promise<void> {
    await withTimeLimit(this.fetches.getWaitingCount(), COMMAND_MS, 'asking the queue')
    // A Redis that is full, or a replica, answers and takes nothing.
    if (this.tookNothing) await this.wake()
  }

  /**
   * Has a fetcher do a host call and waits until it is done. Requests of one account for the same thing at once share
   * one job; another account's has its own, since it has its own turn. The outcome is in the database. Raises
   * QueueError.
   */
  async call(call: HostCall, timeoutMs: number): Promise<void> {
    const job = await this.put(
      this.calls.add(
        call.call,
        { ...call, ...requestContext() },
        {
          deduplication: { id: `${call.call}-${subjectOf(call)}-${call.accountId}` },
          removeOnComplete: { age: KEEP_ANSWER_S },
          removeOnFail: { age: KEEP_ANSWER_S },
        },
      ),
      'adding a host call',
    )
    await this.waitUntilFinished(job, timeoutMs)
  }

  /** Puts a job into the queue, and remembers whether that was taken. Raises QueueError. */
  private async put<T>(adding: Promise<T>, what: string): Promise<T> {
    try {
      const added = await withTimeLimit(adding, COMMAND_MS, what)
      this.tookNothing = false
      return added
    } catch (error) {
      this.tookNothing = true
      throw error
    }
  }

  /**
   * The event is the quick way to hear of the end, the job's state the sure one. Events are heard from some moment on,
   * and a job may end before it: BullMQ begins its stream at "now" whenever it has read nothing yet, also after a read
   * that found nothing, and over PostgreSQL it drops a notification that overtakes the answer of its last look.
   *
   * BullMQ's own `waitUntilFinished` asks for the state once, has no time limit while it connects, and a connection
   * that drops in the midst of it is a rejection that nobody can catch.
   */
  private async waitUntilFinished(job: Job, timeoutMs: number): Promise<void> {
    const answers: EventEmitter = this.answers
    const late = (): QueueError => new QueueError('TIMEOUT', `no answer to ${job.name}`)
    const over = new AbortController()
    let done = (): void => undefined
    let fail = (_end: { failedReason?: string }): void => undefined
    const outcome = new Promise<void>((resolve, reject) => {
      done = resolve
      fail = ({ failedReason: reason }) =>
        reject(reason === undefined ? late() : new QueueError('FAILED', `${job.name} failed: ${reason}`))
    })
    answers.on(`completed:${job.id}`, done).on(`failed:${job.id}`, fail)
    void this.ended(job, over.signal).then((state) =>
      state === 'completed' ? done() : this.reason(job).then(fail),
    )
    try {
      await within(timeoutMs, outcome, late)
    } finally {
      over.abort()
      answers.off(`completed:${job.id}`, done).off(`failed:${job.id}`, fail)
    }
  }

  /** The state in which the job has ended, or in which it is when nobody wants to know any more. */
  private async ended(job: Job, signal: AbortSignal): Promise<string> {
    for (;;) {
      const state = await job.getState().catch(this.warn)
      if (signal.aborted || (state !== undefined && OVER.has(state))) return state ?? 'unknown'
      await sleep(STATE_EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Why a job failed; nothing of one that is not kept any more. */
  private async reason({ id = '' }: Job): Promise<{ failedReason?: string }> {
    const { failedReason } = (await this.calls.getJob(id).catch(() => undefined)) ?? {}
    return failedReason === undefined ? {} : { failedReason }
  }

  /** Warns of an error of the queue, or of a worker of it. */
  readonly warn = (error: Error): void => this.log.warn(...queueTrouble(error, this.settings))

  /** Ends within seconds also while the backend is away. */
  async close(): Promise<void> {
    this.closed.abort()
    await Promise.all([this.fetches, this.calls, this.answers].map((each) => this.closeOne(each)))
  }

  private async closeOne(each: Queue | QueueEvents): Promise<void> {
    try {
      await withTimeLimit(each.close(), COMMAND_MS, 'closing')
    } catch {
      // BullMQ waits for good for the end of a connection that is just being made again.
      const backend = each.getBackend()
      await withTimeLimit(backend.close(true), COMMAND_MS, 'closing').catch(this.warn)
    }
  }
}

async function withTimeLimit<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  try {
    return await within(ms, work, () => new QueueError('UNAVAILABLE', `${what} took too long`))
  } catch (error) {
    if (error instanceof QueueError) throw error
    const why = redisTrouble(error)?.detail ?? reasonOf(error)
    throw new QueueError('UNAVAILABLE', `${what} failed: ${why}`, { cause: error })
  }
}
