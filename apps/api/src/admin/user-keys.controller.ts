import { Body, Delete, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type KeyChange,
  type KeyShown,
  type KeyView,
  keyChangeSchema,
  keyListSchema,
  keyRemovedSchema,
  keyShownSchema,
  keyViewSchema,
  userKeyAddSchema,
  userRefSchema,
} from '@obb/contracts'
import { Accounts, ApiKeys } from '@obb/core/accounts'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { z } from 'zod'
import { KeySubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiFailures } from '../http/api-failures.js'
import { ApiAnswer } from '../http/api-answer.js'
import { keySettings, keyShown, keyView } from '../keys/key-view.js'

const id = { schema: z.uuid() }

/** The keys of any user. */
@AdminApi('users/keys', KeySubject)
export class UserKeysController {
  constructor(
    private readonly accounts: Accounts,
    private readonly keys: ApiKeys,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'ERRORS_AS_200'>,
  ) {}

  @Get()
  @ApiOperation({ summary: "A user's keys by name, never the keys themselves" })
  @ApiAnswer(keyListSchema)
  @ApiFailures('resource_unknown')
  async list(
    @Query({ schema: userRefSchema }) { email }: z.output<typeof userRefSchema>,
  ): Promise<KeyView[]> {
    const user = await this.accounts.byEmail(email)
    return (await this.keys.list(user.id)).map(keyView)
  }

  @Post()
  @ApiOperation({ summary: 'Add a key to a user; the key is shown here only' })
  @ApiAnswer(keyShownSchema)
  @ApiFailures('resource_unknown', 'conflict')
  async add(
    @Body({ schema: userKeyAddSchema }) { email, name, ...terms }: z.output<typeof userKeyAddSchema>,
  ): Promise<KeyShown> {
    const user = await this.accounts.byEmail(email)
    const errorsAs200 = this.config.ERRORS_AS_200
    return keyShown(await this.keys.add(user.id, { name, errorsAs200, ...keySettings(terms) }))
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change what a key may; it holds from the next request on. What is left out stays',
  })
  @ApiAnswer(keyViewSchema)
  @ApiFailures('resource_unknown', 'conflict')
  async set(
    @Param('id', id) keyId: string,
    @Body({ schema: keyChangeSchema }) change: KeyChange,
  ): Promise<KeyView> {
    return keyView(await this.keys.set({ id: keyId }, keySettings(change)))
  }

  @Post(':id/rotate')
  @ApiOperation({ summary: 'Another key in its place; the old one stops working with the next request' })
  @ApiAnswer(keyShownSchema)
  @ApiFailures('resource_unknown')
  async rotate(@Param('id', id) keyId: string): Promise<KeyShown> {
    return keyShown(await this.keys.rotate({ id: keyId }))
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Remove a key; it stops working with the next request' })
  @ApiAnswer(keyRemovedSchema)
  @ApiFailures('resource_unknown')
  async remove(@Param('id', id) keyId: string): Promise<z.infer<typeof keyRemovedSchema>> {
    await this.keys.remove({ id: keyId })
    return { id: keyId, removed: true }
  }
}
