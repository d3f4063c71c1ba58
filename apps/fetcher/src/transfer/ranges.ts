import { setTimeout as sleep } from 'node:timers/promises'
import { type StoredPart, type Upload, partCount, partRange } from '@obb/core/storage'
import { HostError } from '@obb/host-adapters'
import { RangesRefused } from './download-answer.js'
import { hostBytes } from './host-bytes.js'
import { Intake, PATIENCE } from './intake.js'
import { type TransferTask, asHostError } from './transfer-task.js'

/*
 * Bytes from a host into the parts of an upload, by ranges.
 *
 * The store's list of parts says what is there already; only the others are asked for. Each missing part is
 * one ranged request, streamed straight into the store, several at a time. A connection that breaks costs its
 * part, which is tried again a few times here; then the error goes up and the job waits, with all other parts
 * kept. Nothing that came with the wrong status, range, total or length is ever written into a part, and
 * If-Range keeps out the bytes of a version that replaced the one the upload was begun with.
 */

export interface RangesTask extends TransferTask {
  /** Parts that are stored already. */
  stored: readonly StoredPart[]
  /** Most connections to the host. */
  connections: number
  /** A part that was missing is stored now. */
  onPart: () => void
}

const TRIES_PER_PART = 4
const FIRST_PAUSE_MS = 250
/** How long parts under way may go on after another one was refused, ms. */
const DRAIN_MS = 60_000

/** All parts, in order. Raises HostError, StoreError, RangesRefused, or the signal's reason. */
export async function fetchRanges(task: RangesTask): Promise<StoredPart[]> {
  const parts = new Map(wholeParts(task.upload, task.stored).map((part) => [part.number, part]))
  const missing = Array.from({ length: partCount(task.upload) }, (_, index) => index + 1).filter(
    (number) => !parts.has(number),
  )
  const stop = new AbortController()
  const signal = AbortSignal.any([task.signal, stop.signal])
  const connection = async () => {
    for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
      parts.set(number, await fetchPart({ ...task, signal }, number))
      task.onPart()
    }
  }
  const running = Array.from({ length: Math.min(task.connections, missing.length) }, connection)
  try {
    await Promise.all(running)
  } catch (error) {
    missing.length = 0
    if (concernsOneRequest(error)) await within(DRAIN_MS, Promise.allSettled(running))
    stop.abort(error)
    await Promise.allSettled(running)
    throw error
  }
  return [...parts.values()].sort((a, b) => a.number - b.number)
}

/** Those that have the size the plan gives them: whatever else a store lists is fetched again. */
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

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([work, late])
  timer.abort()
}

async function fetchPart(task: RangesTask, number: number): Promise<StoredPart> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchRange(task, number)
    } catch (error) {
      task.signal.throwIfAborted()
      if (attempt >= TRIES_PER_PART || !isWorthAnotherTry(error)) throw error
      const pause = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random())
      await sleep(pause, undefined, { signal: task.signal })
    }
  }
}

/** On a new connection at once: the host said nothing about the file, the account or itself. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof RangesRefused) return error.passing
  if (!(error instanceof HostError)) return false
  return (
    error.kind === 'TRUNCATED' ||
    (error.kind === 'HOST_TEMP' && error.retryable && error.retryAt === undefined)
  )
}

async function fetchRange(task: RangesTask, number: number): Promise<StoredPart> {
  const { upload, patience = PATIENCE } = task
  const body = await hostBytes(task, partRange(upload, number), task.signal)
  const intake = new Intake(body, task.onBytes, patience)
  try {
    return await task.store.putPart(upload, number, intake, task.signal)
  } catch (error) {
    task.onBytes(-intake.count)
    throw asHostError(error)
  } finally {
    intake.destroy()
  }
}
