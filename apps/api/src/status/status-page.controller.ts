import { Body, Get, Patch } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type StatusPageUpdate,
  type StatusPageView,
  statusPageUpdateSchema,
  statusPageViewSchema,
} from '@obb/contracts'
import { StatusPage, type StatusPageState } from '@obb/core/status-page'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { StatusFacts, announcementOf } from './status-facts.js'
import { StatusPageSubject } from './status-page-subject.js'

/** What operators let everybody know. */
@AdminApi('status-page', StatusPageSubject)
export class StatusPageController {
  constructor(
    private readonly page: StatusPage,
    private readonly facts: StatusFacts,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Whether `/status` is published, and what is announced' })
  @ApiAnswer(statusPageViewSchema)
  async show(): Promise<StatusPageView> {
    return viewOf(await this.page.read())
  }

  @Patch()
  @ApiOperation({
    summary: 'Publish `/status` or take it back, and announce something. Other gateways follow within 10 s',
  })
  @ApiAnswer(statusPageViewSchema)
  async change(@Body({ schema: statusPageUpdateSchema }) update: StatusPageUpdate): Promise<StatusPageView> {
    const state = await this.page.change(update)
    this.facts.changed()
    return viewOf(state)
  }
}

function viewOf(state: StatusPageState): StatusPageView {
  return { published: state.published, announcement: announcementOf(state) }
}
