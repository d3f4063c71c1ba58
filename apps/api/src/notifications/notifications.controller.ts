import { Body, Get, Patch, Post, Req } from '@nestjs/common'
import {
  type NotificationTest,
  type NotificationTested,
  type NotificationsChange,
  type NotificationsChanged,
  type NotificationsView,
  notificationTestSchema,
  notificationTestedSchema,
  notificationsChangeSchema,
  notificationsChangedSchema,
  notificationsSchema,
} from '@obb/contracts'
import { changesBetween } from '@obb/core/audit'
import type { SignedIn } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { Callers } from '../callers/callers.js'
import { ApiAnswer } from '../http/api-answer.js'
import { languageOf } from '../http/language.js'
import { Audited } from '../sign-in/audited.js'
import { CurrentSession, PortalApi } from '../sign-in/portal-api.js'
import { NotificationPreferences } from './notification-preferences.js'
import { NotificationsSubject } from './notifications-subject.js'

/** What who is signed in is told of: for people alone, so that no key sends what it reads elsewhere. */
@PortalApi()
export class NotificationsController {
  constructor(
    private readonly preferences: NotificationPreferences,
    private readonly subject: NotificationsSubject,
    private readonly callers: Callers,
    private readonly audited: Audited,
  ) {}

  @Get('notifications')
  @ApiAnswer(notificationsSchema)
  show(@CurrentSession() { caller }: SignedIn): Promise<NotificationsView> {
    return this.preferences.view(caller.accountId)
  }

  @Patch('notifications')
  @ApiAnswer(notificationsChangedSchema)
  async set(
    @CurrentSession() { caller, email }: SignedIn,
    @Req() request: FastifyRequest,
    @Body({ schema: notificationsChangeSchema }) change: NotificationsChange,
  ): Promise<NotificationsChanged> {
    this.callers.assertUsable(caller)
    const { accountId } = caller
    const before = await this.subject.stateOf(accountId)
    const make = async () => ({
      changed: await this.preferences.change(accountId, change),
      after: await this.subject.stateOf(accountId),
    })
    const { changed } = await this.audited.change(request, { who: email, target: email }, make, ({ after }) =>
      changesBetween(before, after),
    )
    return changed
  }

  @Post('notifications/test')
  @ApiAnswer(notificationTestedSchema)
  test(
    @CurrentSession() { caller, email }: SignedIn,
    @Req() request: FastifyRequest,
    @Body({ schema: notificationTestSchema }) { channel }: NotificationTest,
  ): Promise<NotificationTested> {
    this.callers.assertUsable(caller)
    return this.preferences.test({ id: caller.accountId, email }, channel, languageOf(request))
  }
}
