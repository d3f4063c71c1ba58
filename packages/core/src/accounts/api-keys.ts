import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { KEY_SCOPES, MAX_KEYS, Refusal } from '@obb/contracts'
import { DataSource, type EntityManager, IsNull } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { transaction } from '../locks/index.js'
import { ApiKey, DEFAULT_KEY } from './api-key.table.js'
import { hashApiKey, newApiKey } from './key.js'

/** What can be set of a key. */
export type KeySettings = Pick<ApiKey, 'name' | 'scopes' | 'networks' | 'expiresAt' | 'errorsAs200'>

/** Which key: by its id, of this account alone where one is given. */
export interface KeyRef {
  id: string
  accountId?: string | undefined
}

/** A key that was just made: the only place where the key itself is. */
export interface MadeKey {
  key: ApiKey
  apiKey: string
}

/** The keys of accounts. A key that is not there, or another account's, is Refusal `resource_unknown`. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Those that were not revoked, by name; there are at most MAX_KEYS. */
  list(accountId: string): Promise<ApiKey[]> {
    return this.database.manager.find(ApiKey, {
      where: { accountId, revokedAt: IsNull() },
      order: { name: 'ASC' },
    })
  }

  /** Raises `conflict` where the account has a key of that name, and where it has MAX_KEYS. */
  add(accountId: string, settings: Partial<KeySettings> & Pick<KeySettings, 'name'>): Promise<MadeKey> {
    return transaction(this.database, (tx) => this.addIn(tx, accountId, settings))
  }

  /** As `add`, in a transaction of the caller's. */
  async addIn(
    tx: EntityManager,
    accountId: string,
    settings: Partial<KeySettings> & Pick<KeySettings, 'name'>,
  ): Promise<MadeKey> {
    await lockKeys(tx, accountId)
    await this.assertRoom(accountId, settings.name, tx)
    return this.insert(tx, accountId, settings)
  }

  /** Raises as `add` would now. */
  async assertRoom(
    accountId: string,
    name: string,
    tx: EntityManager = this.database.manager,
  ): Promise<void> {
    const names = await namesOf(tx, accountId)
    if (names.length >= MAX_KEYS) {
      throw new Refusal('conflict', { details: [`There are ${MAX_KEYS} keys, and cannot be more.`] })
    }
    assertFree(names, name)
  }

  /** What is left out stays. It holds from the next request on. Raises `conflict` as `add`. */
  set(ref: KeyRef, settings: Partial<KeySettings>): Promise<ApiKey> {
    return this.change(ref, async (tx, { hash, accountId, name, revision }) => {
      if (settings.name !== undefined && settings.name !== name)
        assertFree(await namesOf(tx, accountId), settings.name)
      await tx.update(ApiKey, { hash }, { ...settings, revision: revision + 1 })
      return tx.findOneByOrFail(ApiKey, { hash })
    })
  }

  /** Another key in its place, with all that is set on it; the old one stops working with the next request. */
  rotate(ref: KeyRef): Promise<MadeKey> {
    return this.change(ref, (tx, key) => this.replace(tx, key))
  }

  /** The same of the key that the account was made with, which is made anew where it was removed. */
  rotateDefault(accountId: string): Promise<MadeKey> {
    return transaction(this.database, async (tx) => {
      await lockKeys(tx, accountId)
      const key = await tx.findOneBy(ApiKey, { accountId, name: DEFAULT_KEY, revokedAt: IsNull() })
      return key ? this.replace(tx, key) : this.insert(tx, accountId, { name: DEFAULT_KEY })
    })
  }

  async remove(ref: KeyRef): Promise<ApiKey> {
    return this.change(ref, async (tx, key) => {
      await tx.update(ApiKey, { hash: key.hash }, { revokedAt: dateOf(this.clock) })
      return key
    })
  }

  /** Makes a key in this transaction. */
  async insert(
    tx: EntityManager,
    accountId: string,
    settings: Partial<KeySettings> & Partial<Pick<ApiKey, 'id'>>,
  ): Promise<MadeKey> {
    const apiKey = newApiKey()
    const hash = hashApiKey(apiKey)
    if (hash === undefined) throw new Error('a new key has the wrong form')
    const given = Object.entries(settings).filter(([, value]) => value !== undefined)
    await tx.insert(ApiKey, {
      ...{ id: randomUUID(), name: DEFAULT_KEY, scopes: [...KEY_SCOPES], ...Object.fromEntries(given) },
      ...{ hash, accountId, createdAt: dateOf(this.clock) },
    })
    return { key: await tx.findOneByOrFail(ApiKey, { hash }), apiKey }
  }

  private async replace(tx: EntityManager, key: ApiKey): Promise<MadeKey> {
    const { id, accountId, name, scopes, networks, expiresAt, errorsAs200 } = key
    await tx.update(ApiKey, { hash: key.hash }, { revokedAt: dateOf(this.clock) })
    return this.insert(tx, accountId, { id, name, scopes, networks, expiresAt, errorsAs200 })
  }

  /** With the keys of its account locked. */
  private async change<T>(ref: KeyRef, change: (tx: EntityManager, key: ApiKey) => Promise<T>): Promise<T> {
    const { accountId } = await this.find(this.database.manager, ref)
    return transaction(this.database, async (tx) => {
      await lockKeys(tx, accountId)
      return change(tx, await this.find(tx, ref))
    })
  }

  private async find(manager: EntityManager, { id, accountId }: KeyRef): Promise<ApiKey> {
    const key = await manager.findOneBy(ApiKey, {
      id,
      revokedAt: IsNull(),
      ...(accountId === undefined ? {} : { accountId }),
    })
    if (!key) throw new Refusal('resource_unknown', { details: ['There is no such key.'] })
    return key
  }
}

/** One change of an account's keys at a time. */
async function lockKeys(tx: EntityManager, accountId: string): Promise<void> {
  await tx.query('SELECT 1 FROM account WHERE id = $1 FOR UPDATE', [accountId])
}

async function namesOf(tx: EntityManager, accountId: string): Promise<string[]> {
  const keys = await tx.find(ApiKey, { select: { name: true }, where: { accountId, revokedAt: IsNull() } })
  return keys.map(({ name }) => name)
}

function assertFree(names: readonly string[], name: string): void {
  if (!names.includes(name)) return
  throw new Refusal('conflict', { details: [`There is a key ${JSON.stringify(name)} already.`] })
}
