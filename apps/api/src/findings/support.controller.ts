import { Get } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type SupportBundle, supportBundleSchema } from '@obb/contracts'
import { isDatabaseAway } from '@obb/core/database'
import { Readiness } from '@obb/core/readiness'
import { Support } from '@obb/core/support'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { version } from '../http/version.js'
import { FindingFacts } from './finding-facts.js'

/** How the installation is, for somebody who helps. */
@AdminApi('support')
export class SupportController {
  constructor(
    private readonly support: Support,
    private readonly readiness: Readiness,
    private readonly facts: FindingFacts,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'How the installation is, for somebody who helps: no secrets, no names, no addresses',
  })
  @ApiAnswer(supportBundleSchema)
  async show(): Promise<SupportBundle> {
    const findings = this.facts.findings().catch((error: unknown) => {
      if (isDatabaseAway(error)) return null
      throw error
    })
    const readiness = await this.readiness.view()
    return this.support.bundle({ version, readiness, findings: await findings })
  }
}
