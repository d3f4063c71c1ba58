import { setTimeout as sleep } from 'node:timers/promises'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { FetchQueue, type HostCall, QueueError } from '@obb/core/queue'
import { textOf } from '../failures/to-refusal.js'

const RETRY_S = 15
/** How often the row is looked at while its host is asked, ms. */
const LOOK_MS = 1_000

/** Has a fetcher call a host, and waits for what that leaves in the database. */
@Injectable()
export class HostCalls {
  constructor(private readonly queue: FetchQueue) {}

  /**
   * Until the queue says that it was done, or `isAnswered` sees it in the database: an event of a queue may get lost.
   * Raises Refusal.
   */
  async request(call: HostCall, isAnswered: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const end = new AbortController()
    try {
      await Promise.race([this.queue.call(call, timeoutMs), waitUntilAnswered(isAnswered, end.signal)])
    } catch (error) {
      if (!(error instanceof QueueError)) throw error
      const cause = error.kind === 'TIMEOUT' ? 'host_unavailable' : 'service_unavailable'
      throw new Refusal(cause, { retryInSeconds: RETRY_S, internal: textOf(error) })
    } finally {
      end.abort()
    }
  }
}

async function waitUntilAnswered(isAnswered: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted || (await isAnswered())) return
  }
}
