import { Check, Column, Entity, PrimaryColumn } from 'typeorm'

/** One row: how often a block was added or taken back. A trigger counts, whoever does it. */
@Entity('block_revision')
@Check('block_revision_only_one', 'only_one')
export class BlockRevision {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'block_revision_pkey', default: true })
  onlyOne: boolean

  @Column('bigint', { default: 0 })
  revision: number
}
