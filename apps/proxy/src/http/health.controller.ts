import { Controller, Get, Header, Inject } from '@nestjs/common'
import { Refusal, type StoreStateWord, success, type Success } from '@obb/contracts'
import { within } from '@obb/core/deadline'
import type { Downloads } from '@obb/core/links'
import type { ObjectStore } from '@obb/core/storage'
import type { StoreFacts } from '@obb/core/store-state'
import { describe } from './failures.js'
import { DOWNLOADS, OBJECT_STORE, STORE_FACTS, TIMING, type Timing } from '../ports.js'
import { HEALTH_ROUTE } from './routes.js'

/** Well-formed, and no link: looking it up asks the database and finds nothing. */
const NO_LINK = '0'.repeat(16)
const RETRY = 10

/** Whether the proxy could serve a download now; beside that, whether the store takes new files. */
@Controller()
export class HealthController {
  constructor(
    @Inject(DOWNLOADS) private readonly downloads: Downloads,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(STORE_FACTS) private readonly facts: StoreFacts,
    @Inject(TIMING) private readonly timing: Timing,
  ) {}

  @Get(HEALTH_ROUTE)
  @Header('cache-control', 'no-store')
  async health(): Promise<Success<{ status: 'ok'; store: StoreStateWord }>> {
    try {
      const asked = Promise.all([this.facts.state(), this.store.ping(), this.downloads.find(NO_LINK)])
      const [store] = await within(this.timing.health, asked, 'health check')
      return success({ status: 'ok', store })
    } catch (error) {
      throw new Refusal('service_unavailable', { retryInSeconds: RETRY, internal: describe(error) })
    }
  }
}
