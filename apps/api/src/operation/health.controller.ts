import { Controller, Get } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import { storeStateSchema } from '@obb/contracts'
import { StoreHealth, stateWord } from '@obb/core/store-state'
import { z } from 'zod'
import { ApiAnswer } from '../http/api-answer.js'

const healthSchema = z.object({ status: z.literal('ok'), store: storeStateSchema })

/**
 * For balancers: 200 while requests can be served, else the envelope with 105. A store that takes no new files is told
 * beside that: all other requests are served as ever.
 */
@ApiTags('Operation')
@Controller('health')
export class HealthController {
  constructor(private readonly store: StoreHealth) {}

  @Get()
  @ApiOperation({ summary: 'Whether requests can be served, and how the store is doing' })
  @ApiAnswer(healthSchema)
  async health(): Promise<z.infer<typeof healthSchema>> {
    return { status: 'ok', store: stateWord(await this.store.state()) }
  }
}
