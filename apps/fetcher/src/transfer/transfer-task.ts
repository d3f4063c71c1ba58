import { type ObjectStore, type Retries, StoreError, type Upload } from '@obb/core/storage'
import { type HostAdapter, HostError, type HostHttp, type OnGap, type Source } from '@obb/host-adapters'
import type { FileHashes } from '../hashing/file-hashes.js'
import type { Limiter } from '../bandwidth/bandwidth.js'
import type { HostConnectionLimit } from './host-connection-limit.js'
import type { HostPatience } from './patience.js'

/** One source, one upload. */
export interface TransferTask {
  adapter: HostAdapter
  http: HostHttp
  source: Source
  store: ObjectStore
  upload: Upload
  signal: AbortSignal
  now: () => number
  /** Bytes that arrived; negative when they have to be taken back. */
  onBytes: (count: number) => void
  /** How long a connection has waited for the host, ms. */
  onHostWait?: ((ms: number) => void) | undefined
  /** Awaited before the first byte of an answer that brings the file's own bytes; what it raises ends it. */
  onAnswer?: (headers: Readonly<Record<string, string>>) => Promise<void>
  /** See StreamSource; without it a host that has lost bytes does not have the file. */
  onGap?: OnGap | undefined
  /** Follow the bytes. */
  hashes?: FileHashes | undefined
  /** The bandwidth that it shares with other fetches. */
  bandwidth?: Limiter | undefined
  /** What is known of how many connections the host serves, and learnt; of this transfer alone unless given. */
  limit?: HostConnectionLimit | undefined
  /** PATIENCE unless given. */
  patience?: HostPatience
  /** How what the store refuses in passing is tried again; STORE_RETRIES unless given. */
  retries?: Retries
}

/** The store could not take a part, and its bytes are kept nowhere: whoever brought them would have to bring them again. */
export class PartNotKept extends Error {
  /** `cause`: what the store said. */
  constructor(override readonly cause: Error) {
    super('a part that the store did not take is not kept')
  }
}

/** asHostError gives what stays of a failure once nobody tries again. */
export function asHostError(error: unknown): unknown {
  return error instanceof PartNotKept ? error.cause : hostsFault(error)
}

/** The store calls a body of the wrong length PART_SIZE; here it is the host that sent too little or too much. */
function hostsFault(error: unknown): unknown {
  return error instanceof StoreError && error.kind === 'PART_SIZE'
    ? new HostError('TRUNCATED', 'the body had the wrong length', { cause: error })
    : error
}
