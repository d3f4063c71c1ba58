import { Get, Inject } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { doctorSchema, type DoctorView } from '@obb/contracts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { isDatabaseAway } from '@obb/core/database'
import { Readiness } from '@obb/core/readiness'
import { sealedValues, Vault } from '@obb/core/secrets'
import { DataSource } from 'typeorm'
import { OidcProvider } from '../oidc/oidc-provider.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'

/** What `./obb doctor` cannot see from outside. */
@AdminApi('doctor')
export class DoctorController {
  constructor(
    private readonly readiness: Readiness,
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly oidc: OidcProvider,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'PUBLIC_API_URL' | 'PUBLIC_PROXY_URL'>,
  ) {}

  @Get()
  @ApiOperation({
    summary:
      'What the gateway needs, whether its keys open what is sealed, where clients find it, who signs people in',
  })
  @ApiAnswer(doctorSchema)
  async show(): Promise<DoctorView> {
    const { PUBLIC_API_URL: api = null, PUBLIC_PROXY_URL: proxy = null } = this.config
    const [readiness, secrets, oidc] = await Promise.all([
      this.readiness.view(),
      this.secrets(),
      this.provider(),
    ])
    return { readiness, secrets, oidc, addresses: { api, proxy } }
  }

  private async provider(): Promise<DoctorView['oidc']> {
    const { issuer } = this.oidc
    return issuer === undefined ? null : { issuer, fault: await this.oidc.fault() }
  }

  private async secrets(): Promise<DoctorView['secrets']> {
    try {
      return await sealedValues(this.database, this.vault)
    } catch (error) {
      if (isDatabaseAway(error)) return null
      throw error
    }
  }
}
