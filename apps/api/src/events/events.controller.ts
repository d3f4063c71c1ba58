import { Get, Req, Res } from '@nestjs/common'
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger'
import { type Caller, mayDownload } from '@obb/core/accounts'
import { Clock } from '@obb/core/clock'
import { DownloadUrls } from '@obb/core/origin'
import type { FastifyReply } from 'fastify'
import { CurrentCaller } from '../callers/caller.guard.js'
import { type CallerRequest, Callers } from '../callers/callers.js'
import { isPassingFailure } from '../callers/stale-if-error.js'
import { ApiFailures } from '../http/api-failures.js'
import { ExternalApi } from '../http/external-api.js'
import { languageOf, tellLanguage } from '../http/language.js'
import { EventStreams } from './event-streams.js'

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // nginx would keep events until a buffer is full.
  'x-accel-buffering': 'no',
}

/** What changes, as it changes. */
@ExternalApi()
export class EventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly callers: Callers,
    private readonly urls: DownloadUrls,
    private readonly clock: Clock,
  ) {}

  @Get('events')
  @ApiFailures('streams_full')
  @ApiOperation({
    operationId: 'External_events',
    summary: 'What changes of your links and your traffic, as server-sent events',
    description:
      'Events `link`, with a link as `/links` has it, whenever it changed, and `account`, with `trafficLeft`. Open the ' +
      'stream first, then ask `/links` for what there is. With `Last-Event-ID` it begins with what changed since, ' +
      'among your newest 1,000 links. It is silent for 20 s at most, ends after ten minutes or when your key does, and is to ' +
      'be opened again then; an account has three.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: '`id` of the last event that was seen' })
  @ApiResponse({
    status: 200,
    description: 'The events',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  async events(
    @CurrentCaller() caller: Caller,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { accountId, trafficLeft } = caller
    this.streams.assertRoom(accountId)
    await this.streams.prepare()
    this.streams.assertRoom(accountId) // others came meanwhile
    const language = languageOf(request)
    tellLanguage(reply, language)
    const options = {
      ...{ accountId, language },
      downloads: mayDownload(caller) ? this.urls.base(request.raw) : null,
      isKey: caller.key !== undefined,
      mayListen: () => this.mayListen(request, accountId),
      openedAt: this.clock.now(),
    }
    const kept = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined)
    reply.hijack()
    reply.raw.writeHead(200, { ...Object.fromEntries(kept), ...HEADERS })
    this.streams.open(reply.raw, options, trafficLeft, lastEventId(request))
  }

  /** As when it was opened, by a look at key or session. While the database is away nobody is sent off. */
  private async mayListen(request: CallerRequest, accountId: string): Promise<boolean> {
    try {
      const caller = await this.callers.find(request, true)
      if (caller?.accountId !== accountId) return false // also where an operator looks on as this one no more
      this.callers.assertPermitted(caller, request)
      this.callers.assertUsable(caller)
      return true
    } catch (error) {
      return isPassingFailure(error)
    }
  }
}

/** Ids are the times of events, epoch ms. */
function lastEventId({ headers }: CallerRequest): number | undefined {
  const given = headers['last-event-id']
  return typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : undefined
}
