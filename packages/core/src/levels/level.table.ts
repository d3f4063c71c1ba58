import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How many bytes there were of something at the beginning of an hour. */
@Entity('level')
export class Level {
  /** `store`: what lies there. The id of a host account: what it has left at its host. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'level_pkey' })
  subject: string

  /** Hours of UTC. */
  @PrimaryColumn('timestamptz', { primaryKeyConstraintName: 'level_pkey' })
  hour: Date

  @Column('bigint')
  bytes: number
}
