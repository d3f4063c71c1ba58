import { Controller, Get, Header, Inject } from '@nestjs/common'
import { Refusal, success, type Success } from '@obb/contracts'
import type { Downloads } from '@obb/core/links'
import type { ObjectStore } from '@obb/core/storage'
import { within } from './deadline.js'
import { describe } from './failures.js'
import { DOWNLOADS, OBJECT_STORE, TIMING, type Timing } from './ports.js'
import { HEALTH_ROUTE } from './routes.js'

/** Well-formed, and no link: looking it up asks the database and finds nothing. */
const NO_LINK = '0'.repeat(16)
const RETRY = 10

/** Whether the proxy could serve a download now. */
@Controller()
export class HealthController {
  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  @Get(HEALTH_ROUTE)
  @Header('cache-control', 'no-store')
  async health(): Promise<Success<{ status: 'ok' }>> {
    try {
      const asked = Promise.all([this.store.ping(), this.downloads.find(NO_LINK)])
      await within(this.timing.health, 'health check', asked)
    } catch (error) {
      throw new Refusal('service_unavailable', { retryInSeconds: RETRY, internal: describe(error) })
    }
    return success({ status: 'ok' })
  }
}
