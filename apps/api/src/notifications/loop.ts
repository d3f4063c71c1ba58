import { detached } from '@obb/core/tracing'

/** Work that is done again and again, one after the other, for no request. */
export class Loop {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined
  private isStopping = false

  /** `work` raises nothing. `everyMs`: between the end of one and the beginning of the next. */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.timer = detached(() =>
      setTimeout(() => {
        void this.run().then(() => {
          if (!this.isStopping) this.start()
        })
      }, this.everyMs).unref(),
    )
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
}
