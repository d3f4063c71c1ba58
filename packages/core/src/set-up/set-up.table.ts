import { Check, Column, Entity, PrimaryColumn } from 'typeorm'

/** One row: what operators decided of the guided set-up. How far it is follows from what there is. */
@Entity('set_up')
@Check('set_up_only_one', 'only_one')
export class SetUpRow {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'set_up_pkey', default: true })
  onlyOne: boolean

  /** Nobody wants to be reminded of it since then. */
  @Column('timestamptz', { nullable: true })
  dismissedAt: Date | null
}
