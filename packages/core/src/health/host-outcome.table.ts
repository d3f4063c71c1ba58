import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** How many fetches of a platform ended in one way in one hour, of about the same speed. */
@Entity('host_outcome')
@Index('host_outcome_hour', ['hour'])
export class HostOutcome {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_outcome_pkey' })
  platform: string

  /** When it begins; hours of UTC. */
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'host_outcome_pkey' })
  hour: Date

  /** `done`, or the cause of the failure (contracts). */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_outcome_pkey' })
  outcome: string

  /** 5 · log2 of bytes per second, rounded; -1: it says nothing of the speed. */
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'host_outcome_pkey' })
  speedClass: number

  @Column('int')
  count: number
}
