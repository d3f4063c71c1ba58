import { setTimeout as sleep } from 'node:timers/promises'
import { Inject, Injectable, Optional } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { faultFields } from '@obb/core/readiness'
import { FetchClaims } from './fetch-claims.js'
import { GAVE_WAY } from './fetch-end.js'
import type { FetchRun } from './fetch-run.js'

/** How often a fetch that crawls looks whether another one waits for its slot, ms. */
const LOOK_MS = 3_000

/**
 * Has fetches that crawl give their slots to those that wait: of all workers' fetches the slowest, and one after the
 * other, while a file waits for nothing but a slot.
 */
@Injectable()
export class WayGiving {
  constructor(
    private readonly claims: FetchClaims,
    @Inject(LOG) private readonly log: Log,
    @Optional() private readonly lookMs = LOOK_MS,
  ) {}

  /** Until `stop`; ends the fetch with GAVE_WAY. */
  watch(fetch: FetchRun): { stop(): Promise<void> } {
    const stop = new AbortController()
    const watching = this.look(fetch, AbortSignal.any([stop.signal, fetch.signal]))
    return {
      stop: () => {
        stop.abort()
        return watching
      },
    }
  }

  private async look(fetch: FetchRun, stop: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.lookMs, undefined, { signal: stop }).catch(() => undefined)
      if (stop.aborted) return
      if (!fetch.progress.isCrawling) continue
      try {
        if (await this.claims.mustGiveWay(fetch.file.id)) return fetch.abort.abort(GAVE_WAY)
      } catch (error) {
        this.log.warn({ fileId: fetch.file.id, ...faultFields(error) }, 'giving way')
      }
    }
  }
}
