import { Controller, Get } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import { type Success, success } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { ApiAnswer } from './openapi/api-answer.js'

const healthSchema = z.object({ status: z.literal('ok') })

/** For balancers: 200 while requests can be served, else the envelope with 105. */
@ApiTags('Operation')
@Controller('health')
export class HealthController {
  constructor(private readonly database: DataSource) {}

  @Get()
  @ApiOperation({ summary: 'Whether requests can be served' })
  @ApiAnswer(healthSchema)
  async health(): Promise<Success<z.infer<typeof healthSchema>>> {
    await this.database.query('SELECT 1')
    return success({ status: 'ok' })
  }
}
