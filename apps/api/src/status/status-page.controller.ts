import { Body, Get, Patch } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  Refusal,
  type StatusPageUpdate,
  type StatusPageView,
  statusPageUpdateSchema,
  statusPageViewSchema,
} from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { StatusPage, type StatusPageState } from '@obb/core/status-page'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { MaintenanceWatch } from './maintenance-watch.js'
import { StatusFacts, announcementOf, maintenanceView } from './status-facts.js'
import { StatusPageSubject } from './status-page-subject.js'

/** What operators let everybody know. */
@AdminApi('status-page', StatusPageSubject)
export class StatusPageController {
  constructor(
    private readonly page: StatusPage,
    private readonly facts: StatusFacts,
    private readonly watch: MaintenanceWatch,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Whether `/status` is published, what is announced, and whether there is a maintenance',
  })
  @ApiAnswer(statusPageViewSchema)
  async show(): Promise<StatusPageView> {
    return viewOf(await this.page.read())
  }

  @Patch()
  @ApiOperation({
    summary:
      'Publish `/status` or take it back, announce something, and begin or end a maintenance. Other gateways follow within 10 s',
  })
  @ApiAnswer(statusPageViewSchema)
  async change(@Body({ schema: statusPageUpdateSchema }) update: StatusPageUpdate): Promise<StatusPageView> {
    const { until } = update.maintenance ?? {}
    if (until !== undefined && Date.parse(until) <= this.clock.now())
      throw new Refusal('request_invalid', { details: ['maintenance.until: is over already'] })
    const state = await this.page.change(update)
    this.facts.changed()
    await this.watch.look()
    return viewOf(state)
  }
}

function viewOf(state: StatusPageState): StatusPageView {
  const { published, maintenance } = state
  return {
    ...{ published, announcement: announcementOf(state) },
    maintenance: maintenance && {
      ...maintenanceView(maintenance),
      endsByItself: maintenance.endsByItself,
    },
  }
}
