import { Post, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type LinkAnswer, NZB_TYPE, linkSchema } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { DownloadUrls } from '@obb/core/origin'
import type { FastifyRequest } from 'fastify'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures, LINK_FAILURES } from '../http/api-failures.js'
import { ExternalApi } from '../http/external-api.js'
import { CurrentCaller, CurrentMeter, Limited } from '../callers/caller.guard.js'
import type { Meter } from '../callers/rate-limits.js'
import { NzbUpload } from './nzb-upload.js'

const BINARY = { type: 'string', format: 'binary' }
const FILE = { ...BINARY, description: 'The NZB' }
const FORM = { type: 'object', properties: { file: FILE }, required: ['file'] }

/** Uploads, whose bodies are read only once their caller is known. */
@ExternalApi()
export class NzbController {
  constructor(
    private readonly uploads: NzbUpload,
    private readonly urls: DownloadUrls,
  ) {}

  @Post('nzb')
  @Limited('asking')
  @ApiOperation({
    summary: 'Have the file of an NZB fetched; returns a link to our copy',
    description:
      'The NZB, plain or packed (gzip, bzip2, ZIP), is the body itself or the file of a form; at most 32 MiB. One ' +
      'that lists several files is refused with 101, and `details` says under which URL `/expand` lists their links.',
    requestBody: {
      required: true,
      content: { [NZB_TYPE]: { schema: BINARY }, 'multipart/form-data': { schema: FORM } },
    },
  })
  @ApiAnswer(linkSchema)
  @ApiFailures(...LINK_FAILURES, 'nzb_expected')
  async upload(
    @CurrentCaller() caller: Caller,
    @CurrentMeter() meter: Meter,
    @Req() request: FastifyRequest,
  ): Promise<LinkAnswer> {
    return this.uploads.link(caller, meter, request, this.urls.base(request.raw))
  }
}
