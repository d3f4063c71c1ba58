import { Inject, Injectable } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { LOG, type Log } from '@obb/core/log'
import { FindingLooks } from '@obb/core/notifications'
import { MailSettings } from '../mail/mail-settings.js'
import { Watch } from '../watch.js'
import { FindingFacts } from './finding-facts.js'

/** Between two times that this process asks whether a look is due, ms. */
const ASK_MS = 15_000

/** Looks for what needs operators, while one of them wants to be told, and writes down whom to tell. */
@Injectable()
export class FindingWatch extends Watch {
  constructor(
    private readonly looks: FindingLooks,
    private readonly facts: FindingFacts,
    private readonly mail: MailSettings,
    private readonly clock: Clock,
    @Inject(LOG) log: Log,
  ) {
    super(ASK_MS, log, 'findings: not looked for to the end')
  }

  protected override async lookOnce(): Promise<void> {
    if (!(await this.looks.isDue())) return
    const at = this.clock.now()
    await this.looks.record(await this.facts.findings(), { at, channels: this.mail.channels })
  }
}
