import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common'
import type { Clock } from '@obb/core/clock'
import { within } from '@obb/core/deadline'
import type { Streams } from '@obb/core/streams'
import { describe } from '../http/failures.js'
import { CLOCK, LOG, STREAMS, type Log } from '../ports.js'
import { RunningStreams } from './running-streams.js'

/** Between two looks at what is sent, ms. */
const LOOK_MS = 2_000
/** What did not change is told again after so long, so that the process is not taken for gone, ms. */
const RENEWED_MS = 5_000
/** On shutdown, ms. */
const LEAVE_MS = 500

/**
 * Tells the database what this process sends, in one statement each time; nothing while nothing streams. A database that
 * is away is told nothing, and nobody waits for it.
 */
@Injectable()
export class StreamReports implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly id = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`
  private timer: NodeJS.Timeout | undefined
  private telling: Promise<void> | undefined
  private last: { text: string; at: number } | undefined
  private hasFailed = false

  constructor(
    private readonly running: RunningStreams,
    @Inject(STREAMS) private readonly streams: Pick<Streams, 'report' | 'leave'>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tell(), LOOK_MS).unref()
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer)
    await this.telling
    if (this.last) await within(LEAVE_MS, this.streams.leave(this.id), 'leaving').catch(() => undefined)
  }

  /** One look; none while the last one is still being told. Raises nothing. */
  tell(): Promise<void> {
    this.telling ??= this.tellOnce()
      .then(
        () => (this.hasFailed = false),
        (error: unknown) => this.warn(error),
      )
      .then(() => (this.telling = undefined))
    return this.telling
  }

  private async tellOnce(): Promise<void> {
    const report = this.running.look()
    if (report === undefined) {
      if (this.last) await this.streams.leave(this.id)
      this.last = undefined
      return
    }
    const [text, at] = [JSON.stringify(report), this.clock.now()]
    if (text === this.last?.text && Math.abs(at - this.last.at) < RENEWED_MS) return
    await this.streams.report(this.id, report)
    this.last = { text, at }
  }

  private warn(error: unknown): void {
    if (!this.hasFailed) this.log.warn({ reason: describe(error) }, 'what is streamed is not told')
    this.hasFailed = true
  }
}
