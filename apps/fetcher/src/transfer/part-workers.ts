import { type Retries, STORE_RETRIES, type StoredPart, pauseBefore } from '@obb/core/storage'
import type { HostError } from '@obb/host-adapters'
import { BrokenConnections, restFor } from './broken-connections.js'
import { HostConnectionLimit } from './host-connection-limit.js'
import {
  dependsOnOthers,
  isCut,
  isWorthAnotherTry,
  mayConcernConnection,
  meaningOf,
} from './connection-refusal.js'
import { RangesRefused } from './download-answer.js'
import { PartTransfer, STOLEN } from './part-transfer.js'
import { PartNotKept, type TransferTask } from './transfer-task.js'

/** How often the store may refuse a part, and the host the only connection. */
const TRIES = 4
/** Before a connection that is refused alone is tried again, where others were served before, ms. */
const LONELY_MS = 1_000
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
 * one too many: the others do its work until one more is tried (HostConnectionLimit), whatever time the host names. What is
 * said of the file, the account or the host counts where no other connection is served.
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
  private readonly task: TransferTask
  private readonly limit: HostConnectionLimit
  /** Connections that have a part to bring. */
  private open = 0
  /** Bytes that came, from whichever connection; and when it was last refused although nobody else was served. */
  private came = 0
  private cameBeforeRefusal = 0
  private lonelyRefusals = 0
  private stopped = false
  private readonly tell: (count: number) => void

  constructor(
    task: TransferTask,
    private readonly missing: number[],
    private readonly connections: number,
    private readonly onPart: () => void,
    /** Parts of the file are stored already: its ranges were served. */
    private readonly hasStored = false,
  ) {
    this.task = { ...task, onBytes: (count) => this.recordBytes(count) }
    this.tell = task.onBytes
    this.limit = task.limit ?? new HostConnectionLimit()
    this.failed = new Promise<never>((_resolve, reject) => (this.fail = reject))
    this.failed.catch(() => undefined) // whoever runs the workers listens
  }

  /** One promise per connection. They raise what ended them, with their part dropped. */
  start(): Promise<void>[] {
    const length = Math.min(this.connections, this.missing.length)
    return Array.from({ length }, () => this.connection())
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
        try {
          if ((await this.download(part)) === 'downloaded') perSecond = part.perSecond
        } finally {
          this.open--
        }
      }
      await Promise.all(this.finishing)
    } finally {
      this.wakeWaiting()
    }
  }

  /** A part that is missing, or one that goes on faster over this connection; counted as open. */
  private async next(perSecond: number): Promise<PartTransfer | undefined> {
    for (;;) {
      if (this.missing.length === 0 && this.active.size === 0) return undefined
      if (this.limit.admit(this.open)) {
        this.open++
        const part = this.missingPart() ?? (await this.slowPart(perSecond))
        if (part) return part
        this.open--
      }
      if (this.active.size === 0 && this.missing.length === 0) return undefined
      await this.waitForChange()
    }
  }

  private missingPart(): PartTransfer | undefined {
    const number = this.storeHesitates ? undefined : this.missing.shift()
    if (number === undefined) return undefined
    const part = new PartTransfer(this.task, number)
    this.active.add(part)
    return part
  }

  private async slowPart(perSecond: number): Promise<PartTransfer | undefined> {
    const slow = this.slowest(perSecond)
    return slow && (await slow.steal()) ? slow : undefined
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
    for (const broken = new BrokenConnections(); ;) {
      const [before, cameBefore] = [part.at, this.came]
      try {
        await part.feed(signal)
        break
      } catch (error) {
        if (error === STOLEN && part.left > 0) return 'stolen'
        if (error === STOLEN) break
        const gained = part.at - before
        broken.record(gained)
        if (this.mayRefetch(part, error)) {
          await this.storePause(part)
          continue
        }
        if (signal.aborted || !isWorthAnotherTry(error) || broken.areTooMany) {
          this.active.delete(part)
          part.drop()
          if (signal.aborted || gained > 0) throw meaningOf(error)
          await this.judge(part, error, cameBefore)
          if (!this.stopped) this.missing.unshift(part.number)
          return 'one too many'
        }
        await this.pause(part, broken.pauseMs, this.task.retries?.rest)
      }
    }
    this.limit.recordService(this.served + 1)
    await this.finish(part)
    return 'downloaded'
  }

  /**
   * Resolves where an error is about one connection that is one too many, which is remembered; raises it where it is
   * not. `cameBefore`: what had come when its request was sent.
   */
  private async judge(part: PartTransfer, error: unknown, cameBefore: number): Promise<void> {
    if (!dependsOnOthers(error)) throw error
    // Those that were asked at the same time show whether the host serves any.
    while (this.came === cameBefore && this.isFeeding && !this.task.signal.aborted) await this.waitForChange()
    this.task.signal.throwIfAborted()
    const { retryAt } = meaningOf(error) as HostError
    if (this.came > cameBefore) {
      if (!mayConcernConnection(error)) throw meaningOf(error)
      return this.limit.recordRefusal(this.served, retryAt && retryAt - this.task.now())
    }
    // A host that served the file a moment ago may count a connection that is closed.
    this.lonelyRefusals = this.came > this.cameBeforeRefusal ? 1 : this.lonelyRefusals + 1
    this.cameBeforeRefusal = this.came
    if (this.came === 0 || this.lonelyRefusals >= TRIES || !mayConcernConnection(error)) {
      if (this.came > 0 || this.hasStored) throw meaningOf(error)
      // Some servers, and what stands before them, have no other answer to a range.
      throw isCut(error) ? new RangesRefused('connections are closed on ranges', false, error) : error
    }
    await this.pause(part, LONELY_MS * 2 ** (this.lonelyRefusals - 1), this.task.retries?.rest)
  }

  private get isFeeding(): boolean {
    return [...this.active].some((part) => part.fedFor > 0)
  }

  /** How many connections bring bytes. */
  private get served(): number {
    return [...this.active].filter((part) => part.fedFor > 0 && part.perSecond > 0).length
  }

  private recordBytes(count: number): void {
    this.tell(count)
    if (count <= 0) return
    this.came += count
    if (this.came === count) this.wakeWaiting()
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
