import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { MAX_PASSKEYS, Refusal } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { Account } from '../accounts/index.js'
import { Clock, dateOf } from '../clock/index.js'
import { lockSignIn } from '../locks/index.js'
import { Passkey } from './passkey.table.js'

/** As a device has made it. */
export type NewPasskey = Pick<
  Passkey,
  'credentialId' | 'rpId' | 'publicKey' | 'counter' | 'transports' | 'name'
>

/** A passkey, and who signs in by it. */
export interface PasskeyOwner {
  passkey: Passkey
  email: string
  state: Account['state']
}

/** Passkeys of accounts. Whether a device has signed is the caller's to say. */
@Injectable()
export class Passkeys {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Those of an account, the oldest first. */
  list(accountId: string): Promise<Passkey[]> {
    return this.database.manager.find(Passkey, {
      where: { accountId },
      order: { createdAt: 'ASC', id: 'ASC' },
    })
  }

  /** Of whichever account. */
  async find(credentialId: Buffer): Promise<PasskeyOwner | undefined> {
    const passkey = await this.database.manager.findOneBy(Passkey, { credentialId })
    if (passkey === null) return undefined
    const [row] = await this.database.query<Omit<PasskeyOwner, 'passkey'>[]>(
      'SELECT email, state FROM account WHERE id = $1',
      [passkey.accountId],
    )
    return row && { passkey, ...row }
  }

  /** Raises Refusal `request_invalid` where the account has MAX_PASSKEYS. */
  async assertRoom(accountId: string, tx: EntityManager = this.database.manager): Promise<void> {
    if ((await tx.countBy(Passkey, { accountId })) < MAX_PASSKEYS) return
    throw new Refusal('request_invalid', {
      details: [`There are ${MAX_PASSKEYS} passkeys: remove one before.`],
    })
  }

  /** Raises Refusal `conflict` where there is one with this credential, whoever has it, and as `assertRoom`. */
  async add(accountId: string, made: NewPasskey, tx: EntityManager): Promise<Passkey> {
    await lockSignIn(tx, accountId)
    await this.assertRoom(accountId, tx)
    const passkey = { id: randomUUID(), accountId, ...made, createdAt: dateOf(this.clock), lastUsedAt: null }
    const { credentialId, rpId, publicKey, counter, transports, name } = made
    const rows = await tx.query<unknown[]>(
      `INSERT INTO passkey (id, account_id, credential_id, rp_id, public_key, counter, transports, name, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (credential_id) DO NOTHING RETURNING 1`,
      [passkey.id, accountId, credentialId, rpId, publicKey, counter, transports, name, passkey.createdAt],
    )
    if (rows.length === 0) throw new Refusal('conflict', { details: ['This passkey is here already.'] })
    return Object.assign(new Passkey(), passkey)
  }

  /**
   * Counts a signature. False for a passkey that is removed, or whose counter did not go up since: then there is
   * another one like it, or the signature is an old one.
   */
  async use(id: string, counter: number, tx: EntityManager = this.database.manager): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE passkey SET counter = $2, last_used_at = $3
        WHERE id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))`,
      [id, counter, dateOf(this.clock)],
    )
    return count === 1
  }

  /** Whether the account has it. */
  async rename(accountId: string, id: string, name: string): Promise<boolean> {
    const { affected } = await this.database.manager.update(Passkey, { accountId, id }, { name })
    return affected === 1
  }

  /** Whether the account had it. */
  async remove(accountId: string, id: string, tx: EntityManager): Promise<boolean> {
    const { affected } = await tx.delete(Passkey, { accountId, id })
    return affected === 1
  }

  /** All of an account. */
  async removeAll(accountId: string, tx: EntityManager): Promise<void> {
    await tx.delete(Passkey, { accountId })
  }
}
