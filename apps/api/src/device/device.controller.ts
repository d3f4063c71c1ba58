import { Body, Controller, Inject, Post, Req, UseGuards } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'
import {
  type DeviceKey,
  type DeviceStarted,
  EXTERNAL_API,
  Refusal,
  deviceKeySchema,
  deviceStartSchema,
  deviceStartedSchema,
  deviceTokenSchema,
} from '@obb/contracts'
import { Accounts, ApiKeys } from '@obb/core/accounts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { transaction } from '@obb/core/locks'
import { DEVICE_GRANT_MS, DEVICE_POLL_SECONDS, DeviceGrants } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { DataSource } from 'typeorm'
import type { z } from 'zod'
import { ClientAddress } from '../audit/client-address.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { JsonBody } from '../http/body.js'
import { Audited } from '../sign-in/audited.js'
import { GuessLimits } from '../sign-in/guess-limits.js'
import { PortalPages } from '../sign-in/portal-pages.js'

/** Where clients without a browser get their key, for who has none yet. */
@Controller(`${EXTERNAL_API}/device`)
@UseGuards(JsonBody)
@ApiTags('External API')
export class DeviceController {
  constructor(
    private readonly grants: DeviceGrants,
    private readonly keys: ApiKeys,
    private readonly accounts: Accounts,
    private readonly pages: PortalPages,
    private readonly limits: GuessLimits,
    private readonly audited: Audited,
    private readonly client: ClientAddress,
    private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'ERRORS_AS_200'>,
  ) {}

  @Post('code')
  @ApiOperation({
    operationId: 'External_deviceCode',
    summary: 'Begin to ask for a key, where the client has no browser',
    description:
      'No key is needed. Show `user_code` and `verification_uri` to the user, who signs in to the portal, types the ' +
      'code, and chooses what the key may; then ask `/device/token` every `interval` seconds. The flow, its fields and ' +
      'the names of its errors are those of RFC 8628; they stand in the envelope of this API, and requests are JSON.',
  })
  @ApiAnswer(deviceStartedSchema)
  @ApiFailures('rate_limited')
  async begin(
    @Req() request: FastifyRequest,
    @Body({ schema: deviceStartSchema }) { client_name: name }: z.output<typeof deviceStartSchema>,
  ): Promise<DeviceStarted> {
    this.limits.countApart('deviceCode', this.client.of(request))
    const page = this.pages.at(request, 'device')
    const { deviceCode, userCode } = await this.grants.begin({
      ...{ name, client: request.headers['user-agent'] ?? null },
      address: this.client.addressOf(request),
    })
    return {
      ...{ device_code: deviceCode, user_code: userCode },
      ...{ verification_uri: page, verification_uri_complete: `${page}?code=${userCode}` },
      ...{ expires_in: DEVICE_GRANT_MS / 1_000, interval: DEVICE_POLL_SECONDS },
    }
  }

  @Post('token')
  @ApiOperation({
    operationId: 'External_deviceToken',
    summary: 'The key, once the user has allowed it',
    description:
      'No key is needed. Until then it fails, and `error` has the name that RFC 8628 §3.5 has for it: ' +
      '`authorization_pending`: ask again after `retry_in_seconds`; `slow_down`: the same, and 5 seconds longer from then ' +
      'on; `expired_token`, `access_denied`: stop. The key is given once.',
  })
  @ApiAnswer(deviceKeySchema)
  @ApiFailures(
    ...(['authorization_pending', 'slow_down', 'expired_token', 'access_denied'] as const),
    ...(['conflict', 'rate_limited'] as const),
  )
  async token(
    @Req() request: FastifyRequest,
    @Body({ schema: deviceTokenSchema }) { device_code: deviceCode }: z.output<typeof deviceTokenSchema>,
  ): Promise<DeviceKey> {
    const giveBack = this.limits.countApart('deviceToken', this.client.of(request))
    const polled = await this.grants.poll(deviceCode)
    if (polled.outcome === 'unknown') throw new Refusal('expired_token')
    giveBack()
    if (polled.outcome === 'denied') throw new Refusal('access_denied')
    if (polled.outcome !== 'allowed') {
      const cause = polled.outcome === 'pending' ? 'authorization_pending' : 'slow_down'
      throw new Refusal(cause, { retryInSeconds: polled.intervalSeconds })
    }
    const { accountId, keyName: name, scopes } = polled
    const { email, state } = await this.accounts.byId(accountId)
    if (state !== 'active') throw new Refusal('access_denied')
    await this.keys.assertRoom(accountId, name)
    const { apiKey } = await this.audited.change(request, { who: `device ${name}`, target: email }, () =>
      transaction(this.database, async (tx) => {
        if (!(await this.grants.take(deviceCode, tx))) throw new Refusal('expired_token')
        return this.keys.addIn(tx, accountId, { name, scopes, errorsAs200: this.config.ERRORS_AS_200 })
      }),
    )
    return { access_token: apiKey, token_type: 'Bearer', scope: scopes.join(' '), name }
  }
}
