import type { z } from 'zod'
import type { AccountInfo, HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import type { HostErrorKind } from '../../kit/errors.js'
import { JsonApi } from '../../kit/json/json-api.js'
import type { Readers } from '../../kit/json/json-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import type { HostSession } from '../../kit/session/session-store.js'
import { withSession } from '../../kit/session/with-session.js'
import { answers, parseRefusal } from './answers.js'
import type { FileStatus, ListedFile } from './answers.js'
import { refusalsOf } from './refusals.js'
import type { Site } from './site.js'

export const CREDENTIALS = [
  { name: 'username', label: 'E-mail', secret: false, required: true },
  { name: 'password', label: 'Password', secret: true, required: true },
  {
    name: 'accessToken',
    label: 'Access token of a partner, in place of logins',
    secret: true,
    required: false,
  },
] as const satisfies readonly CredentialField[]

/** The official SDK keeps a token as long. */
const SESSION_MS = 30 * 60_000
const DAY = 86_400_000

/** How a call is authorised: a token of a login, or the one that a partner was given for good. */
type Credential = { auth_token: string } | { access_token: string }

/**
 * The JSON API v2 of the family: every method is a POST of a JSON object, answered by
 * `{status: "success" | "error", code, …}`. Asking about files needs no account.
 */
export class Keep2shareApi {
  private readonly api: JsonApi

  constructor(private readonly site: Site) {
    this.api = new JsonApi({ platform: site.id, refusals: refusalsOf(site), parseRefusal })
  }

  /**
   * Quick, but calls some files available that are deleted. Rows in any order; an id that the host does not
   * know has none, and FILE_GONE is raised when it knows none at all.
   */
  async listFiles(ctx: HostContext, ids: readonly string[]): Promise<ListedFile[]> {
    return (await this.call(ctx, 'getFilesInfo', { ids, extended_info: false }, answers.files)).files
  }

  /** file asks what the host really has. */
  file(ctx: HostContext, id: string): Promise<FileStatus> {
    return this.call(ctx, 'getFileStatus', { id }, answers.file)
  }

  /** Undefined where the id is no folder. */
  async folderPage(
    ctx: HostContext,
    id: string,
    limit: number,
    offset: number,
  ): Promise<ListedFile[] | undefined> {
    const page = await this.call(ctx, 'getFileStatus', { id, limit, offset }, answers.folder)
    return page.is_folder === false ? undefined : page.files
  }

  account(ctx: HostContext): Promise<AccountInfo> {
    return this.withCredential(ctx, async (authority) => {
      const account = await this.call(ctx, 'accountInfo', authority, answers.account)
      const { account_expires: validUntil, available_traffic: trafficLeft } = account
      return {
        premium: validUntil !== undefined && validUntil > ctx.now(),
        ...(validUntil !== undefined && { validUntil }),
        ...(trafficLeft !== undefined && { trafficLeft }),
        resetAt: account.quota_reset_at ?? nextMidnight(ctx.now()),
      }
    })
  }

  /** A direct link. Charges the size of the file, once per file until the quota is reset. */
  directLink(ctx: HostContext, fileId: string): Promise<string> {
    let tokens = 0
    return this.withCredential(ctx, async (authority) => {
      tokens++
      try {
        return (await this.call(ctx, 'getUrl', { ...authority, file_id: fileId }, answers.link)).url
      } catch (error) {
        // A stale token is asked for a captcha too: a fresh one tells which it is.
        if (tokens > 1 || !isKind(error, 'ACCOUNT_NEEDS_HUMAN') || 'access_token' in authority) throw error
        throw this.error('SESSION_EXPIRED', 'token may be stale', error)
      }
    })
  }

  error(kind: HostErrorKind, message: string, cause?: unknown): HostError {
    return this.api.error(kind, message, { cause })
  }

  /** Readers of the answers, by method, for fuzzing. */
  readers(): Readers {
    return this.api.readers(answers)
  }

  private async withCredential<T>(ctx: HostContext, work: (authority: Credential) => Promise<T>): Promise<T> {
    const { accessToken } = credentialsOf(ctx, this.site.id, CREDENTIALS)
    if (accessToken === undefined) {
      return withSession(
        ctx,
        this.site.id,
        () => this.login(ctx),
        ({ token }) => work({ auth_token: token }),
      )
    }
    try {
      return await work({ access_token: accessToken })
    } catch (error) {
      if (!isKind(error, 'SESSION_EXPIRED')) throw error
      throw this.error('ACCOUNT_INVALID', 'access token is not accepted', error)
    }
  }

  private async login(ctx: HostContext): Promise<HostSession> {
    const { username, password } = credentialsOf(ctx, this.site.id, CREDENTIALS)
    const { auth_token: token } = await this.call(ctx, 'login', { username, password }, answers.login)
    return { token, expiresAt: ctx.now() + SESSION_MS }
  }

  private call<T>(ctx: HostContext, method: string, json: object, schema: z.ZodType<T>): Promise<T> {
    // All but a login may be sent twice: a file is charged once a day however often it is asked for.
    const request = { url: `${ctx.origin('api')}/${method}`, json, idempotent: method !== 'login' }
    return this.api.call(ctx, method, request, schema)
  }
}

export function isKind(error: unknown, kind: HostErrorKind): error is HostError {
  return error instanceof HostError && error.kind === kind
}

/** Quotas start over at midnight UTC. */
export function nextMidnight(now: number): number {
  return (Math.floor(now / DAY) + 1) * DAY
}
