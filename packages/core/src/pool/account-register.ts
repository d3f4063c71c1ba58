import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { SWITCHED_OFF } from '@obb/contracts'
import {
  type AccountInfo,
  HostError,
  type OperatorAccount,
  parseProxyUrl,
  proxyLabel,
} from '@obb/host-adapters'
import { DataSource, IsNull, type SelectQueryBuilder } from 'typeorm'
import { z } from 'zod'
import { Clock, dateOf } from '../clock/index.js'
import { type SortKey, type Stretch, readStretch } from '../pages/index.js'
import { SEALED, SealError, Vault } from '../secrets/index.js'
import { HostAccount } from './host-account.table.js'

export const credentialsSchema = z.record(z.string(), z.string())
const MAX_REASON = 500
/** Whether a pause ends later than the one that is known; a millisecond more is what a date leaves out. */
const PAUSED_SINCE = `coalesce(cool_until > $7::timestamptz + interval '1 millisecond', false)`

/** An account ready for use: credentials and egress opened. */
export interface PooledAccount extends OperatorAccount {
  /** URL of the proxy that every request of this account goes through. */
  proxy: string | undefined
}

/** AccountTerms are what an operator may set of an account beside its credentials; null is without. */
export interface AccountTerms {
  /** Downloads at once; null is the platform's own limit. */
  maxDownloads: number | null
  /** Connections of all its downloads together. */
  maxConnections: number | null
  /** Bytes per second of all its downloads together. */
  bandwidth: number | null
  /** URL of an egress proxy, with its credentials. */
  proxy: string | null
}

/** An account as an operator sees it. */
export type ListedAccount = HostAccount & {
  /** Leases held right now, and the connections they stand for. */
  downloads: number
  connections: number
  /** Scheme, host and port; null without a proxy, `unreadable` if its key is gone or it is no proxy's URL. */
  proxy: string | null
}

export interface SealedAccount {
  id: string
  sealedCredentials: Buffer
  sealedProxy: Buffer | null
}

const BY_PLATFORM: SortKey = {
  properties: { platform: 'text', createdAt: 'timestamptz', id: 'uuid' },
  direction: 'ASC',
}

/** The operator's accounts as rows: made, changed, listed, and what their platforms told about them. */
@Injectable()
export class AccountRegister {
  constructor(
    protected readonly database: DataSource,
    protected readonly clock: Clock,
    private readonly vault: Vault,
  ) {}

  /** With `trialUntil` only to be tried out: see AccountTrials. */
  async add(
    account: { platform: string; label: string; credentials: Record<string, string> } & Partial<AccountTerms>,
    trialUntil: Date | null = null,
  ): Promise<string> {
    const { platform, label, credentials, proxy = null } = account
    const { maxDownloads = null, maxConnections = null, bandwidth = null } = account
    const id = randomUUID()
    await this.database.manager.insert(HostAccount, {
      ...{ id, platform, label, maxDownloads, maxConnections, bandwidth },
      sealedCredentials: this.vault.seal(SEALED.credentials.purpose, id, credentials),
      sealedProxy: this.sealProxy(id, proxy),
      enabled: true,
      trialUntil,
      createdAt: dateOf(this.clock),
    })
    return id
  }

  /** False if there is no such account. Another proxy is another address, which a login may be bound to. */
  async change(id: string, terms: Partial<AccountTerms>): Promise<boolean> {
    const { proxy, maxDownloads, maxConnections, bandwidth } = terms
    const { affected } = await this.database.manager.update(
      HostAccount,
      { id, trialUntil: IsNull() },
      {
        id,
        ...(maxDownloads === undefined ? {} : { maxDownloads }),
        ...(maxConnections === undefined ? {} : { maxConnections }),
        ...(bandwidth === undefined ? {} : { bandwidth }),
        ...(proxy === undefined ? {} : { sealedProxy: this.sealProxy(id, proxy), sealedSession: null }),
      },
    )
    return affected === 1
  }

  /** By platform and age; the key of a stretch is `platform`, `createdAt` in ISO 8601 and `id`. */
  async list(stretch: Stretch = {}): Promise<ListedAccount[]> {
    return this.withLeases(await readStretch(this.rows(), BY_PLATFORM, stretch))
  }

  async listed(id: string): Promise<ListedAccount | undefined> {
    return (await this.withLeases(await this.rows().andWhere('a.id = :id', { id }).getMany()))[0]
  }

  private rows(): SelectQueryBuilder<HostAccount> {
    return this.database.manager.createQueryBuilder(HostAccount, 'a').where('a.trialUntil IS NULL')
  }

  private async withLeases(accounts: HostAccount[]): Promise<ListedAccount[]> {
    const leases = await this.database.query<{ id: string; downloads: number; connections: number }[]>(
      `SELECT host_account_id AS id, count(*)::int AS downloads, sum(connections)::int AS connections
         FROM pool_lease WHERE host_account_id = ANY($2) AND expires_at > $1 GROUP BY 1`,
      [dateOf(this.clock), accounts.map(({ id }) => id)],
    )
    const held = new Map(leases.map((row) => [row.id, row]))
    return accounts.map((account) => {
      const { downloads, connections } = held.get(account.id) ?? { downloads: 0, connections: 0 }
      return Object.assign(account, { downloads, connections, proxy: this.publicProxy(account) })
    })
  }

  async byId(id: string): Promise<(PooledAccount & Pick<HostAccount, 'platform' | 'coolUntil'>) | undefined> {
    const account = await this.database.manager.findOneBy(HostAccount, { id })
    if (!account) return undefined
    const { coolUntil, platform } = account
    return { ...this.open(account), platform, coolUntil }
  }

  /** False if there is no such account. Its leases go with it: fetches under way go on with other accounts. */
  async remove(id: string): Promise<boolean> {
    const { affected } = await this.database.manager.delete(HostAccount, { id, trialUntil: IsNull() })
    return affected === 1
  }

  /** False if there is no such account. Switching on also forgets why it was off and its cached login. */
  async setEnabled(id: string, enabled: boolean): Promise<boolean> {
    const [, changed] = await this.database.query<[unknown[], number]>(
      enabled
        ? `UPDATE host_account SET enabled = true, off_reason = NULL, cool_until = NULL, sealed_session = NULL,
                  rests = 0, rest_end = NULL
            WHERE id = $1 AND trial_until IS NULL`
        : `UPDATE host_account SET enabled = false, off_reason = $2 WHERE id = $1 AND trial_until IS NULL`,
      enabled ? [id] : [id, SWITCHED_OFF],
    )
    return changed === 1
  }

  /**
   * Takes accounts of a platform that are due for a check: switched on, not resting, and not checked for
   * `intervalMs`. What is taken is nobody else's until the next time, which varies by a tenth so that accounts
   * that were added together do not log in together for ever.
   */
  async claimChecks(platform: string, intervalMs: number, limit: number): Promise<string[]> {
    const now = this.clock.now()
    const [claimed] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE host_account
          SET next_check_at = $2::timestamptz + interval '1 millisecond' * ($4::float8 * (1 + random() / 10))
        WHERE id IN (
          SELECT id FROM host_account
           WHERE platform = $1 AND enabled AND trial_until IS NULL AND (checked_at IS NULL OR checked_at <= $3)
             AND (next_check_at IS NULL OR next_check_at <= $2) AND (cool_until IS NULL OR cool_until <= $2)
           ORDER BY checked_at NULLS FIRST LIMIT $5 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [platform, new Date(now), new Date(now - intervalMs), intervalMs, limit],
    )
    return claimed.map((account) => account.id)
  }

  /**
   * What the platform told about the account: an account that works is taken back into use, but one that is
   * switched off stays off, and keeps why. `coolUntil`: as it was when the check began; a pause that came since stays, of
   * which the check knows nothing. Without it every pause ends.
   */
  async recordCheck(accountId: string, info: AccountInfo, coolUntil?: Date | null): Promise<void> {
    const bytes = (value: number | undefined) =>
      value === undefined || !Number.isSafeInteger(value) ? null : value
    await this.database.query(
      `UPDATE host_account SET premium = $2, valid_until = $3, traffic_left = $4, traffic_total = $5,
              checked_at = $6, off_reason = CASE WHEN enabled AND NOT ${PAUSED_SINCE} THEN NULL ELSE off_reason END,
              cool_until = CASE WHEN ${PAUSED_SINCE} THEN cool_until END
        WHERE id = $1`,
      [
        accountId,
        info.premium,
        Number.isFinite(info.validUntil) ? new Date(info.validUntil ?? 0) : null,
        bytes(info.trafficLeft),
        bytes(info.trafficTotal),
        dateOf(this.clock),
        coolUntil === undefined ? 'infinity' : (coolUntil ?? '-infinity'),
      ],
    )
  }

  /** A check that failed for a reason of the platform's: the account stays in use, the operator sees why. */
  async noteCheck(accountId: string, reason: string): Promise<void> {
    await this.database.query(
      `UPDATE host_account SET checked_at = $3, off_reason = CASE WHEN enabled THEN $2 ELSE off_reason END
        WHERE id = $1`,
      [accountId, reason.slice(0, MAX_REASON), dateOf(this.clock)],
    )
  }

  protected open(account: SealedAccount): PooledAccount {
    const credentials = credentialsSchema.parse(
      this.vault.open(SEALED.credentials.purpose, account.id, account.sealedCredentials),
    )
    return { id: account.id, credentials, proxy: this.openProxy(account) }
  }

  private openProxy({ id, sealedProxy }: Pick<SealedAccount, 'id' | 'sealedProxy'>): string | undefined {
    return sealedProxy ? z.string().parse(this.vault.open(SEALED.proxy.purpose, id, sealedProxy)) : undefined
  }

  private sealProxy(id: string, proxy: string | null): Buffer | null {
    return proxy === null ? null : this.vault.seal(SEALED.proxy.purpose, id, proxy)
  }

  private publicProxy(account: HostAccount): string | null {
    try {
      const proxy = this.openProxy(account)
      return proxy === undefined ? null : proxyLabel(parseProxyUrl(proxy))
    } catch (error) {
      if (error instanceof SealError || error instanceof HostError) return 'unreadable'
      throw error
    }
  }
}
