import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import {
  type HostAccountSaved,
  type HostAccountSet,
  type HostAccountView,
  type PageQuery,
  type PageView,
  Refusal,
  type Removed,
  hostAccountCreateSchema,
  hostAccountSavedSchema,
  hostAccountSchema,
  hostAccountSetSchema,
  pageQuerySchema,
  pageSchema,
  removedSchema,
} from '@obb/contracts'
import { HostCatalog, type HostPolicy } from '@obb/core/hosts'
import { AccountPool, type AccountTerms, type ListedAccount } from '@obb/core/pool'
import { FetchQueue, Fetchers } from '@obb/core/queue'
import { HostError, parseProxyUrl } from '@obb/host-adapters'
import { z } from 'zod'
import { ApiAnswer } from '../http/api-answer.js'
import { ApiFailures } from '../http/api-failures.js'
import { AccountProofs } from './account-proofs.js'
import { GivenCookies } from './given-cookies.js'
import { HostAccountSubject } from '../audit/audit-subjects.js'
import { AdminApi } from '../http/admin-api.js'
import { type Listing, idKey, pageOf, textKey, timeKey } from '../http/pages.js'
import { hostAccountView } from './views.js'

/** Longest credential that is no cookies, characters. */
const MAX_CREDENTIAL = 1024
const CHECK_TIMEOUT_MS = 25_000
const id = { schema: z.uuid() }

/** The operator's accounts at the platforms. */
@AdminApi('accounts', HostAccountSubject)
export class HostAccountsController {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly queue: FetchQueue,
    private readonly fetchers: Fetchers,
    private readonly proofs: AccountProofs,
    private readonly cookies: GivenCookies,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Add an account that its platform takes; its credentials are sealed' })
  @ApiAnswer(hostAccountSavedSchema)
  @ApiFailures('conflict', 'account_refused', 'resource_unknown', 'no_fetcher', 'host_unavailable')
  async add(
    @Body({ schema: hostAccountCreateSchema }) account: z.output<typeof hostAccountCreateSchema>,
  ): Promise<HostAccountSaved> {
    const policy = this.catalog.get(account.platform)
    const { untested = false } = account
    const details = [...credentialFaults(policy, account.credentials), ...proxyFaults(account.proxy)]
    if (details.length > 0) throw new Refusal('request_invalid', { details })
    const credentials = this.cookies.reduced(policy, account.credentials)
    const candidate = { platform: policy.platform, credentials, ...termsOf(account) }
    return this.proofs.save({ candidate, policy, untested })
  }

  @Get()
  @ApiOperation({ summary: 'Accounts by platform and age, in pages, and why one is off' })
  @ApiAnswer(pageSchema(hostAccountSchema))
  list(@Query({ schema: pageQuerySchema }) page: PageQuery): Promise<PageView<HostAccountView>> {
    const accounts: Listing<ListedAccount> = {
      key: z.tuple([textKey, timeKey, idKey]),
      keyOf: ({ platform, createdAt, id }) => [platform, createdAt.toISOString(), id],
      read: (stretch) => this.pool.list(stretch),
    }
    return pageOf(page, accounts, hostAccountView)
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Set limits, egress proxy and credentials of an account; what is left out stays',
    description: 'New credentials are saved after the platform took them, unless `untested`.',
  })
  @ApiAnswer(hostAccountSchema)
  @ApiFailures('conflict', 'account_refused', 'resource_unknown', 'no_fetcher', 'host_unavailable')
  async set(
    @Param('id', id) accountId: string,
    @Body({ schema: hostAccountSetSchema }) update: HostAccountSet,
  ): Promise<HostAccountView> {
    const details = proxyFaults(update.proxy)
    if (details.length > 0) throw new Refusal('request_invalid', { details })
    if (update.credentials !== undefined) await this.replaceCredentials(accountId, update)
    await this.pool.change(accountId, termsOf(update))
    return this.view(accountId)
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Remove an account; fetches under way go on with others. Can be repeated' })
  @ApiAnswer(removedSchema)
  async remove(@Param('id', id) accountId: string): Promise<Removed> {
    return { id: accountId, removed: await this.pool.remove(accountId) }
  }

  @Post(':id/enable')
  @ApiOperation({ summary: 'Switch an account on and forget its cached login' })
  @ApiAnswer(hostAccountSchema)
  @ApiFailures('resource_unknown')
  enable(@Param('id', id) accountId: string): Promise<HostAccountView> {
    return this.setEnabled(accountId, true)
  }

  @Post(':id/disable')
  @ApiOperation({ summary: 'Switch an account off; running fetches end as they are' })
  @ApiAnswer(hostAccountSchema)
  @ApiFailures('resource_unknown')
  disable(@Param('id', id) accountId: string): Promise<HostAccountView> {
    return this.setEnabled(accountId, false)
  }

  @Post(':id/check')
  @ApiOperation({ summary: 'Ask the platform how the account stands, now' })
  @ApiAnswer(hostAccountSchema)
  @ApiFailures('resource_unknown', 'no_fetcher')
  async check(@Param('id', id) accountId: string): Promise<HostAccountView> {
    const { platform } = await this.view(accountId)
    if (!(await this.fetchers.anyAlive())) throw new Refusal('no_fetcher', { retryInSeconds: 15 })
    const call = { call: 'check-account', hostAccountId: accountId, accountId: '', platform } as const
    await this.queue.call(call, CHECK_TIMEOUT_MS)
    return this.view(accountId)
  }

  /** replaceCredentials replaces the credentials that are named; the others stay. */
  private async replaceCredentials(into: string, update: HostAccountSet): Promise<void> {
    const account = await this.pool.byId(into)
    if (!account) throw unknownAccount(into)
    const policy = this.catalog.get(account.platform)
    const given = { ...account.credentials, ...update.credentials }
    const details = credentialFaults(policy, given)
    if (details.length > 0) throw new Refusal('request_invalid', { details })
    const credentials = this.cookies.reduced(policy, given)
    const proxy = update.proxy === undefined ? (account.proxy ?? null) : update.proxy
    const candidate = { platform: policy.platform, credentials, proxy }
    await this.proofs.save({ candidate, policy, untested: update.untested ?? false, into })
  }

  private async setEnabled(accountId: string, enabled: boolean): Promise<HostAccountView> {
    await this.pool.setEnabled(accountId, enabled)
    return this.view(accountId)
  }

  private async view(accountId: string): Promise<HostAccountView> {
    const account = await this.pool.listed(accountId)
    if (!account) throw unknownAccount(accountId)
    return hostAccountView(account)
  }
}

function unknownAccount(accountId: string): Refusal {
  return new Refusal('resource_unknown', { details: [`There is no account ${accountId}.`] })
}

function termsOf({ proxy, maxDownloads, maxConnections, bandwidth }: HostAccountSet): Partial<AccountTerms> {
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(maxDownloads === undefined ? {} : { maxDownloads }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
  }
}

/** proxyFaults tell what is wrong with a proxy's URL, without the URL: it may hold a password. */
function proxyFaults(proxy: string | null | undefined): string[] {
  if (proxy === undefined || proxy === null) return []
  try {
    parseProxyUrl(proxy)
    return []
  } catch (error) {
    if (error instanceof HostError) return [`proxy: ${error.message}`]
    throw error
  }
}

function credentialFaults(policy: HostPolicy, credentials: Record<string, string>): string[] {
  const { manifest } = policy.adapter
  if (manifest.credentials.length === 0) return [`${policy.platform} needs no account.`]
  const known = manifest.credentials.map((field) => field.name)
  return [
    ...Object.keys(credentials)
      .filter((name) => !known.includes(name))
      .map((name) => `${policy.platform} has no credential ${name}; it has ${known.join(', ')}.`),
    ...manifest.credentials
      .filter(({ kind, name }) => kind === undefined && (credentials[name]?.length ?? 0) > MAX_CREDENTIAL)
      .map(({ name }) => `${name} is longer than ${MAX_CREDENTIAL} characters.`),
    ...manifest.credentials
      .filter((field) => field.required && !credentials[field.name])
      .map((field) => `${policy.platform} needs ${field.name} (${field.label}).`),
  ]
}
