import { Body, Get, Post, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type CheckAnswer,
  type CheckRequest,
  type ExpandAnswer,
  type ExplainAnswer,
  type ExplainRequest,
  type UnrestrictRequest,
  checkRequestSchema,
  checkSchema,
  expandSchema,
  explainRequestSchema,
  explainSchema,
  unrestrictRequestSchema,
} from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures, FILE_FAILURES } from '../http/api-failures.js'
import { ExternalApi } from '../http/external-api.js'
import { AnyStanding, CurrentCaller, CurrentMeter, Limited, NeedsScope } from '../callers/caller.guard.js'
import { EXPLAIN_TOKENS, LINKS_PER_TOKEN, type Meter } from '../callers/rate-limits.js'
import { ExpandFolder } from './expand-folder.js'
import { Explanation } from './explanation.js'
import { LinkCheck } from './link-check.js'

/** Questions before a link is made: nothing is charged here. */
@ExternalApi()
export class InquiryController {
  constructor(
    private readonly explanation: Explanation,
    private readonly linkCheck: LinkCheck,
    private readonly expandFolder: ExpandFolder,
  ) {}

  @Get('explain')
  @AnyStanding()
  @Limited('general', EXPLAIN_TOKENS)
  @ApiOperation({ summary: 'What a request for this link would meet, gate by gate; the host is not asked' })
  @ApiAnswer(explainSchema)
  async explain(
    @CurrentCaller() caller: Caller,
    @Query({ schema: explainRequestSchema }) { url }: ExplainRequest,
  ): Promise<ExplainAnswer> {
    return this.explanation.of(caller, url)
  }

  @Post('check')
  @NeedsScope('read')
  @Limited('asking')
  @ApiOperation({ summary: 'Whether files are there, and what links to them would cost; nothing is charged' })
  @ApiAnswer(checkSchema)
  async check(
    @CurrentCaller() caller: Caller,
    @CurrentMeter() meter: Meter,
    @Body({ schema: checkRequestSchema }) { urls }: CheckRequest,
  ): Promise<CheckAnswer> {
    meter.take(urls.length - 1) // beside the request's own
    return this.linkCheck.of(caller, urls)
  }

  @Post('expand')
  @NeedsScope('read')
  @Limited('asking')
  @ApiOperation({ summary: 'The links in a folder, or the file itself; nothing is charged' })
  @ApiAnswer(expandSchema)
  @ApiFailures(...FILE_FAILURES, 'folder_unlisted', 'folder_empty')
  async expand(
    @CurrentCaller() caller: Caller,
    @CurrentMeter() meter: Meter,
    @Body({ schema: unrestrictRequestSchema }) { url, password }: UnrestrictRequest,
  ): Promise<ExpandAnswer> {
    const answer = await this.expandFolder.of(caller, url, password)
    meter.take(Math.floor(answer.links.length / LINKS_PER_TOKEN))
    return answer
  }
}
