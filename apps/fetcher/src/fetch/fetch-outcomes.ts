import { setTimeout as sleep } from 'node:timers/promises'
import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { isDatabaseAway } from '@obb/core/database'
import { within } from '@obb/core/deadline'
import { type Claim, Fetches } from '@obb/core/fetches'
import { LOG, type Log } from '@obb/core/log'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import type { RequestContext } from '@obb/core/tracing'
import { StoreWatch } from '../store/store-watch.js'
import type { FetchRun } from './fetch-run.js'
import { type Verdict, isForeseen, judge } from './verdict.js'

/** A verdict that the database does not take is told again; after that the lease runs out, ms. */
const TELL_TRIES = 4
const TELL_PAUSE_MS = 500
/** Links that a line of the log names, and how long it waits for them, ms. */
const MOST_LINKS = 20
const LINKS_MS = 1_000

/** Writes what becomes of files after their attempts. */
@Injectable()
export class FetchOutcomes {
  constructor(
    private readonly fetches: Fetches,
    private readonly watch: StoreWatch,
    private readonly clock: Clock,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The verdict on a fetch that ended in `error`. */
  judge(fetch: FetchRun, error: unknown): Verdict {
    if (!isForeseen(error)) this.log.error({ fileId: fetch.file.id, err: error }, 'fetch failed unexpectedly')
    return judge(error, fetch, this.clock.now())
  }

  /**
   * `seconds`: how long it took. Leaves the row in a state from which somebody can go on, and no parts that nobody
   * will use.
   */
  async write(fetch: FetchRun, verdict: Verdict, seconds: number): Promise<void> {
    const { account, claim, file, progress } = fetch
    const { end, ...details } = verdict
    const told = {
      ...{ fileId: file.id, platform: file.platform, size: file.size, bytes: progress.fetched },
      ...{ seconds: Number(seconds.toFixed(1)), account },
      links: (await this.linksOf(file.id)).map(({ link }) => link),
    }
    this.log.info({ ...told, end, ...details }, 'fetch')
    if (verdict.end === 'done' || verdict.end === 'lost') return
    const held = await this.tell(claim, verdict)
    const { objectKey, uploadId } = file
    const forget = verdict.end === 'fail' || verdict.restart
    // Who lost the file has lost its upload too: another worker is at it.
    if (held && forget && objectKey !== null && uploadId !== null && this.watch.holdings.owns(objectKey)) {
      await this.store.abortUpload({ key: objectKey, uploadId })
    }
  }

  /**
   * Links that wait for the file, the oldest first, by the beginnings of their ids: a whole one would let whoever reads
   * the log download the file. None where the database does not tell at once.
   */
  async linksOf(fileId: string): Promise<(RequestContext & { link: string })[]> {
    const links = within(LINKS_MS, this.fetches.linksOf(fileId, MOST_LINKS), 'links')
    return (await links.catch(() => [])).map(({ id, ...madeBy }) => ({ link: id.slice(0, 8), ...madeBy }))
  }

  /** False if the file is somebody else's by now. */
  private async tell(claim: Claim, verdict: Extract<Verdict, { end: 'wait' | 'fail' }>): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        return verdict.end === 'wait'
          ? await this.fetches.wait(claim, verdict.until, verdict)
          : await this.fetches.fail(claim, verdict.refusal)
      } catch (error) {
        if (attempt >= TELL_TRIES || !isDatabaseAway(error)) throw error
        await sleep(TELL_PAUSE_MS)
      }
    }
  }
}
