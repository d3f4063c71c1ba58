import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock } from '../clock/index.js'
import { lockOperators, transaction } from '../locks/index.js'
import { Account } from './account.table.js'
import { Accounts, type NewAccount } from './accounts.js'
import { keepAnOperator } from './keep-an-operator.js'

/** Who runs OBB from the portal. */
@Injectable()
export class Operators {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
  ) {}

  /** Whether anybody is one, suspended ones too: a server that has had one is not up for set-up again. */
  async exist(tx: EntityManager = this.database.manager): Promise<boolean> {
    const [row] = await tx.query<[{ exist: boolean }]>(
      `SELECT EXISTS (SELECT FROM account WHERE role = 'operator') AS exist`,
    )
    return row.exist
  }

  /**
   * Makes the first operator of a server: of the account with this e-mail, or of a new one. Its id, or undefined where
   * there is one. Raises `account_suspended`.
   */
  async makeFirst(
    account: Omit<NewAccount, 'errorsAs200' | 'role'>,
    tx: EntityManager,
  ): Promise<string | undefined> {
    await lockOperators(tx)
    if (await this.exist(tx)) return undefined
    const known = await tx.findOneBy(Account, { email: account.email })
    if (known === null) return this.accounts.createWithoutKey({ ...account, role: 'operator' }, tx)
    if (known.state !== 'active') throw new Refusal('account_suspended')
    await tx.update(Account, { id: known.id }, { role: 'operator' })
    return known.id
  }

  /** Raises `resource_unknown`, and `last_operator` where nobody would be one any more. */
  async setRole(email: string, role: Account['role']): Promise<void> {
    const account = await this.accounts.byEmail(email)
    await transaction(this.database, async (tx) => {
      if (role === 'user') await keepAnOperator(tx, this.clock, email)
      await tx.update(Account, { id: account.id }, { role })
    })
  }
}
