import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { LRUCache } from 'lru-cache'
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { transaction } from '../locks/index.js'
import { type SortKey, type Stretch, readLookEnd, readStretch } from '../pages/index.js'
import { Batch, GATHER_MS, Statement, rowsOf } from '../statements/index.js'
import { TrafficLedger } from '../traffic/index.js'
import { Account } from './account.table.js'
import { DEFAULT_KEY } from './api-key.table.js'
import { ApiKeys } from './api-keys.js'
import { hashApiKey } from './key.js'
import type { KeyTerms } from './key-terms.js'
import { keepAnOperator } from './keep-an-operator.js'
import { mayAct } from './standing.js'

/** The account behind a key, as every call of the external API sees it. */
export interface Caller {
  accountId: string
  state: Account['state']
  expiresAt: Date | null
  trafficLeft: number
  trafficMax: number
  dailyPerHost: number | null
  /** Caps of single platforms, bytes in 24 h; they go before `dailyPerHost`. */
  hostCaps: Record<string, number>
  solo: boolean
  errorsAs200: boolean
  /** What the key may by which it asks; undefined: its user has signed in, and may all of it. */
  key?: KeyTerms | undefined
  /** An operator looks on as this account, which is told nothing that files can be had by. */
  isViewed?: boolean | undefined
}

/**
 * The caller of a key that was valid when this process saw it last, in order. Whether all that still holds, only a
 * statement that looks for the key, with the terms it had, can tell.
 */
export interface CachedCaller extends Caller {
  keyHash: Buffer
  key: KeyTerms
}

/** capOf gives what an account may use of a platform in 24 h, bytes; null is without a cap. */
export function capOf(plan: Pick<Caller, 'dailyPerHost' | 'hostCaps'>, platform: string): number | null {
  return plan.hostCaps[platform] ?? plan.dailyPerHost
}

/** A Plan is what an account may use beside its traffic. */
export interface Plan {
  /** Bytes per platform in 24 h; null is without a cap. */
  dailyPerHost: number | null
  /** By platform id, bytes in 24 h; null takes a cap back. */
  hostCaps: Record<string, number | null>
  expiresAt: Date | null
  /** ≥ 1 */
  weight: number
  solo: boolean
}

export interface NewAccount extends Partial<Plan> {
  email: string
  /** First grant, bytes. */
  traffic: number
  /** Whether its key has failures sent with HTTP 200. */
  errorsAs200?: boolean
  role?: Account['role']
}

/** What is told of an account beside its own row. */
interface Beside {
  /** How failures are sent to the key it was made with. */
  errorsAs200: boolean
  /** How many it has. */
  passkeys: number
  identities: number
}

/** An account that somebody has. */
export type User = Account & { state: Exclude<Account['state'], 'removed'> } & Beside

interface KeyRow extends Omit<Caller, 'key'>, Omit<KeyTerms, 'id' | 'expiresAt'> {
  hash: Buffer
  keyId: string
  keyExpiresAt: Date | null
}

const BY_KEYS = new Statement<KeyRow>(
  `SELECT k.hash, a.id AS "accountId", a.state, a.expires_at AS "expiresAt", a.traffic_left AS "trafficLeft",
          a.traffic_max AS "trafficMax", a.daily_per_host AS "dailyPerHost", a.host_caps AS "hostCaps",
          a.solo, k.errors_as_200 AS "errorsAs200", k.id AS "keyId", k.revision, k.scopes, k.networks,
          k.expires_at AS "keyExpiresAt"
     FROM ${rowsOf('bytea')} AS asked (hash)
     JOIN api_key k ON k.hash = asked.hash AND k.revoked_at IS NULL
     JOIN account a ON a.id = k.account_id`,
)

const MAX_SEEN = 10_000

const BY_EMAIL: SortKey = { properties: { email: 'text' }, direction: 'ASC' }

export interface UserFilter {
  /** A part of the e-mail, whatever the case. */
  search?: string | undefined
}

/** Users of the portal and their keys. Raises Refusal `resource_unknown` for an e-mail nobody has. */
@Injectable()
export class Accounts {
  private readonly callers = new Batch((hashes: Buffer[]) => this.byHashes(hashes), GATHER_MS)
  private readonly seen = new LRUCache<string, CachedCaller>({ max: MAX_SEEN })

  private readonly keys: ApiKeys

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {
    this.keys = new ApiKeys(database, clock)
  }

  /** The caller of a key, or undefined. Not cached, so a rotation holds from the next request on. */
  async byKey(key: string): Promise<Caller | undefined> {
    const hash = hashApiKey(key)
    if (hash === undefined) return undefined
    const caller = await this.callers.ask(hash)
    this.remember(hash, caller)
    return caller
  }

  /** Without a look: for callers who pass `keyHash` on to a statement that proves it. */
  cachedCaller(key: string): CachedCaller | undefined {
    const hash = hashApiKey(key)
    return hash && this.seen.get(hash.toString('latin1'))
  }

  private remember(keyHash: Buffer, caller: Caller | undefined): void {
    const id = keyHash.toString('latin1')
    this.seen.delete(id)
    if (!caller?.key || !mayAct(caller, this.clock.now())) return
    this.seen.set(id, { ...caller, key: caller.key, keyHash })
  }

  private async byHashes(hashes: readonly Buffer[]): Promise<(Caller | undefined)[]> {
    const rows = await BY_KEYS.run(this.database, [hashes])
    const callers = new Map(rows.map((row) => [row.hash.toString('latin1'), callerOf(row)]))
    return hashes.map((hash) => callers.get(hash.toString('latin1')))
  }

  /** Raises `conflict` if the e-mail is taken. The key is in this answer and nowhere else. */
  async create(account: NewAccount): Promise<{ id: string; apiKey: string }> {
    return transaction(this.database, async (tx) => {
      const id = await this.createWithoutKey(account, tx)
      const { errorsAs200 = false } = account
      const { apiKey } = await this.keys.insert(tx, id, { errorsAs200 })
      return { id, apiKey }
    })
  }

  /** The id of the account of somebody who signs in, in a transaction of the caller's. Raises as `create`. */
  async createWithoutKey(account: Omit<NewAccount, 'errorsAs200'>, tx: EntityManager): Promise<string> {
    const id = randomUUID()
    const made = await tx.query<unknown[]>(
      `INSERT INTO account (id, email, role, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (email) DO NOTHING RETURNING id`,
      [id, account.email, account.role ?? 'user', dateOf(this.clock)],
    )
    if (made.length === 0) {
      throw new Refusal('conflict', { details: [`There is a user ${account.email} already.`] })
    }
    await this.writePlan(tx, id, account)
    if (account.traffic > 0) await TrafficLedger.grant(tx, this.clock, id, account.traffic, 'first grant')
    return id
  }

  /** By e-mail, which is also the key of a stretch. */
  async list(stretch: Stretch = {}, { search = '' }: UserFilter = {}): Promise<User[]> {
    const listed = this.listed()
    if (search !== '') listed.andWhere('strpos(a.email, lower(:search)) > 0', { search })
    return this.asUsers(await readStretch(listed, BY_EMAIL, stretch))
  }

  /** Where a page of a list stops looking; undefined where nothing is searched, or for the last page. */
  async lookEnd(stretch: Stretch, { search = '' }: UserFilter): Promise<string[] | undefined> {
    if (search === '') return undefined
    return readLookEnd(this.listed(), BY_EMAIL, stretch)
  }

  private listed(): SelectQueryBuilder<Account> {
    return this.database.manager.createQueryBuilder(Account, 'a').where("a.state <> 'removed'")
  }

  /** Raises as `byEmail`. */
  async user(email: string): Promise<User> {
    const [user] = await this.asUsers([await this.byEmail(email)])
    if (!user) throw new Error('an account without itself')
    return user
  }

  private async asUsers(accounts: readonly Account[]): Promise<User[]> {
    const rows = await this.database.query<({ id: string } & Beside)[]>(
      `SELECT a.id, (SELECT count(*)::int FROM passkey p WHERE p.account_id = a.id) AS passkeys,
              (SELECT count(*)::int FROM linked_identity l WHERE l.account_id = a.id) AS identities,
              EXISTS (SELECT FROM api_key k WHERE k.account_id = a.id AND k.name = $2
                        AND k.revoked_at IS NULL AND k.errors_as_200) AS "errorsAs200"
         FROM unnest($1::uuid[]) AS a (id)`,
      [accounts.map(({ id }) => id), DEFAULT_KEY],
    )
    const beside = new Map(rows.map(({ id, ...facts }) => [id, facts]))
    return (accounts as Omit<User, keyof Beside>[]).map((account) =>
      Object.assign(account, beside.get(account.id) ?? { errorsAs200: false, passkeys: 0, identities: 0 }),
    )
  }

  async byEmail(email: string): Promise<Account> {
    const account = await this.database.manager.findOneBy(Account, { email })
    if (!account) throw new Refusal('resource_unknown', { details: [`There is no user ${email}.`] })
    return account
  }

  /** Also one that was removed. Raises as `byEmail`. */
  async byId(id: string): Promise<Account> {
    const account = await this.database.manager.findOneBy(Account, { id })
    if (!account) throw new Refusal('resource_unknown', { details: [`There is no user ${id}.`] })
    return account
  }

  /**
   * From its commit on the user's keys are invalid and the e-mail is free. What stays is a nameless account with its
   * ledger, so that every balance can be explained; `Fetches.endRemoved` ends its links. The id of the account;
   * undefined if there is no such user. Raises `last_operator`, and as `assertHolds`, which is asked under the lock of
   * operators and before any other.
   */
  async remove(
    email: string,
    assertHolds?: (tx: EntityManager) => Promise<void>,
  ): Promise<string | undefined> {
    return transaction(this.database, async (tx) => {
      await keepAnOperator(tx, this.clock, email)
      await assertHolds?.(tx)
      const [[removed]] = await tx.query<[{ id: string }[], number]>(
        `UPDATE account SET state = 'removed', role = 'user', email = 'removed ' || id WHERE email = $1 RETURNING id`,
        [email],
      )
      if (!removed) return undefined
      await tx.query('UPDATE api_key SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL', [
        removed.id,
        dateOf(this.clock),
      ])
      return removed.id
    })
  }

  /** Who is suspended is signed out everywhere. Raises `last_operator`. */
  async setState(email: string, state: 'active' | 'suspended'): Promise<void> {
    const account = await this.byEmail(email)
    await transaction(this.database, async (tx) => {
      if (state === 'suspended') await keepAnOperator(tx, this.clock, email)
      await tx.update(Account, { id: account.id }, { state })
    })
  }

  /** `bytes` > 0 */
  async grant(email: string, bytes: number): Promise<void> {
    const account = await this.byEmail(email)
    await transaction(this.database, (tx) => TrafficLedger.grant(tx, this.clock, account.id, bytes, null))
  }

  /** setPlan changes an account's plan; what is left out stays as it is. */
  async setPlan(email: string, plan: Partial<Plan>): Promise<void> {
    const account = await this.byEmail(email)
    await transaction(this.database, (tx) => this.writePlan(tx, account.id, plan))
  }

  /**
   * Corrects the balance by `bytes`, signed and not 0. Raises `request_invalid`, with nothing changed, if it would
   * fall below 0 or beyond what can be counted.
   */
  async adjust(email: string, bytes: number, note: string): Promise<void> {
    const account = await this.byEmail(email)
    const adjusted = await transaction(this.database, (tx) =>
      TrafficLedger.adjust(tx, this.clock, account.id, bytes, note),
    )
    if (adjusted) return
    const { trafficLeft } = await this.byEmail(email)
    const fault =
      bytes < 0
        ? `traffic: ${email} has only ${trafficLeft} bytes left`
        : 'traffic: more than can be counted (2^53 bytes in all)'
    throw new Refusal('request_invalid', { details: [fault] })
  }

  /** A new key in place of the one the account was made with; what was set on it carries over. */
  async rotateKey(email: string): Promise<string> {
    const { id } = await this.byEmail(email)
    return (await this.keys.rotateDefault(id)).apiKey
  }

  /** Of the key that the account was made with. */
  async setErrorsAs200(email: string, errorsAs200: boolean): Promise<void> {
    const account = await this.byEmail(email)
    await this.database.query(
      'UPDATE api_key SET errors_as_200 = $2 WHERE account_id = $1 AND name = $3 AND revoked_at IS NULL',
      [account.id, errorsAs200, DEFAULT_KEY],
    )
  }

  private async writePlan(tx: EntityManager, id: string, plan: Partial<Plan>): Promise<void> {
    const { dailyPerHost, expiresAt, hostCaps = {}, solo, weight } = plan
    await tx.update(
      Account,
      { id },
      {
        id,
        ...(dailyPerHost === undefined ? {} : { dailyPerHost }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(solo === undefined ? {} : { solo }),
        ...(weight === undefined ? {} : { weight }),
      },
    )
    const entries = Object.entries(hostCaps)
    if (entries.length === 0) return
    await tx.query('UPDATE account SET host_caps = (host_caps || $2::jsonb) - $3::text[] WHERE id = $1', [
      id,
      JSON.stringify(Object.fromEntries(entries.filter(([, cap]) => cap !== null))),
      entries.filter(([, cap]) => cap === null).map(([platform]) => platform),
    ])
  }
}

function callerOf({ hash: _, keyId, keyExpiresAt, revision, scopes, networks, ...caller }: KeyRow): Caller {
  return { ...caller, key: { id: keyId, revision, scopes, networks, expiresAt: keyExpiresAt } }
}
