import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How far an account has come with its share of a platform's fetch slots, in units of virtual time. */
@Entity('fetch_share')
export class FetchShare {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'fetch_share_pkey' })
  platform: string

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'fetch_share_pkey' })
  accountId: string

  /** Virtual time at which its last fetch began. */
  @Column('float8')
  startTag: number

  /** Virtual time up to which it has been served: the start plus 1 / weight. */
  @Column('float8')
  finishTag: number
}
