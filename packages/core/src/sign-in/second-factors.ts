import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { lockSignIn } from '../locks/index.js'
import { SEALED, Vault } from '../secrets/index.js'
import { tokenHash } from './token.js'

/** The second factor of an account, as it was read. */
export interface SecondFactor {
  accountId: string
  /** Whether codes are asked for; until then it waits for its first one. */
  isOn: boolean
  sealed: Buffer
}

/** Secrets of one-time codes, which codes are used, and what replaces them. Which one is right is the caller's to say. */
@Injectable()
export class SecondFactors {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  async find(
    accountId: string,
    tx: EntityManager = this.database.manager,
  ): Promise<SecondFactor | undefined> {
    const [row] = await tx.query<SecondFactor[]>(
      `SELECT account_id AS "accountId", confirmed_at IS NOT NULL AS "isOn", sealed_totp AS sealed
         FROM second_factor WHERE account_id = $1`,
      [accountId],
    )
    return row
  }

  /** Base32. Raises SealError where it cannot be opened; recovery codes are good all the same. */
  secretOf({ accountId, sealed }: SecondFactor): string {
    return String(this.vault.open(SEALED.totp.purpose, accountId, sealed))
  }

  /** Keeps a secret until a code of it was shown, in place of another that waits. False where one is on. */
  async start(accountId: string, secret: string): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `INSERT INTO second_factor AS f (account_id, sealed_totp) VALUES ($1, $2)
       ON CONFLICT (account_id) DO UPDATE SET sealed_totp = excluded.sealed_totp WHERE f.confirmed_at IS NULL
       RETURNING 1`,
      [accountId, this.vault.seal(SEALED.totp.purpose, accountId, secret)],
    )
    return rows.length === 1
  }

  /** Codes are asked for from now on, and that of `step` is used. Whether it was this one that waited. */
  async confirm(
    { accountId, sealed }: SecondFactor,
    step: number,
    recoveryCodes: readonly string[],
    tx: EntityManager,
  ): Promise<boolean> {
    await lockSignIn(tx, accountId)
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE second_factor SET confirmed_at = $4, last_step = $3, recovery_hashes = $5
        WHERE account_id = $1 AND sealed_totp = $2 AND confirmed_at IS NULL`,
      [accountId, sealed, step, dateOf(this.clock), recoveryCodes.map(tokenHash)],
    )
    return count === 1
  }

  /** Uses the code of a time step up. Whether neither it nor a later one was used before. */
  async takeStep({ accountId, sealed }: SecondFactor, step: number): Promise<boolean> {
    const [, count] = await this.database.query<[unknown, number]>(
      `UPDATE second_factor SET last_step = $3
        WHERE account_id = $1 AND sealed_totp = $2 AND confirmed_at IS NOT NULL AND last_step < $3`,
      [accountId, sealed, step],
    )
    return count === 1
  }

  /** Uses a recovery code up. How many are left; undefined by one that is none, or was used before. */
  async takeRecoveryCode({ accountId }: SecondFactor, code: string): Promise<number | undefined> {
    const [[taken]] = await this.database.query<[{ left: number }[], number]>(
      `UPDATE second_factor SET recovery_hashes = array_remove(recovery_hashes, $2::bytea)
        WHERE account_id = $1 AND confirmed_at IS NOT NULL AND $2::bytea = ANY(recovery_hashes)
        RETURNING cardinality(recovery_hashes) AS left`,
      [accountId, tokenHash(code)],
    )
    return taken?.left
  }

  /** No code is asked for any more. */
  async remove(accountId: string, tx: EntityManager = this.database.manager): Promise<void> {
    await tx.query('DELETE FROM second_factor WHERE account_id = $1', [accountId])
  }
}
