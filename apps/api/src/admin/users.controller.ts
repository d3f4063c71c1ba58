import { Body, Delete, Get, Patch, Post, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type LedgerView,
  Refusal,
  type UserRemoved,
  type UserView,
  keyRotateSchema,
  keyRotatedSchema,
  keySetSchema,
  ledgerQuerySchema,
  ledgerSchema,
  userAdjustSchema,
  userCreateSchema,
  userCreatedSchema,
  userGrantSchema,
  userRefSchema,
  userRemovedSchema,
  userSchema,
  userSetSchema,
} from '@obb/contracts'
import { type Account, Accounts, type Plan } from '@obb/core/accounts'
import { Fetches } from '@obb/core/fetches'
import { HostCatalog } from '@obb/core/hosts'
import { TrafficLedger } from '@obb/core/traffic'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { userView } from './views.js'

type UserRef = z.output<typeof userRefSchema>
type UserSet = z.output<typeof userSetSchema>

/** Users, their keys and their traffic. */
@AdminApi()
export class UsersController {
  constructor(
    private readonly accounts: Accounts,
    private readonly catalog: HostCatalog,
    private readonly fetches: Fetches,
    private readonly database: DataSource,
  ) {}

  @Post('users')
  @ApiOperation({ summary: 'Add a user; the key is shown here only' })
  @ApiAnswer(userCreatedSchema)
  async add(
    @Body({ schema: userCreateSchema }) user: z.output<typeof userCreateSchema>,
  ): Promise<z.infer<typeof userCreatedSchema>> {
    const { email, traffic } = user
    const created = await this.accounts.create({ email, traffic, ...this.planOf(user) })
    return { id: created.id, email, apiKey: created.apiKey }
  }

  @Get('users')
  @ApiOperation({ summary: 'All users' })
  @ApiAnswer(z.array(userSchema))
  async list(): Promise<UserView[]> {
    return (await this.accounts.list()).map(userView)
  }

  @Patch('users')
  @ApiOperation({ summary: 'Change what a user may use; what is left out stays' })
  @ApiAnswer(userSchema)
  set(@Body({ schema: userSetSchema }) { email, ...plan }: UserSet): Promise<UserView> {
    return this.change(email, () => this.accounts.setPlan(email, this.planOf(plan)))
  }

  @Delete('users')
  @ApiOperation({
    summary: 'Remove a user: keys are invalid at once, links end, the e-mail is free. Can be repeated',
    description:
      'The ledger keeps its entries under the id in the answer. Traffic of files that were not whole comes back there.',
  })
  @ApiAnswer(userRemovedSchema)
  async remove(@Query({ schema: userRefSchema }) { email }: UserRef): Promise<UserRemoved> {
    const id = await this.accounts.remove(email)
    if (id !== undefined) await this.fetches.endLinksOf(id)
    return { email, removed: id !== undefined, id: id ?? null }
  }

  @Post('users/suspend')
  @ApiOperation({ summary: 'Suspend a user: calls and downloads answer 403' })
  @ApiAnswer(userSchema)
  suspend(@Body({ schema: userRefSchema }) { email }: UserRef): Promise<UserView> {
    return this.change(email, () => this.accounts.setState(email, 'suspended'))
  }

  @Post('users/resume')
  @ApiOperation({ summary: 'Take a suspension back' })
  @ApiAnswer(userSchema)
  resume(@Body({ schema: userRefSchema }) { email }: UserRef): Promise<UserView> {
    return this.change(email, () => this.accounts.setState(email, 'active'))
  }

  @Post('users/grant')
  @ApiOperation({ summary: 'Grant traffic' })
  @ApiAnswer(userSchema)
  grant(
    @Body({ schema: userGrantSchema }) { email, traffic }: z.output<typeof userGrantSchema>,
  ): Promise<UserView> {
    return this.change(email, (user) => {
      if (Number.isSafeInteger(user.trafficMax + traffic)) return this.accounts.grant(email, traffic)
      throw new Refusal('request_invalid', {
        details: ['traffic: more than can be counted (2^53 bytes in all)'],
      })
    })
  }

  @Post('users/adjust')
  @ApiOperation({ summary: 'Correct a balance, up or down, but never below 0' })
  @ApiAnswer(userSchema)
  adjust(
    @Body({ schema: userAdjustSchema }) { email, traffic, note }: z.output<typeof userAdjustSchema>,
  ): Promise<UserView> {
    return this.change(email, () => this.accounts.adjust(email, traffic, note))
  }

  @Post('keys/rotate')
  @ApiOperation({ summary: 'A new key; the old one stops working with the next request' })
  @ApiAnswer(keyRotatedSchema)
  async rotate(
    @Body({ schema: keyRotateSchema }) { email }: UserRef,
  ): Promise<z.infer<typeof keyRotatedSchema>> {
    return { apiKey: await this.accounts.rotateKey(email) }
  }

  @Post('keys/set')
  @ApiOperation({ summary: 'Mark a key: failures are sent with HTTP 200' })
  @ApiAnswer(userSchema)
  setKey(
    @Body({ schema: keySetSchema }) { email, errorsAs200 }: z.output<typeof keySetSchema>,
  ): Promise<UserView> {
    return this.change(email, () => this.accounts.setErrorsAs200(email, errorsAs200))
  }

  @Get('ledger')
  @ApiOperation({
    summary: "Every movement of a user's traffic, by e-mail or, of one that was removed, by id",
  })
  @ApiAnswer(ledgerSchema)
  async ledger(
    @Query({ schema: ledgerQuerySchema }) { email, id = '' }: z.output<typeof ledgerQuerySchema>,
  ): Promise<LedgerView> {
    const account = await (email === undefined ? this.accounts.byId(id) : this.accounts.byEmail(email))
    const entries = await TrafficLedger.entries(this.database, account.id)
    return {
      email: account.email,
      trafficLeft: account.trafficLeft,
      entries: entries.map(({ createdAt, ...entry }) => ({ ...entry, at: createdAt.toISOString() })),
    }
  }

  /** Platforms by their ids as they are spelled. Raises `resource_unknown` for one that is not there. */
  private planOf({ dailyPerHost, expires, hostCaps, solo, weight }: Omit<UserSet, 'email'>): Partial<Plan> {
    const caps = Object.entries(hostCaps ?? {}).map(
      ([platform, cap]) => [this.catalog.get(platform).platform, cap] as const,
    )
    return {
      ...(dailyPerHost === undefined ? {} : { dailyPerHost }),
      ...(expires === undefined ? {} : { expiresAt: expires === null ? null : new Date(expires) }),
      ...(solo === undefined ? {} : { solo }),
      ...(weight === undefined ? {} : { weight }),
      hostCaps: Object.fromEntries(caps),
    }
  }

  private async change(email: string, change: (user: Account) => Promise<void>): Promise<UserView> {
    await change(await this.accounts.byEmail(email))
    const user = (await this.accounts.list()).find((each) => each.email === email)
    if (!user) throw new Error('the user that was just changed is not there')
    return userView(user)
  }
}
