import { Get, Post } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { Refusal, type StoreView, storeViewSchema } from '@obb/contracts'
import { Installation, StoreHealth } from '@obb/core/store-state'
import { StoreSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { storeView } from './views.js'

/** The object store, as fetchers tell of it: the gateway has no access to it. */
@AdminApi('store', StoreSubject)
export class StoreController {
  constructor(
    private readonly health: StoreHealth,
    private readonly installation: Installation,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Whether the store takes files, and whose it is' })
  @ApiAnswer(storeViewSchema)
  async show(): Promise<StoreView> {
    return storeView(await this.health.state(), await this.installation.current())
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
