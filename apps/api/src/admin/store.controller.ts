import { setTimeout as sleep } from 'node:timers/promises'
import { Get, Post } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { Refusal, type StoreView, storeViewSchema } from '@obb/contracts'
import { StoredBytes } from '@obb/core/files'
import { Levels } from '@obb/core/levels'
import { Fetchers } from '@obb/core/queue'
import { Installation, StoreHealth } from '@obb/core/store-state'
import { DataSource } from 'typeorm'
import { StoreSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { storeView } from './views.js'

/** How long a test is waited for, and how often its row is looked at, ms: fetchers look every three seconds. */
const TEST_TIMEOUT_MS = 25_000
const TEST_LOOK_MS = 250

/** The object store, as fetchers tell of it: the gateway has no access to it. */
@AdminApi('store', StoreSubject)
export class StoreController {
  constructor(
    private readonly health: StoreHealth,
    private readonly installation: Installation,
    private readonly fetchers: Fetchers,
    private readonly levels: Levels,
    private readonly database: DataSource,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Whether the store takes files, and whose it is' })
  @ApiAnswer(storeViewSchema)
  async show(): Promise<StoreView> {
    const [state, place, installation, stored, paces] = await Promise.all([
      this.health.state(),
      this.health.place(),
      this.installation.current(),
      StoredBytes.total(this.database),
      this.levels.paces(),
    ])
    return storeView({ state, place, installation, stored, growth: paces.store })
  }

  @Post('test')
  @ApiOperation({
    summary: 'Have a fetcher write to the store and delete that again; the answer tells how it is',
  })
  @ApiAnswer(storeViewSchema)
  @ApiFailures('no_fetcher', 'store_unavailable')
  async test(): Promise<StoreView> {
    if (!(await this.fetchers.anyAlive())) throw new Refusal('no_fetcher')
    await this.health.requestTest()
    const until = performance.now() + TEST_TIMEOUT_MS
    while (!(await this.health.isTested())) {
      if (performance.now() > until) {
        throw new Refusal('store_unavailable', {
          details: [
            `No fetcher had tried it after ${TEST_TIMEOUT_MS / 1000} s: a store that hangs, or a busy fetcher.`,
          ],
        })
      }
      await sleep(TEST_LOOK_MS)
    }
    return this.show()
  }

  @Post('adopt')
  @ApiOperation({
    summary:
      "Take the store of now for this installation's, with all objects that its files name; can be repeated",
  })
  @ApiAnswer(storeViewSchema)
  @ApiFailures('conflict')
  async adopt(): Promise<StoreView> {
    if (!(await this.installation.adopt())) {
      throw new Refusal('conflict', {
        details: ['No fetcher has run yet: the first one takes the store by itself.'],
      })
    }
    return this.show()
  }
}
