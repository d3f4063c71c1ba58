import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/**
 * What links charged in one hour came to on one platform: their charges less what was refunded or adjusted since. Kept
 * by a trigger of the ledger in the transaction of each entry, and forgotten once no window reaches back so far.
 */
@Entity('host_usage')
@Index('host_usage_hour', ['hour'])
export class HostUsageHour {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'host_usage_pkey' })
  accountId: string

  /** When it begins; hours of UTC. */
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'host_usage_pkey' })
  hour: Date

  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_usage_pkey' })
  platform: string

  @Column('bigint')
  bytes: number
}
