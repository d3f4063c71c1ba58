import { Check, Column, Entity, PrimaryColumn } from 'typeorm'

/** `full` takes no bytes; `away` cannot be used; `wrong` is not the one that this installation's files lie in. */
export type StoreTrouble = 'full' | 'away' | 'wrong'

/** One row: whether the object store takes new files, as all processes see it. */
@Entity('store_health')
@Check('store_health_only_one', 'only_one')
@Check('store_health_trouble_known', "trouble IN ('full', 'away', 'wrong')")
export class StoreHealthRow {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'store_health_pkey', default: true })
  onlyOne: boolean

  /** Null while it takes them. */
  @Column('text', { nullable: true })
  trouble: StoreTrouble | null

  /** The store's own words; for operators. */
  @Column('text', { nullable: true })
  reason: string | null

  @Column('timestamptz', { nullable: true })
  since: Date | null

  /** Since a file was stored last. */
  @Column('int', { default: 0 })
  failures: number

  /** When one of the fetchers tries it again. */
  @Column('timestamptz', { nullable: true })
  retryAt: Date | null

  /** Until when one of them is at it. */
  @Column('timestamptz', { nullable: true })
  probeUntil: Date | null

  /** Bytes that may be written; null where the store does not tell. */
  @Column('bigint', { nullable: true })
  room: number | null

  /** Bytes of the smallest file that waits and finds no room; null if there is none. */
  @Column('bigint', { nullable: true })
  lacking: number | null

  /** Where it is: a directory, or a bucket at its address. Null until a fetcher has told. */
  @Column('text', { nullable: true })
  place: string | null

  /** STORAGE_QUOTA of the fetchers, bytes. */
  @Column('bigint', { nullable: true })
  quota: number | null

  /** Somebody waits since then for a fetcher to try it. */
  @Column('timestamptz', { nullable: true })
  testRequestedAt: Date | null

  /** When one was tried for somebody last. */
  @Column('timestamptz', { nullable: true })
  testedAt: Date | null
}
