import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { LOG, type Log } from '@obb/core/log'
import { FindingLooks } from '@obb/core/notifications'
import { Loop, logFault } from '../loop.js'
import { MailSettings } from '../mail/mail-settings.js'
import { FindingFacts } from './finding-facts.js'

/** Between two times that this process asks whether a look is due, ms. */
const ASK_MS = 15_000

/** Looks for what needs operators, while one of them wants to be told, and writes down whom to tell. */
@Injectable()
export class FindingWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new Loop(() => this.lookOnce(), ASK_MS)

  constructor(
    private readonly looks: FindingLooks,
    private readonly facts: FindingFacts,
    private readonly mail: MailSettings,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start()
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop()
  }

  /** One look, where one is due. */
  look(): Promise<void> {
    return this.loop.run()
  }

  private async lookOnce(): Promise<void> {
    try {
      if (!(await this.looks.isDue())) return
      const at = this.clock.now()
      await this.looks.record(await this.facts.findings(), { at, channels: this.mail.channels })
    } catch (error) {
      logFault(this.log, error, 'findings: not looked for to the end')
    }
  }
}
