import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Injectable, Optional } from '@nestjs/common'
import { Semaphore } from '@obb/core/semaphore'
import { type DocumentOrder, type DocumentOutcome, HostError } from '@obb/host-adapters'

/** Threads at once: each takes one core, and some hundred MB at worst. */
const AT_ONCE = 2

export interface DocumentLimits {
  /** The longest document takes a fraction of it, ms. */
  timeMs: number
  /** Of objects and text, MiB. */
  memoryMib: number
}

const LIMITS: DocumentLimits = { timeMs: 10_000, memoryMib: 768 }

const PROGRAM = new URL('./document-thread.mjs', import.meta.url)

/**
 * Reads documents of users, one per thread, so that nothing that they can hold keeps this process from its heartbeats.
 */
@Injectable()
export class DocumentThreads {
  private readonly places = new Semaphore(AT_ONCE)

  constructor(@Optional() private readonly limits: DocumentLimits = LIMITS) {}

  /**
   * What the reader answers. Raises the HostError that it raises, BAD_URL for a document beyond the limits, the reason of
   * `signal`, and an Error for a reader that fails.
   */
  read(order: DocumentOrder, signal: AbortSignal): Promise<unknown> {
    return this.places.with(signal, () => this.readNow(order, signal))
  }

  private async readNow(order: DocumentOrder, signal: AbortSignal): Promise<unknown> {
    const { timeMs, memoryMib } = this.limits
    const late = AbortSignal.timeout(timeMs)
    const thread = new Worker(PROGRAM, {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: memoryMib },
    })
    const exit = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    thread.on('error', () => undefined) // nobody waits for its answer any more
    try {
      const stop = { signal: AbortSignal.any([signal, late]) }
      const [outcome] = (await Promise.race([
        once(thread, 'message', stop),
        exit.then(() => Promise.reject(new Error('a document reader ended without an answer'))),
      ])) as [DocumentOutcome]
      await exit // it ends by itself
      return answerOf(outcome)
    } catch (error) {
      signal.throwIfAborted()
      if (late.aborted) throw beyond(`takes longer than ${timeMs / 1000} s to read`)
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ERR_WORKER_OUT_OF_MEMORY') throw beyond(`takes more than ${memoryMib} MiB to read`)
      throw error
    } finally {
      await thread.terminate()
    }
  }
}

function answerOf(outcome: DocumentOutcome): unknown {
  if (!('refusal' in outcome)) return outcome.answer
  const { kind, message, retryable } = outcome.refusal
  throw new HostError(kind, message, { retryable })
}

function beyond(what: string): HostError {
  return new HostError('BAD_URL', `document ${what}`, { retryable: false })
}
