import { Column, Entity, PrimaryColumn } from 'typeorm'

/** What needs an operator, from when it was found until it has been away for a while. */
@Entity('finding')
export class FindingRow {
  /** Of its rule and what it is about. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'finding_pkey' })
  key: string

  /** When a look found it first. */
  @Column('timestamptz')
  seenAt: Date

  /** Since when it is told; null: it may pass by itself. */
  @Column('timestamptz', { nullable: true })
  toldAt: Date | null

  /** Since when looks do not find it any more; null: the last one did. */
  @Column('timestamptz', { nullable: true })
  absentSince: Date | null
}
