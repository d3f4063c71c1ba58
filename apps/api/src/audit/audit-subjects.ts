import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { userRefSchema } from '@obb/contracts'
import { DEFAULT_KEY } from '@obb/core/accounts'
import { Files } from '@obb/core/files'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { SetUp } from '@obb/core/set-up'
import { Installation } from '@obb/core/store-state'
import { DataSource } from 'typeorm'
import { z } from 'zod'
import { type Audited, type AuditRequest, AuditSubject } from './audit-subject.js'

const NOTHING: Audited = { target: null, state: null }

const withId = z.object({ id: z.uuid() })
const emailSchema = z.object({ email: userRefSchema.shape.email })

/** The id in the path, or that of what was made. */
export const idOf = ({ params, answer }: AuditRequest): string | undefined =>
  withId.safeParse(params).data?.id ?? withId.safeParse(answer).data?.id

/** By the e-mail in body or query. */
@Injectable()
export class UserSubject extends AuditSubject {
  constructor(private readonly database: DataSource) {
    super()
  }

  async read({ query, body }: AuditRequest): Promise<Audited> {
    const email = (emailSchema.safeParse(body).data ?? emailSchema.safeParse(query).data)?.email
    if (email === undefined) return NOTHING
    const [state = null] = await this.database.query<Record<string, unknown>[]>(
      `SELECT a.id, a.state, a.role, a.traffic_left AS "trafficLeft", a.traffic_max AS "trafficMax",
              a.daily_per_host AS "dailyPerHost", a.host_caps AS "hostCaps", a.weight, a.solo,
              to_json(a.expires_at) AS "expiresAt", left(encode(k.hash, 'hex'), 8) AS key,
              k.errors_as_200 AS "errorsAs200",
              (SELECT count(*)::int FROM passkey p WHERE p.account_id = a.id) AS passkeys,
              (SELECT count(*)::int FROM linked_identity l WHERE l.account_id = a.id) AS identities
         FROM account a LEFT JOIN api_key k ON k.account_id = a.id AND k.name = $2 AND k.revoked_at IS NULL
        WHERE a.email = $1`,
      [email, DEFAULT_KEY],
    )
    return { target: email, state }
  }
}

/** A key of a user: by whose it is, and never the key itself. */
@Injectable()
export class KeySubject extends AuditSubject {
  constructor(private readonly database: DataSource) {
    super()
  }

  async read(request: AuditRequest): Promise<Audited> {
    const email = emailSchema.safeParse(request.body).data?.email ?? null
    const id = idOf(request)
    if (id === undefined) return { target: email, state: null }
    const [row] = await this.database.query<({ email: string } & Record<string, unknown>)[]>(
      `SELECT a.email, k.name, k.scopes, k.networks, to_json(k.expires_at) AS "expiresAt",
              k.errors_as_200 AS "errorsAs200", left(encode(k.hash, 'hex'), 8) AS key
         FROM api_key k JOIN account a ON a.id = k.account_id WHERE k.id = $1 AND k.revoked_at IS NULL`,
      [id],
    )
    if (row === undefined) return { target: email, state: null }
    const { email: target, ...state } = row
    return { target, state }
  }
}

/** An account of the operator's: its credentials, and so its user name, by the digest of what is sealed. */
@Injectable()
export class HostAccountSubject extends AuditSubject {
  constructor(private readonly database: DataSource) {
    super()
  }

  async read(request: AuditRequest): Promise<Audited> {
    const id = idOf(request)
    if (id === undefined) return NOTHING
    const [row] = await this.database.query<Record<string, Buffer | null>[]>(
      `SELECT platform, enabled, max_downloads AS "maxDownloads", max_connections AS "maxConnections",
              bandwidth, sealed_credentials AS credentials, sealed_proxy AS proxy
         FROM host_account WHERE id = $1 AND trial_until IS NULL`,
      [id],
    )
    if (row === undefined) return { target: id, state: null }
    const { credentials = null, proxy = null, ...state } = row
    return {
      target: id,
      state: { ...state, credentials: sealedDigest(credentials), proxy: sealedDigest(proxy) },
    }
  }
}

/** A platform: what an operator may set of it, and until when it is set aside. */
@Injectable()
export class HostSubject extends AuditSubject {
  constructor(
    private readonly catalog: HostCatalog,
    private readonly breaker: HostBreaker,
  ) {
    super()
  }

  async read({ params }: AuditRequest): Promise<Audited> {
    const wanted = z.object({ platform: z.string() }).safeParse(params).data?.platform.toLowerCase()
    await this.catalog.reload()
    const policy = this.catalog.all().find(({ platform }) => platform.toLowerCase() === wanted)
    if (policy === undefined) return NOTHING
    const { platform, enabled, domains, maxChunks, maxDownloads, maxQueued, solo, bandwidth } = policy
    const { canaryUrl, switches, originOverrides } = policy
    const origins = Object.entries(originOverrides).map(([name, url]) => [name, withoutUser(url)])
    const openUntil = await this.breaker.openUntil(platform)
    return {
      target: platform,
      state: {
        ...{ enabled, domains, maxChunks, maxDownloads, maxQueued, solo, bandwidth, canaryUrl, switches },
        openUntil: openUntil === undefined ? null : new Date(openUntil).toISOString(),
        origins: Object.fromEntries(origins) as Record<string, string>,
      },
    }
  }
}

/** A file, or a sweep of the store. */
@Injectable()
export class FileSubject extends AuditSubject {
  constructor(private readonly files: Files) {
    super()
  }

  async read(request: AuditRequest): Promise<Audited> {
    const id = idOf(request)
    if (id === undefined) return NOTHING
    const file = await this.files.withLinks(id)
    if (file === undefined) return { target: id, state: sweepSchema.safeParse(request.answer).data ?? null }
    const { platform, hostFileId, name, state, pinned, links } = file
    return { target: id, state: { platform, fileId: hostFileId, name, state, pinned, links } }
  }
}

const sweepSchema = z.object({ dryRun: z.boolean() })

@Injectable()
export class BlockSubject extends AuditSubject {
  constructor(private readonly database: DataSource) {
    super()
  }

  async read(request: AuditRequest): Promise<Audited> {
    const id = idOf(request)
    if (id === undefined) return NOTHING
    const [state = null] = await this.database.query<Record<string, unknown>[]>(
      'SELECT kind, value, reason FROM block WHERE id = $1',
      [id],
    )
    return { target: id, state }
  }
}

/** What is sealed, all together: how much of it was sealed anew. */
@Injectable()
export class SecretsSubject extends AuditSubject {
  read({ answer }: AuditRequest): Promise<Audited> {
    const counts = z.record(z.string(), z.object({ resealed: z.number() })).safeParse(answer).data ?? {}
    const state = Object.entries(counts).map(([name, { resealed }]) => [name, resealed] as const)
    return Promise.resolve({ target: null, state: answer === undefined ? null : Object.fromEntries(state) })
  }
}

@Injectable()
export class StoreSubject extends AuditSubject {
  constructor(private readonly installation: Installation) {
    super()
  }

  async read(): Promise<Audited> {
    const now = await this.installation.current()
    return { target: null, state: now ? { installation: now.id, copied: now.copied } : null }
  }
}

/** What was decided of the guided set-up. */
@Injectable()
export class SetUpSubject extends AuditSubject {
  constructor(private readonly setUp: SetUp) {
    super()
  }

  async read(): Promise<Audited> {
    const { dismissed } = await this.setUp.state()
    return { target: null, state: { dismissed } }
  }
}

/** That a sealed value became another one, and nothing of it. */
function sealedDigest(sealed: Buffer | null): string | null {
  return sealed && `sealed ${createHash('sha256').update(sealed).digest('hex').slice(0, 8)}`
}

function withoutUser(text: string): string {
  const url = new URL(text)
  url.username = url.password = url.search = ''
  return url.href
}
