import { Body, Delete, Get, Inject, Param, Patch, Post, Req } from '@nestjs/common'
import {
  type Attestation,
  type Confirmation,
  type Done,
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
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { transaction } from '@obb/core/locks'
import { Passkeys, Sessions, type SignedIn, SignIns } from '@obb/core/sign-in'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import type { PortalRequest } from '../callers/portal-sessions.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from './audited.js'
import { ConfirmationCheck } from './confirmation-check.js'
import { PasskeyCheck } from './passkey-check.js'
import { PasskeyMaking } from './passkey-making.js'
import { CurrentSession, PortalApi } from './portal-api.js'
import { passkeyView } from './views.js'

const idSchema = z.uuid()

/** The passkeys of who is signed in. */
@PortalApi()
export class PasskeysController {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly making: PasskeyMaking,
    private readonly check: PasskeyCheck,
    private readonly confirmation: ConfirmationCheck,
    private readonly sessions: Sessions,
    private readonly signIns: SignIns,
    private readonly audited: Audited,
    private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'OIDC_ISSUER'>,
  ) {}

  @Get('passkeys')
  @ApiAnswer(passkeyListSchema)
  async list(@CurrentSession() { caller }: SignedIn): Promise<PasskeyView[]> {
    return (await this.passkeys.list(caller.accountId)).map(passkeyView)
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
    @Body({ schema: confirmationSchema }) shown: Confirmation,
  ): Promise<WebAuthnOptions> {
    const { accountId } = signedIn.caller
    await this.passkeys.assertRoom(accountId)
    await transaction(this.database, await this.confirmation.assert(request, signedIn, shown))
    return this.making.options(request, signedIn, await this.passkeys.list(accountId))
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
    await this.passkeys.assertRoom(caller.accountId)
    const added = await this.audited.change(
      request,
      { who: email, target: email },
      () =>
        transaction(this.database, async (tx) => {
          await this.sessions.lockIn(tx, signedIn)
          return this.passkeys.add(caller.accountId, { ...made, name }, tx)
        }),
      () => ({ passkey: [null, name] }),
    )
    return passkeyView(added)
  }

  @Patch('passkeys/:id')
  @ApiAnswer(doneSchema)
  async rename(
    @Req() request: PortalRequest,
    @CurrentSession() { caller: { accountId }, email }: SignedIn,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: passkeyChangeSchema }) { name }: { name: string },
  ): Promise<Done> {
    const before = await this.nameOf(accountId, id)
    await this.audited.change(
      request,
      { who: email, target: email },
      async () => {
        if (!(await this.passkeys.rename(accountId, id, name))) throw unknown(id)
      },
      () => ({ passkey: [before, name] }),
    )
    return {}
  }

  /** Sessions that it began go on until they are ended. Raises `last_sign_in_way`. */
  @Delete('passkeys/:id')
  @ApiAnswer(doneSchema)
  async remove(
    @Req() request: PortalRequest,
    @CurrentSession() signedIn: SignedIn,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: confirmationSchema }) shown: Confirmation,
  ): Promise<Done> {
    const { accountId } = signedIn.caller
    const assertHolds = await this.confirmation.assert(request, signedIn, shown)
    const name = await this.nameOf(accountId, id)
    await this.audited.change(
      request,
      { who: signedIn.email, target: signedIn.email },
      () =>
        transaction(this.database, async (tx) => {
          await assertHolds(tx)
          if (!(await this.passkeys.remove(accountId, id, tx))) throw unknown(id)
          await this.signIns.assertWayLeft(accountId, this.config.OIDC_ISSUER, tx)
        }),
      () => ({ passkey: [name, null] }),
    )
    return {}
  }

  private async nameOf(accountId: string, id: string): Promise<string> {
    const named = (await this.passkeys.list(accountId)).find((passkey) => passkey.id === id)
    if (!named) throw unknown(id)
    return named.name
  }
}

const unknown = (id: string): Refusal =>
  new Refusal('resource_unknown', { details: [`There is no passkey ${id}.`] })
