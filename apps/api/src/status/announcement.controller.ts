import { Get } from '@nestjs/common'
import { type CurrentAnnouncement, currentAnnouncementSchema } from '@obb/contracts'
import { ApiAnswer } from '../http/api-answer.js'
import { PortalApi } from '../sign-in/portal-api.js'
import { StatusFacts } from './status-facts.js'

/** What operators say to everybody who is signed in, whether the status page is published or not. */
@PortalApi()
export class AnnouncementController {
  constructor(private readonly facts: StatusFacts) {}

  @Get('announcement')
  @ApiAnswer(currentAnnouncementSchema)
  async announcement(): Promise<CurrentAnnouncement> {
    return { announcement: await this.facts.announcement(), maintenance: this.facts.maintenance() }
  }
}
