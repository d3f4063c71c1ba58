import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import type { Account } from '../accounts/index.js'
import { Clock, dateOf } from '../clock/index.js'
import { LinkedIdentity } from './linked-identity.table.js'

/** Somebody at an OpenID provider. */
export type Identity = Pick<LinkedIdentity, 'issuer' | 'subject' | 'email'>

/** Whose account an identity is. */
export interface IdentityOwner {
  accountId: string
  email: string
  state: Account['state']
}

/** Which identities at OpenID providers belong to which accounts: one of each provider at most. */
@Injectable()
export class LinkedIdentities {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  async owner(
    { issuer, subject }: Identity,
    tx: EntityManager = this.database.manager,
  ): Promise<IdentityOwner | undefined> {
    const [row] = await tx.query<IdentityOwner[]>(
      `SELECT a.id AS "accountId", a.email, a.state
         FROM linked_identity l JOIN account a ON a.id = l.account_id
        WHERE l.issuer = $1 AND l.subject = $2`,
      [issuer, subject],
    )
    return row
  }

  of(accountId: string, issuer: string): Promise<LinkedIdentity | null> {
    return this.database.manager.findOneBy(LinkedIdentity, { accountId, issuer })
  }

  /** All of an account, of whichever provider. */
  list(accountId: string): Promise<LinkedIdentity[]> {
    return this.database.manager.find(LinkedIdentity, { where: { accountId }, order: { issuer: 'ASC' } })
  }

  /** False where it is another account's, or the account has another identity of this provider. */
  async link(accountId: string, identity: Identity, tx: EntityManager): Promise<boolean> {
    const { issuer, subject, email } = identity
    await tx.query('INSERT INTO sign_in (account_id) VALUES ($1) ON CONFLICT DO NOTHING', [accountId])
    const rows = await tx.query<unknown[]>(
      `INSERT INTO linked_identity AS l (issuer, subject, account_id, email, linked_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [issuer, subject, accountId, email, dateOf(this.clock)],
    )
    return rows.length === 1
  }

  /** Whether there was one. */
  async unlink(accountId: string, issuer: string, tx: EntityManager): Promise<boolean> {
    const { affected } = await tx.delete(LinkedIdentity, { accountId, issuer })
    return affected === 1
  }

  /** All of an account, of whichever provider. */
  async unlinkAll(accountId: string, tx: EntityManager): Promise<void> {
    await tx.delete(LinkedIdentity, { accountId })
  }
}
