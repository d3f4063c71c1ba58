import { Body, Delete, Get, Param, Patch, Post, Req } from '@nestjs/common'
import {
  type Attestation,
  type Confirmed,
  type Done,
  MAX_PASSKEYS,
  type PasskeyView,
  Refusal,
  type WebAuthnOptions,
  confirmationSchema,
  doneSchema,
  passkeyAddSchema,
  passkeyChangeSchema,
  passkeyListSchema,
  passkeyViewSchema,
  webAuthnOptionsSchema,
} from '@obb/contracts'
import { type Passkey, Passkeys, type SignedIn } from '@obb/core/sign-in'
import { z } from 'zod'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from './audited.js'
import { Confirmation } from './confirmation.js'
import { PasskeyCheck } from './passkey-check.js'
import { PasskeyMaking } from './passkey-making.js'
import { CurrentSession, PortalApi } from './portal-api.js'

const idSchema = z.uuid()

/** The passkeys of who is signed in. */
@PortalApi()
export class PasskeysController {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly making: PasskeyMaking,
    private readonly check: PasskeyCheck,
    private readonly confirmation: Confirmation,
    private readonly audited: Audited,
  ) {}

  @Get('passkeys')
  @ApiAnswer(passkeyListSchema)
  async list(@CurrentSession() { caller }: SignedIn): Promise<PasskeyView[]> {
    return (await this.passkeys.list(caller.accountId)).map(viewOf)
  }

  /** What a passkey signs to confirm something, in place of a password. */
  @Post('passkeys/confirmation')
  @ApiAnswer(webAuthnOptionsSchema)
  confirm(
    @Req() request: PortalRequest,
    @CurrentSession() { caller: { accountId }, sessionId }: SignedIn,
  ): Promise<WebAuthnOptions> {
    return this.check.ask(request, { accountId, sessionId })
  }

  /** Who has shown who he is may have a device make one, in this session and for minutes. */
  @Post('passkeys/options')
  @ApiAnswer(webAuthnOptionsSchema)
  async start(
    @Req() request: PortalRequest,
    @CurrentSession() signedIn: SignedIn,
    @Body({ schema: confirmationSchema }) shown: Confirmed,
  ): Promise<WebAuthnOptions> {
    const own = await this.passkeys.list(signedIn.caller.accountId)
    if (own.length >= MAX_PASSKEYS)
      throw new Refusal('request_invalid', {
        details: [`There are ${MAX_PASSKEYS} passkeys: remove one before.`],
      })
    await this.confirmation.assert(request, signedIn, shown)
    return this.making.options(request, signedIn, own)
  }

  @Post('passkeys')
  @ApiAnswer(passkeyViewSchema)
  async add(
    @Req() request: PortalRequest,
    @CurrentSession() signedIn: SignedIn,
    @Body({ schema: passkeyAddSchema }) { name, passkey }: { name: string; passkey: Attestation },
  ): Promise<PasskeyView> {
    const { email, caller } = signedIn
    const made = await this.making.made(request, signedIn, passkey)
    const added = await this.audited.change(
      request,
      { who: email, target: email },
      () => this.passkeys.add(caller.accountId, { ...made, name }),
      () => ({ passkey: [null, name] }),
    )
    return viewOf(added)
  }

  @Patch('passkeys/:id')
  @ApiAnswer(doneSchema)
  async rename(
    @CurrentSession() { caller }: SignedIn,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: passkeyChangeSchema }) { name }: { name: string },
  ): Promise<Done> {
    if (await this.passkeys.rename(caller.accountId, id, name)) return {}
    throw unknown(id)
  }

  /** Sessions that it began go on until they are ended. */
  @Delete('passkeys/:id')
  @ApiAnswer(doneSchema)
  async remove(
    @Req() request: PortalRequest,
    @CurrentSession() signedIn: SignedIn,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: confirmationSchema }) shown: Confirmed,
  ): Promise<Done> {
    const { email, caller } = signedIn
    await this.confirmation.assert(request, signedIn, shown)
    const named = (await this.passkeys.list(caller.accountId)).find((passkey) => passkey.id === id)
    if (!named) throw unknown(id)
    await this.audited.change(
      request,
      { who: email, target: email },
      () => this.passkeys.remove(caller.accountId, id),
      () => ({ passkey: [named.name, null] }),
    )
    return {}
  }
}

const viewOf = ({ id, name, rpId, createdAt, lastUsedAt }: Passkey): PasskeyView => ({
  ...{ id, name, rpId },
  ...{ createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null },
})

const unknown = (id: string): Refusal =>
  new Refusal('resource_unknown', { details: [`There is no passkey ${id}.`] })
