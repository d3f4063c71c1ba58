import { Readable } from 'node:stream'
import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { PORTAL_API } from '@obb/contracts'
import { Clock, dateOf } from '@obb/core/clock'
import type { FastifyReply } from 'fastify'
import { AnyStanding, CallerGuard, Limited, NeedsScope } from '../callers/caller.guard.js'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { OwnDataExport } from './own-data-export.js'

/**
 * All that is known of who is signed in. For people alone: a key is in the hands of programs, which it tells neither
 * where its owner signs in from nor what else may act for them.
 */
@Controller(PORTAL_API)
@UseGuards(CallerGuard)
@ApiExcludeController()
export class OwnDataController {
  constructor(
    private readonly data: OwnDataExport,
    private readonly clock: Clock,
  ) {}

  /** An answer that breaks off is no JSON. */
  @Get('data')
  @AnyStanding()
  @NeedsScope('download')
  @Limited('export')
  async export(@Req() { signedIn }: PortalRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!signedIn) throw new Error('a route of the portal asked who is signed in before its guard')
    const text = await this.data.text(signedIn)
    const day = dateOf(this.clock).toISOString().slice(0, 10)
    await reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="obb-data-${day}.json"`)
      .send(Readable.from(text))
  }
}
