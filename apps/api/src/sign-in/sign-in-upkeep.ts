import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { Mails } from '@obb/core/mail'
import { faultFields } from '@obb/core/readiness'
import { DeviceGrants, Invitations, OidcAttempts, PasskeyChallenges, Sessions } from '@obb/core/sign-in'

const EVERY_MS = 3_600_000

/**
 * Removes sessions, invitations, mails, and what people began and did not end, once their time is over, every hour; they
 * are good for nothing before that.
 */
@Injectable()
export class SignInUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()

  constructor(
    private readonly sessions: Sessions,
    private readonly invitations: Invitations,
    private readonly challenges: PasskeyChallenges,
    private readonly mails: Mails,
    private readonly attempts: OidcAttempts,
    private readonly grants: DeviceGrants,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.forgetOld()
    }, EVERY_MS).unref()
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer)
    await this.running
  }

  private async forgetOld(): Promise<void> {
    try {
      await this.sessions.forgetOld()
      await this.invitations.forgetOld()
      await this.challenges.forgetOld()
      await this.mails.forgetOld()
      await this.attempts.forgetOld()
      await this.grants.forgetOld()
    } catch (error) {
      this.log.warn(faultFields(error), 'sign-in: upkeep')
    }
  }
}
