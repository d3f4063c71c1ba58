import { Inject, Injectable } from '@nestjs/common'
import { Fetches } from '@obb/core/fetches'
import { LOG, type Log } from '@obb/core/log'
import { AccountPool } from '@obb/core/pool'
import { Quarantine, isProven, isSuspect } from '@obb/core/quarantine'
import { LOST, SUSPECT } from './fetch-end.js'
import type { FetchRun } from './fetch-run.js'

/** How often it is looked whether a suspect has got on, ms: then others need not wait for its end. */
const LOOK_MS = 1_000

/**
 * Files over which workers died. A crash of any other reason takes files with it that are innocent: they are cleared by
 * what was stored since, and the others run one at a time, so that the next death tells which of them it was.
 */
@Injectable()
export class FetchSuspects {
  constructor(
    private readonly fetches: Fetches,
    private readonly quarantine: Quarantine,
    private readonly pool: AccountPool,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Runs `attempt`, or raises LOST for a file that is quarantined, and SUSPECT for one that has to wait for others. */
  async run(fetch: FetchRun, attempt: () => Promise<void>): Promise<void> {
    const { claim, file } = fetch
    if (!isSuspect(file.workerDeaths)) return attempt()
    const stored = await fetch.upload.storedBytes()
    if (stored > file.storedAtDeath) {
      if (!(await this.fetches.clear(claim, stored))) throw LOST
      return attempt()
    }
    const { workerDeaths: deaths, id: fileId, platform } = file
    this.log.warn({ fileId, platform, deaths, stored }, 'workers died over a file')
    if (isProven(deaths, file.triedAlone)) {
      await this.leave(fetch)
      await this.quarantine.file(fileId, { deaths, doing: 'it was fetched' })
      throw LOST
    }
    const place = this.quarantine.suspects.tryAcquire()
    if (!place) {
      await this.leave(fetch)
      throw SUSPECT
    }
    const look = setInterval(() => fetch.gained && place(), LOOK_MS)
    try {
      if (!(await this.fetches.isolate(claim))) throw LOST
      await attempt()
    } finally {
      clearInterval(look)
      place()
    }
  }

  /** Gives the account back that was leased for it. */
  private async leave({ scheduled: { lease } }: FetchRun): Promise<void> {
    if (lease) await this.pool.release(lease.id)
  }
}
