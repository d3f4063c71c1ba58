import { Check, Column, Entity, PrimaryColumn } from 'typeorm'

/** One row: what this database is called in the object store, and which objects there are its own. */
@Entity('installation')
@Check('installation_only_one', 'only_one')
export class InstallationRow {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'installation_pkey', default: true })
  onlyOne: boolean

  /** Part of the name of every new object. */
  @Column('text')
  id: string

  /** Installations whose objects may be deleted: this one, and empty for objects of before installations had ids. */
  @Column('text', { array: true })
  owned: string[]

  /** Installations that this database is a copy of: their objects are read and never deleted. */
  @Column('text', { array: true, default: [] })
  copied: string[]

  /** The cluster and database where this row was written: another one means that it is a copy. */
  @Column('text')
  home: string

  /** The operator wants the store of now to be taken for this installation's, whatever it holds. */
  @Column('boolean', { default: false })
  adopting: boolean

  @Column('timestamptz')
  createdAt: Date
}
