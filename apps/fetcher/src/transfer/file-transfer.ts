import type { ObjectStore, StoredPart, Upload } from '@obb/core/storage'
import { annotate, traced } from '@obb/core/tracing'
import type { HostAdapter, HostHttp, Source } from '@obb/host-adapters'
import { FileHashes } from '../hashing/file-hashes.js'
import type { HashStatePlace } from '../hashing/hash-checkpoints.js'
import type { HashName } from '../hashing/hash-threads.js'
import { type FileDigests, type HostHash, checkDigests, namesOf, verify } from './digest.js'
import { RangesRefused } from './download-answer.js'
import { fetchInOneStream } from './one-stream.js'
import type { Limiter } from '../bandwidth/bandwidth.js'
import type { HostPatience } from './patience.js'
import { fetchRanges, wholeParts } from './ranges.js'
import type { TransferTask } from './transfer-task.js'
import { type UnsizedBound, fetchUnsized } from './unsized-stream.js'

/** UploadPlace is where the parts of a file go, and stay when the transfer ends early. */
export interface UploadPlace {
  /** Undefined if the object was completed already. `fresh`: nothing proves the version. */
  open(
    size: number,
    version: { validator: string | undefined } | 'fresh',
  ): Promise<{ upload: Upload; stored: StoredPart[] } | undefined>
  /** A new upload in place of the current one. */
  fresh(size: number): Promise<Upload>
  current(size: number): Upload
  /** The object of the current upload is not what the host said. */
  drop(size: number): Promise<void>
}

export interface FileTransfer {
  adapter: HostAdapter
  http: HostHttp
  source: Source
  store: ObjectStore
  place: UploadPlace
  /** Bytes of the whole file. */
  size: number
  /** The host's own. */
  hash?: HostHash | undefined
  /** To be computed besides SHA-256 and the host's own; DEFAULT_DIGESTS unless given. */
  names?: ReadonlySet<HashName>
  /** Has hashes computed that whoever goes on need not compute again, and keeps their state. */
  states?: HashStatePlace | undefined
  /** Most to the host. */
  connections: number
  signal: AbortSignal
  now: () => number
  /** How many bytes were there before, what has come since, and how long the host was waited for. */
  progress: { start(bytes: number): void; add(count: number): void; waitedForHost?(ms: number): void }
  /** True: a part came that stays. False: what came before counts no more. */
  onGain: (gained: boolean) => void
  /** See TransferTask. */
  onAnswer?: TransferTask['onAnswer']
  /** See TransferTask. */
  onGap?: TransferTask['onGap']
  /** Its reason ends the transfer once what is under way is stored; `signal` ends it at once. */
  drain?: AbortSignal | undefined
  bandwidth?: Limiter | undefined
  /** See TransferTask. */
  limit?: TransferTask['limit']
  patience?: HostPatience
  /** See TransferTask. */
  retries?: TransferTask['retries']
}

/**
 * From its source into a whole object that is what the host said. Raises HostError (CORRUPT with nothing left in
 * the store), SizeDiffers, StoreError, or the signal's reason; parts that came stay with their upload.
 */
export async function transferFile(transfer: FileTransfer): Promise<FileDigests> {
  const { place, size, source } = transfer
  const ranged = source.resumable !== false
  const validator = source.kind === 'url' ? (source.validator ?? source.weakValidator) : undefined
  const begun = await place.open(size, ranged ? { validator } : 'fresh')
  if (!begun) return readAndVerify(transfer)
  try {
    if (!ranged) throw new RangesRefused('the source has no ranges', false)
    return await inRanges(transfer, begun)
  } catch (error) {
    if (!(error instanceof RangesRefused)) throw error
    // The stream may be of another version than what the validator proves: it gets an upload of its own.
    const upload = ranged && validator !== undefined ? await place.fresh(size) : begun.upload
    return inOneStream(transfer, upload)
  }
}

/**
 * The same of a file whose host does not tell how many bytes it has: they come in one answer, whose end is the file's.
 * Raises SizeDiffers where the host does tell after all, and SIZE_UNKNOWN beyond the bound.
 */
export async function transferUnsized(
  transfer: Omit<FileTransfer, 'size'>,
  bound: UnsizedBound,
): Promise<FileDigests & { size: number }> {
  const { onGain, place, progress, store } = transfer
  const upload = await place.fresh(bound.most)
  progress.start(0)
  onGain(false)
  const { parts, size } = await traced('transfer', {}, () =>
    fetchUnsized(taskOf(transfer, upload, undefined), bound),
  )
  await traced('complete upload', {}, () => store.completeUpload({ ...upload, size }, parts))
  return { size, ...(await readAndVerify({ ...transfer, size })) }
}

function inRanges(
  transfer: FileTransfer,
  { upload, stored }: { upload: Upload; stored: StoredPart[] },
): Promise<FileDigests> {
  const { connections, onGain, progress, source } = transfer
  const whole = wholeParts(upload, stored)
  return awaitHashes(transfer, { upload, stored: whole, states: transfer.states }, (hashes) => {
    const usable = hashes?.usable(whole) ?? whole
    progress.start(usable.reduce((sum, part) => sum + part.size, 0))
    return fetchRanges({
      ...taskOf(transfer, upload, hashes),
      stored: usable,
      drain: transfer.drain,
      connections: Math.min(connections, source.maxChunks ?? connections),
      onPart: () => onGain(true),
    })
  })
}

function inOneStream(transfer: FileTransfer, upload: Upload): Promise<FileDigests> {
  transfer.progress.start(0)
  transfer.onGain(false)
  return awaitHashes(transfer, { upload, stored: [] }, (hashes) =>
    fetchInOneStream(taskOf(transfer, upload, hashes)),
  )
}

/** The parts are hashed while they come, and become an object only if they are what the host said. */
async function awaitHashes(
  transfer: FileTransfer,
  {
    upload,
    stored,
    states,
  }: { upload: Upload; stored: readonly StoredPart[]; states?: HashStatePlace | undefined },
  fetch: (hashes: FileHashes | undefined) => Promise<StoredPart[]>,
): Promise<FileDigests> {
  const { hash, source, store } = transfer
  const verifier = source.verifier?.()
  const names = namesOf(transfer)
  const hashes = await FileHashes.open({ store, upload, names, verifier, states }, stored)
  try {
    const attributes = { 'obb.parts_stored': stored.length, 'obb.size': transfer.size }
    const parts = await traced('transfer', { attributes }, async () => {
      const all = await fetch(hashes)
      annotate({ 'obb.parts': all.length, 'obb.part_size': upload.partSize })
      return all
    })
    const values = await hashes?.result()
    const digests = values && checkDigests(values, { size: transfer.size, hash, verifier })
    await traced('complete upload', {}, () => store.completeUpload(upload, parts))
    return digests ?? (await readAndVerify(transfer))
  } finally {
    await hashes?.close()
  }
}

/** By reading the object. */
async function readAndVerify({
  hash,
  names,
  place,
  signal,
  size,
  source,
  store,
}: FileTransfer): Promise<FileDigests> {
  const { key } = place.current(size)
  const verifier = source.verifier?.()
  try {
    return await verify(store, key, { size, hash, verifier, ...(names && { names }) }, signal)
  } catch (error) {
    if ((error as { kind?: unknown }).kind === 'CORRUPT') await place.drop(size)
    throw error
  }
}

function taskOf(transfer: Omit<FileTransfer, 'size'>, upload: Upload, hashes: FileHashes | undefined) {
  const {
    adapter,
    bandwidth,
    http,
    limit,
    now,
    onAnswer,
    onGap,
    patience,
    progress,
    retries,
    signal,
    source,
    store,
  } = transfer
  return {
    ...{ adapter, http, source, store, upload, signal, now, hashes, bandwidth, limit, onGap },
    ...(patience && { patience }),
    ...(retries && { retries }),
    ...(onAnswer && { onAnswer }),
    onBytes: (count: number) => progress.add(count),
    onHostWait: (ms: number) => progress.waitedForHost?.(ms),
  }
}
