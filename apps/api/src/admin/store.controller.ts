import { Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger'
import { Refusal, type StoreView, type Success, storeViewSchema, success } from '@obb/contracts'
import { Installation, StoreHealth } from '@obb/core/store-state'
import { ApiAnswer } from '../openapi/api-answer.js'
import { AdminGuard } from './admin.guard.js'
import { storeView } from './views.js'

/** The object store, as fetchers tell of it: the gateway has no access to it. */
@ApiTags('Admin API')
@ApiBearerAuth()
@UseGuards(AdminGuard)
@Controller('api/admin/v1/store')
export class StoreController {
  constructor(
    private readonly health: StoreHealth,
    private readonly installation: Installation,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Whether the store takes files, and whose it is' })
  @ApiAnswer(storeViewSchema)
  async show(): Promise<Success<StoreView>> {
    return success(storeView(await this.health.state(), await this.installation.known()))
  }

  @Post('adopt')
  @HttpCode(200)
  @ApiOperation({
    summary:
      "Take the store of now for this installation's, with all objects that its files name; can be repeated",
  })
  @ApiAnswer(storeViewSchema)
  async adopt(): Promise<Success<StoreView>> {
    if (!(await this.installation.adopt())) {
      throw new Refusal('conflict', {
        details: ['No fetcher has run yet: the first one takes the store by itself.'],
      })
    }
    return this.show()
  }
}
