import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { type Claim, Fetches } from '@obb/core/fetches'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import type { OnGap } from '@obb/host-adapters'
import { type FileTransfer, transferFile, transferUnsized } from '../transfer/file-transfer.js'
import { LOST } from './fetch-end.js'
import type { FetchRun } from './fetch-run.js'

/** OpenedFile is what a transfer is told by whoever opened the file. */
export type OpenedFile = Pick<
  FileTransfer,
  'adapter' | 'http' | 'source' | 'connections' | 'limit' | 'bandwidth' | 'signal'
> & {
  /** Bytes of the whole file; undefined where the host does not tell. */
  size: number | undefined
}

/** Brings the bytes of an opened file into a whole, verified object, and the file's row to `done`. */
@Injectable()
export class StoredTransfer {
  constructor(
    private readonly fetches: Fetches,
    private readonly clock: Clock,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(CONFIG)
    private readonly config: Pick<FetcherConfig, 'FETCH_HASHES' | 'FETCH_DIGESTS' | 'HTTP_UNKNOWN_SIZE_MAX'>,
  ) {}

  /** Raises what `transferFile` and `transferUnsized` raise, or LOST. */
  async run(fetch: FetchRun, { size, ...opened }: OpenedFile): Promise<void> {
    const { claim, drain, file, naming, progress, upload } = fetch
    const { hostHash, hostHashAlgorithm } = file
    const known = hostHash !== null && hostHashAlgorithm !== null
    const transfer = {
      ...{ ...opened, drain, progress, store: this.store, place: upload },
      names: new Set(this.config.FETCH_DIGESTS),
      states: this.config.FETCH_HASHES === 'resumable' ? upload : undefined,
      hash: known ? { algorithm: hostHashAlgorithm, value: hostHash } : undefined,
      now: () => this.clock.now(),
      onAnswer: naming.onAnswer,
      onGain: (gained: boolean) => (fetch.gained = gained),
    }
    const most = this.config.HTTP_UNKNOWN_SIZE_MAX
    const result =
      size === undefined
        ? await transferUnsized(transfer, { most, charged: file.size ?? 0, charge: (so) => upload.grow(so) })
        : { size, ...(await transferFile({ ...transfer, size, onGap: this.gapsOf(claim, size) })) }
    if (!(await this.fetches.finish(claim, result))) throw LOST
  }

  private gapsOf(claim: Claim, size: number): OnGap {
    return async (gap) => {
      if (!(await this.fetches.recordGap(claim, gap, size))) throw LOST
    }
  }
}
