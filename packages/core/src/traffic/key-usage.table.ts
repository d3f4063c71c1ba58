import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/**
 * What links charged on one day came to by the key that they were asked for with: their charges less what was refunded
 * or adjusted since. Kept by a trigger of the ledger in the transaction of each entry, and forgotten once no question
 * reaches back so far.
 */
@Entity('key_usage')
@Index('key_usage_day', ['day'])
export class KeyUsageDay {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'key_usage_pkey' })
  accountId: string

  /** When it begins; days of UTC. */
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'key_usage_pkey' })
  day: Date

  /** All zeros: without a key. */
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'key_usage_pkey' })
  keyId: string

  @Column('bigint')
  bytes: number

  /** How many were charged. */
  @Column('int')
  links: number

  /** When the last of them was. */
  @Column('timestamptz')
  chargedAt: Date
}
