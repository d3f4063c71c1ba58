import { Body, Get, Patch, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type SetUpView, setUpChangeSchema, setUpViewSchema } from '@obb/contracts'
import { SetUp } from '@obb/core/set-up'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { SetUpSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { PublicAddresses } from '../http/public-addresses.js'

/** How far the guided set-up is, once there is an operator. */
@AdminApi('set-up', SetUpSubject)
export class SetUpStepsController {
  constructor(
    private readonly setUp: SetUp,
    private readonly addresses: PublicAddresses,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'What of the set-up is done, and where clients are told to find API and downloads',
  })
  @ApiAnswer(setUpViewSchema)
  async show(@Req() { raw }: FastifyRequest): Promise<SetUpView> {
    const { unbelievedProxy = null, ...addresses } = this.addresses.of(raw)
    return { addresses: { ...addresses, unbelievedProxy }, ...(await this.setUp.state()) }
  }

  @Patch()
  @ApiOperation({ summary: 'Whether the overview of the portal reminds of what is left' })
  @ApiAnswer(setUpViewSchema)
  async set(
    @Req() request: FastifyRequest,
    @Body({ schema: setUpChangeSchema }) { dismissed }: z.output<typeof setUpChangeSchema>,
  ): Promise<SetUpView> {
    await this.setUp.setDismissed(dismissed)
    return this.show(request)
  }
}
