import { randomUUID } from 'node:crypto'
import { Refusal } from '@obb/contracts'
import type { DataSource, EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { transaction } from '../locks/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { Account } from './account.table.js'
import { ApiKey } from './api-key.table.js'
import { hashApiKey, newApiKey } from './key.js'

/** The account behind a key, as every call of the external API sees it. */
export interface Caller {
  accountId: string
  state: 'active' | 'suspended'
  expiresAt: Date | null
  trafficLeft: number
  trafficMax: number
  dailyPerHost: number | null
  /** Caps of single platforms, bytes in 24 h; they go before `dailyPerHost`. */
  hostCaps: Record<string, number>
  solo: boolean
  errorsAs200: boolean
}

/** What an account may use of a platform in 24 h, bytes; null is without a cap. */
export function capOf(plan: Pick<Caller, 'dailyPerHost' | 'hostCaps'>, platform: string): number | null {
  return plan.hostCaps[platform] ?? plan.dailyPerHost
}

export interface NewAccount {
  email: string
  /** First grant, bytes. */
  traffic: number
  dailyPerHost: number | null
  expiresAt: Date | null
}

/** Users of the portal and their keys. Raises Refusal `resource_unknown` for an e-mail nobody has. */
export class Accounts {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The caller of a key, or undefined. Not cached, so a rotation holds from the next request on. */
  async byKey(key: string): Promise<Caller | undefined> {
    const hash = hashApiKey(key)
    if (hash === undefined) return undefined
    const [caller] = await this.database.query<Caller[]>(
      `SELECT a.id AS "accountId", a.state, a.expires_at AS "expiresAt", a.traffic_left AS "trafficLeft",
              a.traffic_max AS "trafficMax", a.daily_per_host AS "dailyPerHost", a.host_caps AS "hostCaps",
              a.solo, k.errors_as_200 AS "errorsAs200"
         FROM api_key k JOIN account a ON a.id = k.account_id
        WHERE k.hash = $1 AND k.revoked_at IS NULL`,
      [hash],
    )
    return caller
  }

  /** Raises `conflict` if the e-mail is taken. The key is in this answer and nowhere else. */
  async create(account: NewAccount): Promise<{ id: string; apiKey: string }> {
    const id = randomUUID()
    const apiKey = newApiKey()
    await transaction(this.database, async (tx) => {
      const made = await tx.query<unknown[]>(
        `INSERT INTO account (id, email, daily_per_host, expires_at, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (email) DO NOTHING RETURNING id`,
        [id, account.email, account.dailyPerHost, account.expiresAt, dateOf(this.clock)],
      )
      if (made.length === 0) {
        throw new Refusal('conflict', { details: [`There is a user ${account.email} already.`] })
      }
      if (account.traffic > 0) await TrafficLedger.grant(tx, this.clock, id, account.traffic, 'first grant')
      await this.insertKey(tx, id, apiKey, false)
    })
    return { id, apiKey }
  }

  async list(): Promise<(Account & { errorsAs200: boolean })[]> {
    const accounts = await this.database.manager.find(Account, { order: { email: 'ASC' } })
    const keys = await this.database.query<{ id: string }[]>(
      'SELECT account_id AS id FROM api_key WHERE revoked_at IS NULL AND errors_as_200',
    )
    const readable = new Set(keys.map((key) => key.id))
    return accounts.map((account) => Object.assign(account, { errorsAs200: readable.has(account.id) }))
  }

  async byEmail(email: string): Promise<Account> {
    const account = await this.database.manager.findOneBy(Account, { email })
    if (!account) throw new Refusal('resource_unknown', { details: [`There is no user ${email}.`] })
    return account
  }

  async setState(email: string, state: Account['state']): Promise<void> {
    const account = await this.byEmail(email)
    await this.database.manager.update(Account, { id: account.id }, { state })
  }

  /** `bytes` > 0 */
  async grant(email: string, bytes: number): Promise<void> {
    const account = await this.byEmail(email)
    await transaction(this.database, (tx) => TrafficLedger.grant(tx, this.clock, account.id, bytes, null))
  }

  /** A new key; the old one stops working with the next request. What was set on it carries over. */
  async rotateKey(email: string): Promise<string> {
    const account = await this.byEmail(email)
    const apiKey = newApiKey()
    await transaction(this.database, async (tx) => {
      await tx.query('SELECT 1 FROM account WHERE id = $1 FOR UPDATE', [account.id])
      const [revoked] = await tx.query<[{ errorsAs200: boolean }[], number]>(
        `UPDATE api_key SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL
         RETURNING errors_as_200 AS "errorsAs200"`,
        [account.id, dateOf(this.clock)],
      )
      await this.insertKey(tx, account.id, apiKey, revoked[0]?.errorsAs200 ?? false)
    })
    return apiKey
  }

  async setErrorsAs200(email: string, errorsAs200: boolean): Promise<void> {
    const account = await this.byEmail(email)
    await this.database.query(
      'UPDATE api_key SET errors_as_200 = $2 WHERE account_id = $1 AND revoked_at IS NULL',
      [account.id, errorsAs200],
    )
  }

  private async insertKey(
    tx: EntityManager,
    accountId: string,
    key: string,
    errorsAs200: boolean,
  ): Promise<void> {
    const hash = hashApiKey(key)
    if (hash === undefined) throw new Error('a new key has the wrong form')
    await tx.insert(ApiKey, { hash, accountId, errorsAs200, createdAt: dateOf(this.clock) })
  }
}
