import type { EventEmitter } from 'node:events'
import { Queue, QueueEvents } from 'bullmq'
import type { Log } from '../log/index.js'
import { type QueueSettings, queueConnection } from './backend.js'
import { FETCH_QUEUE, HOST_CALL_QUEUE, type HostCall } from './jobs.js'

/** How long an answered host call is kept for whoever waits for it, s. */
const KEEP_ANSWER_S = 60

/** The queue cannot be used, or nobody answered in time. */
export class QueueError extends Error {
  constructor(
    readonly kind: 'UNAVAILABLE' | 'TIMEOUT',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'QueueError'
  }
}

/** Wakes fetchers. Losing what is in it costs a sweep, not data. */
export class FetchQueue {
  private readonly fetches: Queue
  private readonly calls: Queue
  private readonly answers: QueueEvents

  constructor(
    settings: QueueSettings,
    private readonly log: Log,
  ) {
    this.fetches = new Queue(FETCH_QUEUE, { connection: queueConnection(settings, 'producer') })
    this.calls = new Queue(HOST_CALL_QUEUE, { connection: queueConnection(settings, 'producer') })
    this.answers = new QueueEvents(HOST_CALL_QUEUE, { connection: queueConnection(settings, 'worker') })
    this.answers.setMaxListeners(0) // one pair per request that waits
    // Without a listener a dropped connection would end the process.
    for (const each of [this.fetches, this.calls, this.answers] as EventEmitter[]) {
      each.on('error', (error: Error) => this.log.warn({ err: error.message }, 'queue connection'))
    }
  }

  /**
   * At most one job per claim of a file: the same wake-up sent twice is one. Raises QueueError; the sweep
   * repeats what could not be sent.
   */
  async addFetch(job: { fileId: string; generation: number; claim: number }): Promise<void> {
    const { fileId, generation, claim } = job
    await bounded(
      this.fetches.add(
        FETCH_QUEUE,
        { fileId, generation },
        {
          jobId: `${fileId}-${generation}-${claim}`,
          removeOnComplete: true,
          removeOnFail: true,
        },
      ),
      3_000,
      'adding a fetch',
    )
  }

  /**
   * Has a fetcher do a host call and waits until it is done. Callers that want the same thing at once share
   * one job. The outcome is in the database. Raises QueueError.
   */
  async call(call: HostCall, timeoutMs: number): Promise<void> {
    const id = call.call === 'inspect' ? call.fileId : call.hostAccountId
    const job = await bounded(
      this.calls.add(call.call, call, {
        deduplication: { id: `${call.call}-${id}` },
        removeOnComplete: { age: KEEP_ANSWER_S },
        removeOnFail: { age: KEEP_ANSWER_S },
      }),
      3_000,
      'adding a host call',
    )
    try {
      await job.waitUntilFinished(this.answers, timeoutMs)
    } catch (error) {
      throw new QueueError('TIMEOUT', `no answer to ${call.call}`, { cause: error })
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.fetches.close(), this.calls.close(), this.answers.close()])
  }
}

async function bounded<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QueueError('UNAVAILABLE', `${what} took too long`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } catch (error) {
    throw error instanceof QueueError
      ? error
      : new QueueError('UNAVAILABLE', `${what} failed`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
