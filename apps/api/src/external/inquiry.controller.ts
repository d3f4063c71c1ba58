import { Body, Controller, Get, HttpCode, Post, Query, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger'
import {
  type CheckAnswer,
  type CheckRequest,
  type ExpandAnswer,
  type ExplainAnswer,
  type ExplainRequest,
  type Success,
  type UnrestrictRequest,
  checkRequestSchema,
  checkSchema,
  expandSchema,
  explainRequestSchema,
  explainSchema,
  success,
  unrestrictRequestSchema,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { ApiAnswer } from '../openapi/api-answer.js'
import { AnyStanding, CallerGuard, CurrentCaller, Limited } from './caller.guard.js'
import { Expansions } from './expansions.js'
import { Explanation } from './explanation.js'
import { LinkCheck } from './link-check.js'

/** Questions before a link is made: nothing is charged here. */
@ApiTags('External API')
@ApiBearerAuth()
@ApiSecurity('X-Api-Key')
@UseGuards(CallerGuard)
@Controller('api/external/v1')
export class InquiryController {
  constructor(
    private readonly explanation: Explanation,
    private readonly linkCheck: LinkCheck,
    private readonly expansions: Expansions,
  ) {}

  @Get('explain')
  @AnyStanding()
  @ApiOperation({ summary: 'What a request for this link would meet, gate by gate; the host is not asked' })
  @ApiAnswer(explainSchema)
  async explain(
    @CurrentCaller() caller: Caller,
    @Query({ schema: explainRequestSchema }) { url }: ExplainRequest,
  ): Promise<Success<ExplainAnswer>> {
    return success(await this.explanation.of(caller, url))
  }

  @Post('check')
  @HttpCode(200)
  @Limited('asking')
  @ApiOperation({ summary: 'Whether files are there, and what links to them would cost; nothing is charged' })
  @ApiAnswer(checkSchema)
  async check(
    @CurrentCaller() caller: Caller,
    @Body({ schema: checkRequestSchema }) { urls }: CheckRequest,
  ): Promise<Success<CheckAnswer>> {
    return success(await this.linkCheck.of(caller, urls))
  }

  @Post('expand')
  @HttpCode(200)
  @Limited('asking')
  @ApiOperation({ summary: 'The links in a folder, or the file itself; nothing is charged' })
  @ApiAnswer(expandSchema)
  async expand(
    @CurrentCaller() caller: Caller,
    @Body({ schema: unrestrictRequestSchema }) { url, password }: UnrestrictRequest,
  ): Promise<Success<ExpandAnswer>> {
    return success(await this.expansions.of(caller, url, password))
  }
}
