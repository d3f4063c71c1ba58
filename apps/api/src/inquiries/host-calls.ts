import { setTimeout as sleep } from 'node:timers/promises'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { FetchQueue, type HostCall, QueueError, subjectOf } from '@obb/core/queue'
import { SharedPlaces } from '@obb/core/semaphore'
import { traced } from '@obb/core/tracing'

const RETRY_S = 15
/** How often the row is looked at while its host is asked, ms. */
const LOOK_MS = 1_000
/** Calls that this process waits for at once, so many that those of one platform can go together. */
const PLACES = 128
/** Who waits for sixteen already leaves half of them to others. */
const SHARE = { reserve: 64, modest: 16 }

/** Nothing came of a host call in time. It may still be made: whoever asks again finds what came of it. */
export class Unanswered extends Refusal {
  constructor(internal: string) {
    super('host_unavailable', { retryInSeconds: RETRY_S, internal })
  }
}

/** Has a fetcher call a host, and waits for what that leaves in the database. In turns per account. */
@Injectable()
export class HostCalls {
  private readonly places = new SharedPlaces({ places: PLACES, accounts: SHARE })

  constructor(private readonly queue: FetchQueue) {}

  /**
   * Until the queue says that it was done, or `isAnswered` sees it in the database: an event of a queue may get lost.
   * Raises Refusal: Unanswered after `timeoutMs`.
   */
  request(call: HostCall, isAnswered: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const { call: what, platform } = call
    const attributes = { 'obb.call': what, 'obb.platform': platform, 'obb.subject': subjectOf(call) }
    return traced('wait for host call', { kind: 'client', attributes }, () =>
      this.await(call, isAnswered, timeoutMs),
    )
  }

  private async await(call: HostCall, isAnswered: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const late = AbortSignal.timeout(Math.ceil(timeoutMs))
    const until = performance.now() + timeoutMs
    await this.places
      .with({ account: call.accountId }, late, () =>
        this.waitFor(call, isAnswered, Math.max(1, until - performance.now())),
      )
      .catch((error: unknown) => {
        if (late.aborted && error === late.reason) throw new Unanswered('no turn for the call in time')
        throw error
      })
  }

  private async waitFor(
    call: HostCall,
    isAnswered: () => Promise<boolean>,
    timeoutMs: number,
  ): Promise<void> {
    const end = new AbortController()
    try {
      await Promise.race([this.queue.call(call, timeoutMs), waitUntilAnswered(isAnswered, end.signal)])
    } catch (error) {
      if (!(error instanceof QueueError)) throw error
      const { kind, message: internal } = error
      if (kind !== 'UNAVAILABLE') throw new Unanswered(internal)
      throw new Refusal('service_unavailable', { retryInSeconds: RETRY_S, internal })
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
