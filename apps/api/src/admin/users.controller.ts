import { Body, Delete, Get, Inject, Patch, Post, Query, Req } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type KeyUsageAnswer,
  type LedgerCheckView,
  type LedgerView,
  type LinkListAnswer,
  type PageQuery,
  type PageView,
  Refusal,
  type UserListQuery,
  type UserRemoved,
  type UserView,
  keyRotateSchema,
  keyRotatedSchema,
  keySetSchema,
  keyUsageSchema,
  ledgerCheckSchema,
  ledgerQuerySchema,
  ledgerSchema,
  linkListSchema,
  pageQuerySchema,
  pageSchema,
  userAdjustSchema,
  userCreateSchema,
  userCreatedSchema,
  userGrantSchema,
  userLinksQuerySchema,
  userListQuerySchema,
  userRefSchema,
  userRemovedSchema,
  userSchema,
  userSetSchema,
  userUsageQuerySchema,
} from '@obb/contracts'
import { type Account, Accounts, Operators, type Plan, type User } from '@obb/core/accounts'
import { Clock } from '@obb/core/clock'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { HostCatalog } from '@obb/core/hosts'
import { DownloadUrls } from '@obb/core/origin'
import { KeyUsage, type LedgerEntry, TrafficLedger, checkLedger } from '@obb/core/traffic'
import type { FastifyRequest } from 'fastify'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { usedByKeyView } from '../account/key-usage.controller.js'
import { UserRemoval } from '../account/user-removal.js'
import { UserSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { ListedLinks } from '../links/listed-links.js'
import { type Listing, cursorOf, idKey, keyIn, pageOf, textKey } from '../http/pages.js'
import { ledgerEntryView, ledgerFaultView, userView } from './views.js'

type UserRef = z.output<typeof userRefSchema>
type UserSet = z.output<typeof userSetSchema>

/** Users, their keys and their traffic. */
@AdminApi('', UserSubject)
export class UsersController {
  constructor(
    private readonly accounts: Accounts,
    private readonly operators: Operators,
    private readonly catalog: HostCatalog,
    private readonly removal: UserRemoval,
    private readonly links: ListedLinks,
    private readonly keyUsage: KeyUsage,
    private readonly urls: DownloadUrls,
    private readonly database: DataSource,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'ERRORS_AS_200'>,
  ) {}

  @Post('users')
  @ApiOperation({ summary: 'Add a user; the key is shown here only' })
  @ApiAnswer(userCreatedSchema)
  @ApiFailures('conflict', 'resource_unknown')
  async add(
    @Body({ schema: userCreateSchema }) user: z.output<typeof userCreateSchema>,
  ): Promise<z.infer<typeof userCreatedSchema>> {
    const { email, traffic, errorsAs200 = this.config.ERRORS_AS_200 } = user
    const created = await this.accounts.create({ email, traffic, errorsAs200, ...this.planOf(user) })
    return { id: created.id, email, apiKey: created.apiKey, errorsAs200 }
  }

  @Get('users')
  @ApiOperation({ summary: 'Users by e-mail, in pages, all or those with a part of it' })
  @ApiAnswer(pageSchema(userSchema))
  list(
    @Query({ schema: userListQuerySchema }) { search, ...page }: UserListQuery,
  ): Promise<PageView<UserView>> {
    const users: Listing<User> = {
      key: z.tuple([textKey]),
      keyOf: ({ email }) => [email],
      read: (stretch) => this.accounts.list(stretch, { search }),
      lookEnd: (stretch) => this.accounts.lookEnd(stretch, { search }),
    }
    return pageOf(page, users, userView)
  }

  @Get('users/links')
  @ApiOperation({
    summary: "A user's links, the newest first, with those that have ended, in pages as the user has them",
  })
  @ApiAnswer(linkListSchema)
  @ApiFailures('resource_unknown')
  async listLinks(
    @Query({ schema: userLinksQuerySchema }) { email, ...query }: z.output<typeof userLinksQuerySchema>,
    @Req() { raw }: FastifyRequest,
  ): Promise<LinkListAnswer> {
    const { id } = await this.accounts.byEmail(email)
    return this.links.page(id, query, this.urls.base(raw))
  }

  @Get('users/usage')
  @ApiOperation({
    summary: 'What each key of a user used, with keys that were removed, over days of UTC',
    description: 'Without a key is what the user asked for in the portal, and before keys were noted.',
  })
  @ApiAnswer(keyUsageSchema)
  @ApiFailures('resource_unknown')
  async usage(
    @Query({ schema: userUsageQuerySchema }) { email, days }: z.output<typeof userUsageQuerySchema>,
  ): Promise<KeyUsageAnswer> {
    const { id } = await this.accounts.byEmail(email)
    return { keys: (await this.keyUsage.byKey(id, days)).map(usedByKeyView) }
  }

  @Patch('users')
  @ApiOperation({ summary: 'Change what a user may use, and the role; what is left out stays' })
  @ApiAnswer(userSchema)
  @ApiFailures('resource_unknown', 'last_operator')
  set(@Body({ schema: userSetSchema }) { email, role, ...plan }: UserSet): Promise<UserView> {
    return this.change(email, async () => {
      const changed = this.planOf(plan)
      if (role !== undefined) await this.operators.setRole(email, role)
      await this.accounts.setPlan(email, changed)
    })
  }

  @Delete('users')
  @ApiOperation({
    summary: 'Remove a user: keys are invalid at once, links end, the e-mail is free. Can be repeated',
    description:
      'The ledger keeps its entries under the id in the answer. Traffic of files that were not whole comes back there.',
  })
  @ApiAnswer(userRemovedSchema)
  async remove(@Query({ schema: userRefSchema }) { email }: UserRef): Promise<UserRemoved> {
    const id = await this.removal.remove(email)
    return { email, removed: id !== undefined, id: id ?? null }
  }

  @Post('users/suspend')
  @ApiOperation({ summary: 'Suspend a user: calls and downloads answer 403' })
  @ApiAnswer(userSchema)
  @ApiFailures('resource_unknown')
  suspend(@Body({ schema: userRefSchema }) { email }: UserRef): Promise<UserView> {
    return this.change(email, () => this.accounts.setState(email, 'suspended'))
  }

  @Post('users/resume')
  @ApiOperation({ summary: 'Take a suspension back' })
  @ApiAnswer(userSchema)
  @ApiFailures('resource_unknown')
  resume(@Body({ schema: userRefSchema }) { email }: UserRef): Promise<UserView> {
    return this.change(email, () => this.accounts.setState(email, 'active'))
  }

  @Post('users/grant')
  @ApiOperation({ summary: 'Grant traffic' })
  @ApiAnswer(userSchema)
  @ApiFailures('resource_unknown')
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
  @ApiFailures('resource_unknown')
  adjust(
    @Body({ schema: userAdjustSchema }) { email, traffic, note }: z.output<typeof userAdjustSchema>,
  ): Promise<UserView> {
    return this.change(email, () => this.accounts.adjust(email, traffic, note))
  }

  @Post('keys/rotate')
  @ApiOperation({ summary: 'A new key; the old one stops working with the next request' })
  @ApiAnswer(keyRotatedSchema)
  @ApiFailures('resource_unknown')
  async rotate(
    @Body({ schema: keyRotateSchema }) { email }: UserRef,
  ): Promise<z.infer<typeof keyRotatedSchema>> {
    return { apiKey: await this.accounts.rotateKey(email) }
  }

  @Post('keys/set')
  @ApiOperation({ summary: 'Mark a key: failures are sent with HTTP 200' })
  @ApiAnswer(userSchema)
  @ApiFailures('resource_unknown')
  setKey(
    @Body({ schema: keySetSchema }) { email, errorsAs200 }: z.output<typeof keySetSchema>,
  ): Promise<UserView> {
    return this.change(email, () => this.accounts.setErrorsAs200(email, errorsAs200))
  }

  @Get('ledger')
  @ApiOperation({
    summary: "Every movement of a user's traffic, in pages, by e-mail or, of one that was removed, by id",
  })
  @ApiAnswer(ledgerSchema)
  @ApiFailures('resource_unknown')
  async ledger(
    @Query({ schema: ledgerQuerySchema }) { email, id = '', ...page }: z.output<typeof ledgerQuerySchema>,
  ): Promise<LedgerView> {
    const account = await (email === undefined ? this.accounts.byId(id) : this.accounts.byEmail(email))
    const ledger: Listing<LedgerEntry> = {
      key: z.tuple([z.string().regex(/^\d{1,18}$/)]),
      keyOf: (entry) => [entry.id],
      read: (stretch) => TrafficLedger.entries(this.database, account.id, stretch),
    }
    const { items: entries, next } = await pageOf(page, ledger, ledgerEntryView)
    return { email: account.email, trafficLeft: account.trafficLeft, entries, next }
  }

  @Get('ledger/check')
  @ApiOperation({
    summary:
      'Balances, and the use of hosts and by keys in 24 hours, held against the ledger; a page of accounts at a time',
  })
  @ApiAnswer(ledgerCheckSchema)
  async check(@Query({ schema: pageQuerySchema }) { limit, after }: PageQuery): Promise<LedgerCheckView> {
    const stretch = { limit, after: keyIn(after, z.tuple([idKey])) }
    const { accounts, faults } = await checkLedger(this.database, this.clock, stretch)
    const last = accounts.at(-1)
    return {
      accounts: accounts.length,
      faults: faults.map(ledgerFaultView),
      next: last !== undefined && accounts.length === limit ? cursorOf([last]) : null,
    }
  }

  /** Platforms by their ids as they are spelled. Raises `resource_unknown` for one that is not there. */
  private planOf({
    dailyPerHost,
    expires,
    hostCaps,
    solo,
    weight,
  }: Omit<UserSet, 'email' | 'role'>): Partial<Plan> {
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
    return userView(await this.accounts.user(email))
  }
}
