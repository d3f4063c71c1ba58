import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** A search of the object store for objects that no row needs, and how far it has come. */
@Entity('store_sweep')
@Index('store_sweep_unfinished', ['requestedAt'], { where: 'finished_at IS NULL' })
export class StoreSweep {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'store_sweep_pkey' })
  id: string

  /** Only counts. */
  @Column('boolean')
  dryRun: boolean

  /** Begun by itself: it stops where it would remove most of what there is. */
  @Column('boolean')
  automatic: boolean

  @Column('timestamptz')
  requestedAt: Date

  /** Place where the next part of the listing begins; null is the beginning. */
  @Column('text', { nullable: true })
  cursor: string | null

  /** A fetcher is at it until then. */
  @Column('timestamptz', { nullable: true })
  busyUntil: Date | null

  /** Objects of this installation that were looked at, and their bytes. */
  @Column('int', { default: 0 })
  objects: number

  @Column('bigint', { default: 0 })
  bytes: number

  /** The number of those objects that no file needs. */
  @Column('int', { default: 0 })
  orphans: number

  @Column('bigint', { default: 0 })
  orphanBytes: number

  /** Names of the first of them. */
  @Column('text', { array: true, default: [] })
  names: string[]

  @Column('timestamptz', { nullable: true })
  finishedAt: Date | null

  /** Why it ended early. */
  @Column('text', { nullable: true })
  failure: string | null
}
