import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A fetch worker that is alive: its row is renewed every few seconds and removed when it stops. */
@Entity('fetcher')
export class Fetcher {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'fetcher_pkey' })
  id: string

  @Column('timestamptz')
  startedAt: Date

  @Column('timestamptz')
  seenAt: Date

  /** Files that it fetches at once. */
  @Column('int', { default: 0 })
  slots: number
}
