import { Injectable } from '@nestjs/common'
import { type Language, Refusal } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { Account } from '../accounts/index.js'
import { Clock, dateOf } from '../clock/index.js'
import { newToken, tokenHash } from './token.js'

/** How long a link to choose another password is good for. */
const RESET_MS = 24 * 3_600_000

/** Whose password is asked for. */
export interface Credentials {
  accountId: string
  state: Account['state']
  /** null where no password was chosen yet. */
  passwordHash: string | null
}

/** What people set of their own. */
export interface Profile {
  /** null: the browser's. */
  language: Language | null
  /** A code is asked for beside the password. */
  totp: boolean
  /** How many. */
  passkeys: number
}

/** Whose password a link may change. */
export interface OpenReset extends Pick<Account, 'email' | 'state'> {
  accountId: string
  /** Whether a second factor is asked for, and stays. */
  keepsFactor: boolean
}

/** Passwords and what belongs to a person beside the account. Hashes are the caller's. */
@Injectable()
export class SignIns {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  async credentials(email: string): Promise<Credentials | undefined> {
    const [row] = await this.database.query<Credentials[]>(
      `SELECT a.id AS "accountId", a.state, s.password_hash AS "passwordHash"
         FROM account a LEFT JOIN sign_in s ON s.account_id = a.id WHERE a.email = $1`,
      [email],
    )
    return row
  }

  /** A reset that is open ends with it. */
  async setPassword(accountId: string, passwordHash: string, tx: EntityManager = this.database.manager) {
    await tx.query(
      `INSERT INTO sign_in (account_id, password_hash, password_changed_at) VALUES ($1, $2, $3)
       ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash, reset_hash = NULL,
         reset_expires_at = NULL, password_changed_at = excluded.password_changed_at`,
      [accountId, passwordHash, dateOf(this.clock)],
    )
  }

  /** Every way to sign in to an account, passkeys and linked identities among them, and all who are signed in. */
  async removeAll(accountId: string, tx: EntityManager): Promise<void> {
    await tx.query('DELETE FROM sign_in WHERE account_id = $1', [accountId])
    await tx.query('DELETE FROM session WHERE account_id = $1', [accountId])
  }

  async profile(accountId: string): Promise<Profile> {
    const [row] = await this.database.query<Profile[]>(
      `SELECT s.language, f.confirmed_at IS NOT NULL AS totp,
              (SELECT count(*)::int FROM passkey p WHERE p.account_id = s.account_id) AS passkeys
         FROM sign_in s LEFT JOIN second_factor f USING (account_id) WHERE s.account_id = $1`,
      [accountId],
    )
    return row ?? { language: null, totp: false, passkeys: 0 }
  }

  /** Whether an account has another way to sign in than by an OpenID provider: a password or a passkey. */
  async hasWayBesideOidc(accountId: string, tx: EntityManager = this.database.manager): Promise<boolean> {
    return (await this.ways(accountId, undefined, tx)).own
  }

  /**
   * For who has removed a way to sign in, before that is committed. `issuer`: of the provider that there is. Raises
   * Refusal `last_sign_in_way` where none is left.
   */
  async assertWayLeft(accountId: string, issuer: string | undefined, tx: EntityManager): Promise<void> {
    const { own, identity } = await this.ways(accountId, issuer, tx)
    if (!own && !identity) throw new Refusal('last_sign_in_way')
  }

  private async ways(
    accountId: string,
    issuer: string | undefined,
    tx: EntityManager,
  ): Promise<{ own: boolean; identity: boolean }> {
    const [row] = await tx.query<{ own: boolean; identity: boolean }[]>(
      `SELECT password_hash IS NOT NULL OR EXISTS (SELECT FROM passkey p WHERE p.account_id = $1) AS own,
              EXISTS (SELECT FROM linked_identity l WHERE l.account_id = $1 AND l.issuer = $2) AS identity
         FROM sign_in WHERE account_id = $1`,
      [accountId, issuer ?? null],
    )
    return row ?? { own: false, identity: false }
  }

  async setLanguage(accountId: string, language: Language | null, tx: EntityManager = this.database.manager) {
    await tx.query(
      `INSERT INTO sign_in (account_id, language) VALUES ($1, $2)
       ON CONFLICT (account_id) DO UPDATE SET language = excluded.language`,
      [accountId, language],
    )
  }

  /**
   * A token by which whoever has it may choose another password, once, and which turns a second factor off; one from
   * before is good no more.
   */
  async openReset(
    accountId: string,
    tx: EntityManager = this.database.manager,
  ): Promise<{ token: string; expiresAt: Date }> {
    const token = newToken()
    const expiresAt = new Date(this.clock.now() + RESET_MS)
    await tx.query(
      `INSERT INTO sign_in (account_id, reset_hash, reset_expires_at) VALUES ($1, $2, $3)
       ON CONFLICT (account_id) DO UPDATE
         SET reset_hash = excluded.reset_hash, reset_expires_at = excluded.reset_expires_at,
             reset_keeps_factor = false`,
      [accountId, tokenHash(token), expiresAt],
    )
    return { token, expiresAt }
  }

  /**
   * The same for who asks for it with no more than a mailbox: a second factor stays, and is asked for. Undefined while
   * one of an operator is good, which nobody else may end.
   */
  async openAskedReset(accountId: string, tx: EntityManager): Promise<string | undefined> {
    const token = newToken()
    const now = this.clock.now()
    const rows = await tx.query<unknown[]>(
      `INSERT INTO sign_in AS s (account_id, reset_hash, reset_expires_at, reset_keeps_factor)
       VALUES ($1, $2, $3, true)
       ON CONFLICT (account_id) DO UPDATE
         SET reset_hash = excluded.reset_hash, reset_expires_at = excluded.reset_expires_at,
             reset_keeps_factor = true
         WHERE s.reset_hash IS NULL OR s.reset_keeps_factor OR s.reset_expires_at <= $4
       RETURNING 1`,
      [accountId, tokenHash(token), new Date(now + RESET_MS), new Date(now)],
    )
    return rows.length === 1 ? token : undefined
  }

  /** Whose password a token may change; undefined if it is not valid, or not any more. */
  async resetOf(token: string): Promise<OpenReset | undefined> {
    const [row] = await this.database.query<OpenReset[]>(
      `SELECT a.id AS "accountId", a.email, a.state, s.reset_keeps_factor AS "keepsFactor"
         FROM sign_in s JOIN account a ON a.id = s.account_id
        WHERE s.reset_hash = $1 AND s.reset_expires_at > $2`,
      [tokenHash(token), dateOf(this.clock)],
    )
    return row
  }

  /** Uses a token up. Whether it was valid, and the first one to do so. */
  async takeReset(token: string, tx: EntityManager): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE sign_in SET reset_hash = NULL, reset_expires_at = NULL
        WHERE reset_hash = $1 AND reset_expires_at > $2`,
      [tokenHash(token), dateOf(this.clock)],
    )
    return count === 1
  }
}
