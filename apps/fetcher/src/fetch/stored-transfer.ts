import { createReadStream } from 'node:fs'
import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { type Claim, Fetches } from '@obb/core/fetches'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import { traced } from '@obb/core/tracing'
import type { OnGap, StreamSource } from '@obb/host-adapters'
import { FileRepair } from '../repair/file-repair.js'
import type { FileDigests } from '../transfer/digest.js'
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

/** Brings the bytes of an opened file into a whole, verified object, mended if need be, and the file's row to `done`. */
@Injectable()
export class StoredTransfer {
  constructor(
    private readonly fetches: Fetches,
    private readonly repair: FileRepair,
    private readonly clock: Clock,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(CONFIG)
    private readonly config: Pick<FetcherConfig, 'FETCH_HASHES' | 'FETCH_DIGESTS' | 'HTTP_UNKNOWN_SIZE_MAX'>,
  ) {}

  /** Raises what `transferFile` and `transferUnsized` raise, or LOST. */
  async run(fetch: FetchRun, { size, ...opened }: OpenedFile): Promise<void> {
    const { claim, file, upload } = fetch
    const transfer = this.transferOf(fetch, opened)
    const most = this.config.HTTP_UNKNOWN_SIZE_MAX
    const result =
      size === undefined
        ? await transferUnsized(transfer, { most, charged: file.size ?? 0, charge: (so) => upload.grow(so) })
        : { size, ...(await this.storeWhole(fetch, { ...transfer, size })) }
    const isHeld = await traced('record stored file', {}, () => this.fetches.finish(claim, result))
    if (!isHeld) throw LOST
  }

  private transferOf(fetch: FetchRun, opened: Omit<OpenedFile, 'size'>): Omit<FileTransfer, 'size'> {
    const { drain, file, naming, progress, upload } = fetch
    const { hostHash, hostHashAlgorithm } = file
    const known = hostHash !== null && hostHashAlgorithm !== null
    return {
      ...{ ...opened, drain, progress, store: this.store, place: upload },
      names: new Set(this.config.FETCH_DIGESTS),
      states: this.config.FETCH_HASHES === 'resumable' ? upload : undefined,
      hash: known ? { algorithm: hostHashAlgorithm, value: hostHash } : undefined,
      now: () => this.clock.now(),
      onAnswer: naming.onAnswer,
      onGain: (gained: boolean) => (fetch.gained = gained),
    }
  }

  /** With its gaps filled where that can be done: what is stored first is replaced then. */
  private async storeWhole(fetch: FetchRun, transfer: FileTransfer): Promise<FileDigests> {
    const { claim, file, upload } = fetch
    const { bandwidth, signal, size, source } = transfer
    const digests = await transferFile({ ...transfer, onGap: this.gapsOf(claim, size) })
    if (source.kind !== 'stream') return digests
    const names = [file.name, source.name].filter((name) => name !== undefined && name !== null)
    const { key } = upload.current(size)
    const pay = async (bytes: number) => bandwidth?.pay(bytes, signal)
    const mended = await this.repair.run(
      { fileId: file.id, names, key, size, source },
      { pay, signal },
      async (path) => {
        await upload.drop(size)
        return transferFile({ ...transfer, bandwidth: undefined, source: localFile(path, size) })
      },
    )
    return mended ?? digests
  }

  private gapsOf(claim: Claim, size: number): OnGap {
    return async (gap) => {
      if (!(await this.fetches.recordGap(claim, gap, size))) throw LOST
    }
  }
}

/** Begins anew whatever is stored. */
function localFile(path: string, size: number): StreamSource {
  return {
    kind: 'stream',
    size,
    resumable: false,
    open: ({ start, end }, signal) =>
      Promise.resolve(createReadStream(path, { start, end: Math.max(start, end - 1), signal })),
  }
}
