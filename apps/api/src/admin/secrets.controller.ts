import { Controller, HttpCode, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger'
import { type ResealView, type Success, resealSchema, success } from '@obb/contracts'
import { Vault, reseal } from '@obb/core/secrets'
import { DataSource } from 'typeorm'
import { ApiAnswer } from '../openapi/api-answer.js'
import { AdminGuard } from './admin.guard.js'

/** What is sealed in the database. */
@ApiTags('Admin API')
@ApiBearerAuth()
@UseGuards(AdminGuard)
@Controller('api/admin/v1/secrets')
export class SecretsController {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
  ) {}

  @Post('reseal')
  @HttpCode(200)
  @ApiOperation({ summary: 'Seal everything with the current SECRETS_KEY; can be repeated' })
  @ApiAnswer(resealSchema)
  async reseal(): Promise<Success<ResealView>> {
    return success(await reseal(this.database, this.vault))
  }
}
