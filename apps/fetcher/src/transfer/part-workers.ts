import { setTimeout as sleep } from 'node:timers/promises'
import { type Retries, STORE_RETRIES, type StoredPart, pauseBefore } from '@obb/core/storage'
import { HostError } from '@obb/host-adapters'
import { RangesRefused } from './download-answer.js'
import { PartTransfer, STOLEN } from './part-transfer.js'
import { PartNotKept, type TransferTask } from './transfer-task.js'

/** Tries of a part that bring less than this, one after the other, are as good as none. */
const TRIES = 4
const LEAST_GAIN = 64 * 1024
const FIRST_PAUSE_MS = 250
/** How often a connection without work looks whether it could do another's better, ms. */
const LOOK_MS = 250
/** A part that is done in this time, or has come over its connection for less, is left to it, s. */
const SOON_S = 2
/** How much sooner another connection has to be done with it to take it over. */
const WORTH = 2

/**
 * The connections of one transfer. Each takes the next missing part when it is done with one; what has come is
 * made lasting beside that. When none is missing any more, the fast ones relieve the slow ones, so that the slowest
 * connection does not decide when the file is there. A connection that the host refuses while it serves others is
 * one too many: the others do its work.
 */
export class PartWorkers {
  readonly stored = new Map<number, StoredPart>()
  /** Rejects when a part that has all its bytes does not become lasting: no connection has anything to do with that. */
  readonly failed: Promise<never>
  private fail!: (error: unknown) => void
  private readonly active = new Set<PartTransfer>()
  private readonly finishing = new Set<Promise<void>>()
  private readonly changes = new Set<() => void>()
  /** How often the store had to give up a part, by number. */
  private readonly refusals = new Map<number, number>()
  private working: number
  private stopped = false

  constructor(
    private readonly task: TransferTask,
    private readonly missing: number[],
    private readonly connections: number,
    private readonly onPart: () => void,
  ) {
    this.working = Math.min(connections, missing.length)
    this.failed = new Promise<never>((_resolve, reject) => (this.fail = reject))
    this.failed.catch(() => undefined) // whoever runs the workers listens
  }

  /** One promise per connection. They raise what ended them, with their part dropped. */
  start(): Promise<void>[] {
    return Array.from({ length: this.working }, () => this.connection())
  }

  /** No part is begun any more; those under way may still change hands. */
  stop(): void {
    this.stopped = true
    this.missing.length = 0
    this.wakeWaiting()
  }

  private async connection(): Promise<void> {
    let perSecond = 0
    try {
      for (let part = await this.next(perSecond); part; part = await this.next(perSecond)) {
        const outcome = await this.download(part)
        if (outcome === 'one too many') break
        if (outcome === 'downloaded') perSecond = part.perSecond
      }
      await Promise.all(this.finishing)
    } finally {
      this.working--
      this.wakeWaiting()
    }
  }

  /** A part that is missing, or one that goes on faster over this connection. */
  private async next(perSecond: number): Promise<PartTransfer | undefined> {
    for (;;) {
      const number = this.storeHesitates ? undefined : this.missing.shift()
      if (number !== undefined) {
        const part = new PartTransfer(this.task, number)
        this.active.add(part)
        return part
      }
      if (this.active.size === 0) return undefined
      const slow = this.slowest(perSecond)
      if (slow && (await slow.steal())) return slow
      await this.waitForChange()
    }
  }

  /** Bytes of the host that the store may not take are not asked for. */
  private get storeHesitates(): boolean {
    return [...this.active].some((part) => part.isRefused)
  }

  private slowest(perSecond: number): PartTransfer | undefined {
    const seconds = (part: PartTransfer): number => part.left / Math.max(1, part.perSecond)
    let slow: PartTransfer | undefined
    for (const part of this.active) {
      if (part.fedFor > SOON_S && (!slow || seconds(part) > seconds(slow))) slow = part
    }
    if (!slow || seconds(slow) < SOON_S) return undefined
    return slow.left / perSecond < seconds(slow) / WORTH ? slow : undefined
  }

  private async download(part: PartTransfer): Promise<'downloaded' | 'stolen' | 'one too many'> {
    const { signal } = this.task
    for (let failures = 0; ;) {
      const before = part.at
      try {
        await part.feed(signal)
        break
      } catch (error) {
        if (error === STOLEN && part.left > 0) return 'stolen'
        if (error === STOLEN) break
        const gained = part.at - before
        failures = gained >= LEAST_GAIN ? 1 : failures + 1
        if (this.mayRefetch(part, error)) {
          await this.storePause(part)
          continue
        }
        const hopeless = signal.aborted || !isWorthAnotherTry(error)
        if (hopeless || failures >= TRIES) {
          this.active.delete(part)
          part.drop()
          if (hopeless || gained > 0 || !this.canDoWithout(error)) throw error
          if (!this.stopped) this.missing.unshift(part.number)
          return 'one too many'
        }
        await this.pause(part, FIRST_PAUSE_MS * 2 ** (failures - 1) * (0.5 + Math.random()))
      }
    }
    await this.finish(part)
    return 'downloaded'
  }

  /** A part that the store did not take, and that is kept nowhere, is fetched again, a few times. */
  private mayRefetch({ number }: PartTransfer, error: unknown): boolean {
    if (this.task.signal.aborted || this.stopped || !(error instanceof PartNotKept)) return false
    const refusals = (this.refusals.get(number) ?? 0) + 1
    this.refusals.set(number, refusals)
    return refusals < TRIES
  }

  /** With the part dropped. */
  private storePause(part: PartTransfer): Promise<void> {
    const { retries = STORE_RETRIES } = this.task
    part.drop()
    return this.pause(part, pauseBefore((this.refusals.get(part.number) ?? 0) + 1, retries), retries.rest)
  }

  private async pause(part: PartTransfer, ms: number, rest: Retries['rest'] = restFor): Promise<void> {
    try {
      await rest(ms, this.task.signal)
      this.task.signal.throwIfAborted()
    } catch {
      this.active.delete(part)
      part.drop()
      throw this.task.signal.reason
    }
  }

  /** The connection need not wait until the part is durable, unless too many are about to be. */
  private async finish(part: PartTransfer): Promise<void> {
    const kept = part
      .finish()
      .then((stored) => {
        this.stored.set(part.number, stored)
        this.onPart()
      })
      .catch(async (error: unknown) => {
        if (!this.mayRefetch(part, error)) {
          this.fail(error)
          part.drop()
          throw error
        }
        await this.storePause(part)
        if (!this.stopped) this.missing.unshift(part.number)
      })
      .finally(() => {
        this.active.delete(part)
        this.finishing.delete(kept)
        this.wakeWaiting()
      })
    this.finishing.add(kept)
    kept.catch(() => undefined) // each connection waits for all of them
    if (this.finishing.size >= this.connections) await Promise.race(this.finishing)
  }

  private canDoWithout(error: unknown): boolean {
    if (!(error instanceof HostError) || error.kind !== 'HOST_TEMP') return false
    return this.working > 1 && [...this.active].some((part) => part.fedFor > 0 && part.perSecond > 0)
  }

  private wakeWaiting(): void {
    for (const wake of [...this.changes]) wake()
  }

  private waitForChange(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.changes.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, LOOK_MS)
      this.changes.add(wake)
    })
  }
}

function restFor(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, signal && { signal })
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
