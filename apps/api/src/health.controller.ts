import { Controller, Get } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { type Success, success } from '@obb/contracts'
import { DataSource } from 'typeorm'

/** For balancers: 200 while requests can be served, else the envelope with 105. */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(private readonly database: DataSource) {}

  @Get()
  async health(): Promise<Success<{ status: 'ok' }>> {
    await this.database.query('SELECT 1')
    return success({ status: 'ok' })
  }
}
