import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm'
import { SignInRow } from './sign-in.table.js'

/** One-time codes that are asked for beside the password of an account. */
@Entity('second_factor')
export class SecondFactorRow {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'second_factor_pkey' })
  accountId: string

  @OneToOne(() => SignInRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'second_factor_sign_in' })
  signIn: SignInRow

  /** The secret in base32, sealed. */
  @Column('bytea')
  sealedTotp: Buffer

  /** null: no code of it was shown yet, and none is asked for. */
  @Column('timestamptz', { nullable: true })
  confirmedAt: Date | null

  /** Time step of the last code that was taken: neither that nor an older one is good again. */
  @Column('bigint', { default: 0 })
  lastStep: number

  /** SHA-256 of the recovery codes that were not used yet, which have 80 bits each. */
  @Column('bytea', { array: true, default: [] })
  recoveryHashes: Buffer[]
}
