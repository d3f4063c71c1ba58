import { Body, Post, Req } from '@nestjs/common'
import {
  type DeviceWaiting,
  type Done,
  Refusal,
  deviceAllowSchema,
  deviceCodeSchema,
  deviceWaitingSchema,
  doneSchema,
} from '@obb/contracts'
import { ApiKeys } from '@obb/core/accounts'
import { AuthFailures } from '@obb/core/audit'
import { DeviceGrants, type SignedIn } from '@obb/core/sign-in'
import type { z } from 'zod'
import { actionOf } from '../audit/audit.interceptor.js'
import { ClientAddress } from '../audit/client-address.js'
import { Callers } from '../callers/callers.js'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from '../sign-in/audited.js'
import { GuessLimits } from '../sign-in/guess-limits.js'
import { CurrentSession, PortalApi } from '../sign-in/portal-api.js'

type Code = z.output<typeof deviceCodeSchema>

/** What people answer a client that asks for a key. Raises `device_code_unknown` where none waits. */
@PortalApi()
export class DeviceAnswersController {
  constructor(
    private readonly grants: DeviceGrants,
    private readonly keys: ApiKeys,
    private readonly callers: Callers,
    private readonly limits: GuessLimits,
    private readonly failures: AuthFailures,
    private readonly audited: Audited,
    private readonly client: ClientAddress,
  ) {}

  /** Who it is: whoever allows it is to see that it is their own. */
  @Post('device')
  @ApiAnswer(deviceWaitingSchema)
  async show(
    @Req() request: PortalRequest,
    @CurrentSession() session: SignedIn,
    @Body({ schema: deviceCodeSchema }) { code }: Code,
  ): Promise<DeviceWaiting> {
    const found = await this.guessed(request, session, () => this.grants.find(code))
    const { name, client, address, createdAt, expiresAt } = found
    return {
      ...{ name, client, address },
      ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
    }
  }

  /** Raises `conflict` where the account cannot have such a key. */
  @Post('device/allow')
  @ApiAnswer(doneSchema)
  async allow(
    @Req() request: PortalRequest,
    @CurrentSession() session: SignedIn,
    @Body({ schema: deviceAllowSchema }) { code, name, scopes }: z.output<typeof deviceAllowSchema>,
  ): Promise<Done> {
    const { caller, email } = session
    this.callers.assertUsable(caller)
    await this.guessed(request, session, async () => {
      if (!(await this.grants.find(code))) return undefined
      await this.keys.assertRoom(caller.accountId, name)
      return this.audited.change(request, { who: email, target: email }, async () => {
        const key = { name, scopes: [...new Set(scopes)] }
        if (!(await this.grants.allow(code, caller.accountId, key))) throw new Refusal('device_code_unknown')
        return true
      })
    })
    return {}
  }

  @Post('device/deny')
  @ApiAnswer(doneSchema)
  async deny(
    @Req() request: PortalRequest,
    @CurrentSession() session: SignedIn,
    @Body({ schema: deviceCodeSchema }) { code }: Code,
  ): Promise<Done> {
    const { accountId } = session.caller
    await this.guessed(request, session, async () => (await this.grants.deny(code, accountId)) || undefined)
    return {}
  }

  /** A wrong code is a guess at those of others. */
  private async guessed<T>(
    request: PortalRequest,
    { email }: SignedIn,
    find: () => Promise<T | undefined>,
  ): Promise<T> {
    const address = this.client.of(request)
    const giveBack = this.limits.count(address, `device codes by ${email}`)
    const found = await find()
    if (found === undefined) {
      const cause = 'device_code_unknown'
      this.failures.count({ who: email, address, action: actionOf(request), cause })
      throw new Refusal(cause)
    }
    giveBack()
    return found
  }
}
