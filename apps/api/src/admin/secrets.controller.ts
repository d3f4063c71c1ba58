import { Post } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type ResealView, resealSchema } from '@obb/contracts'
import { Vault, reseal } from '@obb/core/secrets'
import { DataSource } from 'typeorm'
import { SecretsSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'

/** SecretsController handles what is sealed in the database. */
@AdminApi('secrets', SecretsSubject)
export class SecretsController {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
  ) {}

  @Post('reseal')
  @ApiOperation({ summary: 'Seal everything with the current SECRETS_KEY; can be repeated' })
  @ApiAnswer(resealSchema)
  async reseal(): Promise<ResealView> {
    return reseal(this.database, this.vault)
  }
}
