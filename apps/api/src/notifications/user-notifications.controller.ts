import { Body, Get, Patch, Post, Query, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type NotificationTested,
  type NotificationsChanged,
  type NotificationsView,
  notificationTestedSchema,
  notificationsChangedSchema,
  notificationsSchema,
  userNotificationTestSchema,
  userNotificationsChangeSchema,
  userRefSchema,
} from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { languageOf } from '../http/language.js'
import { NotificationPreferences } from './notification-preferences.js'
import { NotificationsSubject } from './notifications-subject.js'

/** What any user is told of. */
@AdminApi('users/notifications', NotificationsSubject)
export class UserNotificationsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly preferences: NotificationPreferences,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What a user is told of, and by what; of the webhook its origin alone' })
  @ApiAnswer(notificationsSchema)
  @ApiFailures('resource_unknown')
  async show(
    @Query({ schema: userRefSchema }) { email }: z.output<typeof userRefSchema>,
  ): Promise<NotificationsView> {
    const user = await this.accounts.byEmail(email)
    return this.preferences.view(user.id)
  }

  @Patch()
  @ApiOperation({
    summary: 'Set what a user is told of; what is left out stays',
    description: 'The first URL of a webhook makes its `secret`, which stands in this answer only.',
  })
  @ApiAnswer(notificationsChangedSchema)
  @ApiFailures('resource_unknown', 'mail_off')
  async set(
    @Body({ schema: userNotificationsChangeSchema })
    { email, ...change }: z.output<typeof userNotificationsChangeSchema>,
  ): Promise<NotificationsChanged> {
    const user = await this.accounts.byEmail(email)
    return this.preferences.change(user.id, change)
  }

  @Post('test')
  @ApiOperation({
    summary: 'Send a test to a user, and tell what came of it',
    description: 'At once. A receiver or mail server that does not take it is no failure.',
  })
  @ApiAnswer(notificationTestedSchema)
  @ApiFailures('resource_unknown', 'mail_off', 'rate_limited')
  async test(
    @Req() request: FastifyRequest,
    @Body({ schema: userNotificationTestSchema })
    { email, channel }: z.output<typeof userNotificationTestSchema>,
  ): Promise<NotificationTested> {
    return this.preferences.test(await this.accounts.byEmail(email), channel, languageOf(request))
  }
}
