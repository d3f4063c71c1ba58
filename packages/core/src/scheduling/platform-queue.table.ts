import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A PlatformQueue is what is known of the queue of a platform as a whole. */
@Entity('platform_queue')
export class PlatformQueue {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'platform_queue_pkey' })
  platform: string

  /** Virtual time: the start tag of the fetch that began last. */
  @Column('float8', { default: 0 })
  clock: number

  /** Accounts that waited when positions were estimated. */
  @Column('int', { default: 0 })
  accounts: number

  /** Speed of its fetches together, then. */
  @Column('bigint', { default: 0 })
  bytesPerSecond: number

  /** Nobody looks after it before this. */
  @Column('timestamptz', { default: () => "'-infinity'" })
  tendAt: Date

  /** No estimate before this. */
  @Column('timestamptz', { default: () => "'-infinity'" })
  estimateAt: Date

  /** When the last of its files was claimed. */
  @Column('timestamptz', { nullable: true })
  servedAt: Date | null

  /** Until then no operator account can take its files. */
  @Column('timestamptz', { nullable: true })
  restsUntil: Date | null
}
