import { setMaxListeners } from 'node:events'
import { within } from '@obb/core/deadline'
import { type StoredPart, type Upload, partCount, partRange } from '@obb/core/storage'
import { HostError } from '@obb/host-adapters'
import { PartWorkers } from './part-workers.js'
import { type TransferTask, asHostError } from './transfer-task.js'

/*
 * Bytes from a host into the parts of an upload, by ranges.
 *
 * The store's list of parts says what is there already; only the others are asked for. Each missing part is
 * one ranged request, streamed straight into the store, several at a time. A connection that breaks costs nothing
 * that came: the next one goes on from the next byte, inside the same part, a few times; then the error goes up and
 * the job waits, with all whole parts kept. Nothing that came with the wrong status, range, total or length is ever
 * kept in a part, and If-Range keeps out the bytes of a version that replaced the one the upload was begun with.
 */

export interface RangesTask extends TransferTask {
  /** Parts that are stored already. */
  stored: readonly StoredPart[]
  /** Most connections to the host. */
  connections: number
  /** Its reason is raised once the parts under way are stored; no other is begun. */
  drain?: AbortSignal | undefined
  /** A part that was missing is stored now. */
  onPart: () => void
}

/** How long parts under way may go on after another one was refused, ms. */
const DRAIN_MS = 60_000

/** All parts, in order. Raises HostError, StoreError, RangesRefused, or the signal's reason. */
export async function fetchRanges(task: RangesTask): Promise<StoredPart[]> {
  const { connections, drain, hashes, onPart, upload } = task
  const parts = new Map(wholeParts(upload, task.stored).map((part) => [part.number, part]))
  for (const number of parts.keys()) hashes?.recordFilled(number, partRange(upload, number).end)
  const missing = Array.from({ length: partCount(upload) }, (_, index) => index + 1).filter(
    (number) => !parts.has(number),
  )
  const stop = new AbortController()
  const signal = AbortSignal.any([task.signal, stop.signal])
  setMaxListeners(0, signal)
  const partWorkers = new PartWorkers({ ...task, signal }, missing, connections, onPart, parts.size > 0)
  const rest = (): void => partWorkers.stop()
  drain?.addEventListener('abort', rest, { once: true })
  if (drain?.aborted) rest()
  const running = partWorkers.start()
  try {
    await Promise.race([Promise.all(running), partWorkers.failed])
  } catch (error) {
    partWorkers.stop()
    if (concernsOneRequest(error))
      await within(DRAIN_MS, Promise.allSettled(running), 'draining').catch(() => undefined)
    stop.abort(error)
    await Promise.allSettled(running)
    throw asHostError(error)
  } finally {
    drain?.removeEventListener('abort', rest)
  }
  for (const part of partWorkers.stored.values()) parts.set(part.number, part)
  if (parts.size < partCount(upload)) throw drain?.reason
  return [...parts.values()].sort((a, b) => a.number - b.number)
}

/** wholeParts are the parts of the size the plan gives them: whatever else a store lists is fetched again. */
export function wholeParts(upload: Upload, stored: readonly StoredPart[]): StoredPart[] {
  const count = partCount(upload)
  return stored.filter(
    ({ number, size }) => number >= 1 && number <= count && size === partRange(upload, number).size,
  )
}

/** An expired link or a limit on connections stops the next request, not those that are being served. */
function concernsOneRequest(error: unknown): boolean {
  if (!(error instanceof HostError)) return false
  return error.kind === 'LINK_EXPIRED' || error.kind === 'TRUNCATED' || error.scope === 'host'
}
