import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, UseGuards } from '@nestjs/common'
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger'
import {
  type HostAccountSet,
  type HostAccountView,
  Refusal,
  type Success,
  hostAccountCreateSchema,
  hostAccountSchema,
  hostAccountSetSchema,
  success,
} from '@obb/contracts'
import { HostCatalog, type HostPolicy } from '@obb/core/hosts'
import type { Log } from '@obb/core/log'
import { AccountPool, type AccountTerms } from '@obb/core/pool'
import { FetchQueue, Fetchers } from '@obb/core/queue'
import { HostError, parseProxyUrl } from '@obb/host-adapters'
import { z } from 'zod'
import { textOf } from '../failures/refusal-of.js'
import { ApiAnswer } from '../openapi/api-answer.js'
import { LOG } from '../tokens.js'
import { AdminGuard } from './admin.guard.js'
import { hostAccountView } from './views.js'

const CHECK_TIMEOUT_MS = 25_000
/** How long the outcome of a check that nobody asked for is waited for, ms; it is done all the same. */
const FIRST_CHECK_MS = 1_000
const id = { schema: z.uuid() }

/** The operator's accounts at the platforms. */
@ApiTags('Admin API')
@ApiBearerAuth()
@UseGuards(AdminGuard)
@Controller('api/admin/v1/accounts')
export class HostAccountsController {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly pool: AccountPool,
    private readonly queue: FetchQueue,
    private readonly fetchers: Fetchers,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Add an account of a platform; its credentials are sealed' })
  @ApiAnswer(z.object({ id: z.string() }))
  async add(
    @Body({ schema: hostAccountCreateSchema }) account: z.output<typeof hostAccountCreateSchema>,
  ): Promise<Success<{ id: string }>> {
    const policy = this.catalog.get(account.platform)
    const { credentials } = account
    const details = [...credentialFaults(policy, credentials), ...proxyFaults(account.proxy)]
    if (details.length > 0) throw new Refusal('request_invalid', { details })
    const added = await this.pool.add({
      platform: policy.platform,
      label: labelOf(policy, credentials),
      credentials,
      ...termsOf(account),
    })
    // So that its traffic and any fault show up soon; nobody waits for it.
    this.queue
      .call({ call: 'check-account', hostAccountId: added }, FIRST_CHECK_MS)
      .catch((error: unknown) => {
        this.log.debug({ account: added, err: textOf(error) }, 'the new account was not checked yet')
      })
    return success({ id: added })
  }

  @Get()
  @ApiOperation({ summary: 'All accounts, and why one is off' })
  @ApiAnswer(z.array(hostAccountSchema))
  async list(): Promise<Success<HostAccountView[]>> {
    return success((await this.pool.list()).map(hostAccountView))
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Set the limits and the egress proxy of an account; what is left out stays' })
  @ApiAnswer(hostAccountSchema)
  async set(
    @Param('id', id) accountId: string,
    @Body({ schema: hostAccountSetSchema }) update: HostAccountSet,
  ): Promise<Success<HostAccountView>> {
    const details = proxyFaults(update.proxy)
    if (details.length > 0) throw new Refusal('request_invalid', { details })
    await this.pool.change(accountId, termsOf(update))
    return this.view(accountId)
  }

  @Post(':id/enable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Switch an account on and forget its cached login' })
  @ApiAnswer(hostAccountSchema)
  enable(@Param('id', id) accountId: string): Promise<Success<HostAccountView>> {
    return this.setEnabled(accountId, true)
  }

  @Post(':id/disable')
  @HttpCode(200)
  @ApiOperation({ summary: 'Switch an account off; running fetches end as they are' })
  @ApiAnswer(hostAccountSchema)
  disable(@Param('id', id) accountId: string): Promise<Success<HostAccountView>> {
    return this.setEnabled(accountId, false)
  }

  @Post(':id/check')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask the platform how the account stands, now' })
  @ApiAnswer(hostAccountSchema)
  async check(@Param('id', id) accountId: string): Promise<Success<HostAccountView>> {
    await this.view(accountId)
    if (!(await this.fetchers.anyAlive())) throw new Refusal('no_fetcher', { retryInSeconds: 15 })
    await this.queue.call({ call: 'check-account', hostAccountId: accountId }, CHECK_TIMEOUT_MS)
    return this.view(accountId)
  }

  private async setEnabled(accountId: string, enabled: boolean): Promise<Success<HostAccountView>> {
    await this.pool.setEnabled(accountId, enabled)
    return this.view(accountId)
  }

  private async view(accountId: string): Promise<Success<HostAccountView>> {
    const account = (await this.pool.list()).find((each) => each.id === accountId)
    if (!account) throw new Refusal('resource_unknown', { details: [`There is no account ${accountId}.`] })
    return success(hostAccountView(account))
  }
}

function termsOf({ proxy, maxDownloads, maxConnections, bandwidth }: HostAccountSet): Partial<AccountTerms> {
  return {
    ...(proxy === undefined ? {} : { proxy }),
    ...(maxDownloads === undefined ? {} : { maxDownloads }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
  }
}

/** What is wrong with a proxy's URL, without the URL: it may hold a password. */
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
      .filter((field) => field.required && !credentials[field.name])
      .map((field) => `${policy.platform} needs ${field.name} (${field.label}).`),
  ]
}

/** A name for lists: the first field that is no secret, or a secret's last characters. */
function labelOf(policy: HostPolicy, credentials: Record<string, string>): string {
  const { credentials: fields } = policy.adapter.manifest
  const open = fields.find((field) => !field.secret && credentials[field.name])
  if (open) return credentials[open.name] ?? ''
  const secret = credentials[fields[0]?.name ?? ''] ?? ''
  return secret.length >= 12 ? `…${secret.slice(-4)}` : '…'
}
