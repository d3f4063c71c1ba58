import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** Words of a host that no table understands, for the operator; numbers in them are all one. */
@Entity('host_words')
export class HostWordsRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_words_pkey' })
  platform: string

  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_words_pkey' })
  words: string

  /** Kind of the error that they were taken for last. */
  @Column('text')
  takenFor: string

  @Column('bigint', { default: 1, transformer: { from: Number, to: (count: number) => count } })
  count: number

  @Column('timestamptz')
  firstAt: Date

  @Column('timestamptz')
  @Index('host_words_latest')
  lastAt: Date
}
