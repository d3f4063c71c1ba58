import { Inject, Injectable, Optional } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { type Claim, Fetches } from '@obb/core/fetches'
import { HashStates, type SourceFile } from '@obb/core/files'
import { fetchedBytes } from '@obb/core/metrics'
import type { ScheduledFetch } from '@obb/core/scheduling'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import { StoreWatch } from '../store/store-watch.js'
import { WORKER_ID } from '../worker.module.js'
import { FileNaming } from './file-naming.js'
import { FileUpload } from './file-upload.js'
import { Progress } from './progress.js'

/** So long is a fetch slower than the floor before it gives way, ms: twice as long for each time that it did. */
const CRAWL_MS = 30_000
/** At most 16 minutes, in which parts of it arrive, however slow it is and however many wait. */
const MOST_DOUBLINGS = 5

/** One fetch of a claimed file: whose it is, where its bytes go, how far it has come, and how it is ended. */
export class FetchRun {
  /** Parts came into the store that stay there. */
  gained = false
  /** Id of the operator account that it went through last. */
  account: string | undefined
  /** Ends it at once, with the reason. */
  readonly abort = new AbortController()

  constructor(
    readonly scheduled: ScheduledFetch,
    readonly claim: Claim,
    readonly naming: FileNaming,
    readonly upload: FileUpload,
    readonly progress: Progress,
    /** Ends it once the parts under way are stored; see FileTransfer. */
    readonly drain: AbortSignal,
  ) {}

  /** Kept in step with what is written to the row. */
  get file(): SourceFile {
    return this.scheduled.file
  }

  get signal(): AbortSignal {
    return this.abort.signal
  }
}

/** Begins fetches of this worker. */
@Injectable()
export class FetchRuns {
  constructor(
    private readonly fetches: Fetches,
    private readonly states: HashStates,
    private readonly watch: StoreWatch,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(WORKER_ID) private readonly worker: string,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'FETCHER_SPEED_FLOOR'>,
    @Optional() private readonly crawlMs = CRAWL_MS,
  ) {}

  begin(scheduled: ScheduledFetch, drain: AbortSignal): FetchRun {
    const { fetches, states, store, watch, worker } = this
    const { file } = scheduled
    const claim = { fileId: file.id, claim: file.claim, worker }
    const naming = new FileNaming(fetches, file, claim)
    const upload = new FileUpload(store, watch.holdings, fetches, file, claim, states)
    const windowMs = this.crawlMs * 2 ** Math.min(file.yields, MOST_DOUBLINGS)
    const arrived = fetchedBytes.labels({ platform: file.platform })
    const progress = new Progress({ least: this.config.FETCHER_SPEED_FLOOR, windowMs }, undefined, (bytes) =>
      arrived.inc(bytes),
    )
    return new FetchRun(scheduled, claim, naming, upload, progress, drain)
  }
}
