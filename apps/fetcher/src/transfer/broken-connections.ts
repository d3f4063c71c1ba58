import { setTimeout as sleep } from 'node:timers/promises'
import type { TransferTask } from './transfer-task.js'

/** Connections that may bring nothing, one after the other. */
const MOST_EMPTY = 4
/** So many, one after the other, have to bring so much together, bytes: some hosts close each after a little. */
const COUNTED = 64
const LEAST_GAIN = 64 * 1024
const FIRST_PAUSE_MS = 250

/** Connections that broke off, one after the other, over the same bytes: whether and when another one is worth it. */
export class BrokenConnections {
  private empty = 0
  private counted = 0
  private gained = 0
  private gave = true

  /** `gained`: bytes that came over it and stay; negative where some do not that were there. */
  record(gained: number): void {
    this.empty = gained > 0 ? 0 : this.empty + 1
    this.gained += gained
    if (++this.counted < COUNTED) return
    this.gave = this.gained >= LEAST_GAIN
    this.counted = this.gained = 0
  }

  get areTooMany(): boolean {
    return this.empty >= MOST_EMPTY || !this.gave
  }

  /** Before the next one, ms. */
  get pauseMs(): number {
    return FIRST_PAUSE_MS * 2 ** Math.max(0, this.empty - 1) * (0.5 + Math.random())
  }

  /** Raises the signal's reason. */
  async pause({ retries, signal }: Pick<TransferTask, 'retries' | 'signal'>): Promise<void> {
    await (retries?.rest ?? restFor)(this.pauseMs, signal).catch(() => undefined)
    signal.throwIfAborted()
  }
}

export function restFor(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, signal && { signal })
}
