import { Body, Delete, Get, Inject, Param, Patch, Post, Req } from '@nestjs/common'
import {
  type KeyAdd,
  type KeyChange,
  type KeyShown,
  type KeyView,
  keyAddSchema,
  keyChangeSchema,
  keyListSchema,
  keyRemovedSchema,
  keyShownSchema,
  keyViewSchema,
} from '@obb/contracts'
import { ApiKeys } from '@obb/core/accounts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import type { SignedIn } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Callers } from '../callers/callers.js'
import { ApiAnswer } from '../http/api-answer.js'
import { Audited } from '../sign-in/audited.js'
import { CurrentSession, PortalApi } from '../sign-in/portal-api.js'
import { keySettings, keyShown, keyView } from './key-view.js'

const id = { schema: z.uuid() }

/** The keys of who is signed in: for people alone, so that no key makes or changes another. */
@PortalApi()
export class KeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly callers: Callers,
    private readonly audited: Audited,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'ERRORS_AS_200'>,
  ) {}

  @Get('keys')
  @ApiAnswer(keyListSchema)
  async list(@CurrentSession() { caller }: SignedIn): Promise<KeyView[]> {
    return (await this.keys.list(caller.accountId)).map(keyView)
  }

  @Post('keys')
  @ApiAnswer(keyShownSchema)
  async add(
    @CurrentSession() session: SignedIn,
    @Req() request: FastifyRequest,
    @Body({ schema: keyAddSchema }) { name, ...terms }: KeyAdd,
  ): Promise<KeyShown> {
    this.callers.assertUsable(session.caller)
    const settings = { name, errorsAs200: this.config.ERRORS_AS_200, ...keySettings(terms) }
    return keyShown(await this.change(session, request, (accountId) => this.keys.add(accountId, settings)))
  }

  @Patch('keys/:id')
  @ApiAnswer(keyViewSchema)
  async set(
    @CurrentSession() session: SignedIn,
    @Req() request: FastifyRequest,
    @Param('id', id) keyId: string,
    @Body({ schema: keyChangeSchema }) change: KeyChange,
  ): Promise<KeyView> {
    const settings = keySettings(change)
    return keyView(
      await this.change(session, request, (accountId) => this.keys.set({ id: keyId, accountId }, settings)),
    )
  }

  @Post('keys/:id/rotate')
  @ApiAnswer(keyShownSchema)
  async rotate(
    @CurrentSession() session: SignedIn,
    @Req() request: FastifyRequest,
    @Param('id', id) keyId: string,
  ): Promise<KeyShown> {
    this.callers.assertUsable(session.caller)
    return keyShown(
      await this.change(session, request, (accountId) => this.keys.rotate({ id: keyId, accountId })),
    )
  }

  @Delete('keys/:id')
  @ApiAnswer(keyRemovedSchema)
  async remove(
    @CurrentSession() session: SignedIn,
    @Req() request: FastifyRequest,
    @Param('id', id) keyId: string,
  ): Promise<z.infer<typeof keyRemovedSchema>> {
    await this.change(session, request, (accountId) => this.keys.remove({ id: keyId, accountId }))
    return { id: keyId, removed: true }
  }

  /** It stands in the audit log. */
  private change<T>(
    { email, caller }: SignedIn,
    request: FastifyRequest,
    make: (accountId: string) => Promise<T>,
  ): Promise<T> {
    return this.audited.change(request, { who: email, target: email }, () => make(caller.accountId))
  }
}
