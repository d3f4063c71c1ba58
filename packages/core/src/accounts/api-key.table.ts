import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from './account.table.js'

/** A key of an account, by its hash alone. One key is valid at a time; the others stay as revoked. */
@Entity('api_key')
@Index('api_key_valid', ['accountId'], { unique: true, where: 'revoked_at IS NULL' })
export class ApiKey {
  /** SHA-256 of the key; the key has 190 bits of its own, so no salt or stretching is called for. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'api_key_pkey' })
  hash: Buffer

  @Column('uuid')
  accountId: string

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'api_key_account' })
  account: Account

  /** Failures are sent with HTTP 200 for clients that cannot read error bodies. */
  @Column('boolean', { name: 'errors_as_200', default: false })
  errorsAs200: boolean

  @Column('timestamptz')
  createdAt: Date

  @Column('timestamptz', { nullable: true })
  revokedAt: Date | null
}
