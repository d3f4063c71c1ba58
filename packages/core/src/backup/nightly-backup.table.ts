import { Check, Column, Entity, PrimaryColumn } from 'typeorm'

/** One row while nightly backups are on, none while they are off: how they do, as the process that makes them says. */
@Entity('nightly_backup')
@Check('nightly_backup_only_one', 'only_one')
export class NightlyBackupRow {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'nightly_backup_pkey', default: true })
  onlyOne: boolean

  /** Since when that process runs. */
  @Column('timestamptz')
  since: Date

  /** When the newest one was made; null: there is none. */
  @Column('timestamptz', { nullable: true })
  madeAt: Date | null

  /** When one failed last that none has followed; null: none. */
  @Column('timestamptz', { nullable: true })
  failedAt: Date | null

  /** Why. */
  @Column('text', { nullable: true })
  failure: string | null
}
