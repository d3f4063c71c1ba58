import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/**
 * How far an account has come with its share of a platform's fetch slots, in units of virtual time. Without a row it
 * has had nothing of late: rows that say no more than that are removed.
 */
@Entity('fetch_share')
@Index('fetch_share_turn', ['platform', 'finishTag', 'waitsSince', 'accountId'], {
  where: 'waits_since IS NOT NULL',
})
export class FetchShare {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'fetch_share_pkey' })
  platform: string

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'fetch_share_pkey' })
  accountId: string

  /** Virtual time up to which it has been served: the start of its last fetch plus 1 / weight. */
  @Column('float8')
  finishTag: number

  /** When it asked for the first of its files whose time has come; null where none waits. */
  @Column('timestamptz', { nullable: true })
  waitsSince: Date | null
}
