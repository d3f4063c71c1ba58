import { isDatabaseAway } from '@obb/core/database'
import type { Log } from '@obb/core/log'
import { detached } from '@obb/core/tracing'

/** Work that is done again and again, one after the other, for no request. */
export class Loop {
  private timer: NodeJS.Timeout | undefined
  private isWoken = false
  private running: Promise<void> | undefined
  private isStopping = false

  /** `work` raises nothing. `everyMs`: between the end of one and the beginning of the next. */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.plan(this.everyMs)
  }

  /** There is something to do: once more `inMs` from now, or from an earlier call that is still to come. */
  wake(inMs: number): void {
    if (this.isWoken) return
    this.isWoken = true
    this.plan(inMs)
  }

  get stops(): boolean {
    return this.isStopping
  }

  /** Once, now: after what runs already. */
  async run(): Promise<void> {
    while (this.running) await this.running
    if (this.isStopping) return
    this.running = this.work().finally(() => (this.running = undefined))
    await this.running
  }

  /** Resolves once nothing runs any more. */
  async stop(): Promise<void> {
    this.isStopping = true
    clearTimeout(this.timer)
    await this.running
  }

  private plan(inMs: number): void {
    if (this.isStopping) return
    clearTimeout(this.timer)
    // For nobody: the request that wakes it is not what all later ones are for.
    this.timer = detached(() => setTimeout(() => void this.runAgain(), inMs).unref())
  }

  private async runAgain(): Promise<void> {
    this.timer = undefined
    this.isWoken = false
    await this.run()
    // Whoever woke it meanwhile is not to wait for a whole round.
    if (this.timer === undefined) this.plan(this.everyMs)
  }
}

/** Logs that a round of a loop ended early: quietly where the database is away, which is told elsewhere. */
export function logFault(log: Log, error: unknown, message: string): void {
  const level = isDatabaseAway(error) ? 'debug' : 'error'
  log[level]({ reason: (error as Error).message }, message)
}
