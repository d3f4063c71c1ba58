import { Check, Column, Entity, PrimaryColumn } from 'typeorm'

/** One row, whose lock is the right to write down what was found: when somebody looked last. */
@Entity('finding_look')
@Check('finding_look_only_one', 'only_one')
export class FindingLook {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'finding_look_pkey', default: true })
  onlyOne: boolean

  @Column('timestamptz')
  lookedAt: Date
}
