import { Check, Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** How somebody signs in to the portal; apart from `account`, so that no process but the gateway may read it. */
@Entity('sign_in')
@Check('sign_in_language_known', "language IN ('en', 'zh-TW')")
@Check('sign_in_reset_whole', '(reset_hash IS NULL) = (reset_expires_at IS NULL)')
export class SignInRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sign_in_pkey' })
  accountId: string

  @OneToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'sign_in_account' })
  account: Account

  /** Argon2id, as PHC writes it; null where no password was chosen yet. */
  @Column('text', { nullable: true })
  passwordHash: string | null

  @Column('timestamptz', { nullable: true })
  passwordChangedAt: Date | null

  /** SHA-256 of the token with which another password may be chosen, once. */
  @Column('bytea', { nullable: true })
  @Index('sign_in_reset', { unique: true })
  resetHash: Buffer | null

  @Column('timestamptz', { nullable: true })
  resetExpiresAt: Date | null

  /** Whether a second factor is asked for there, and stays. */
  @Column('boolean', { default: false })
  resetKeepsFactor: boolean

  /** null: the browser's. */
  @Column('text', { nullable: true })
  language: 'en' | 'zh-TW' | null
}
