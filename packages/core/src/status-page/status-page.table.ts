import { Check, Column, Entity, PrimaryColumn } from 'typeorm'
import type { AnnouncementTexts } from '@obb/contracts'

/** One row: whether everybody may see how hosts do, what operators say to all, and whether new links are taken. */
@Entity('status_page')
@Check('status_page_only_one', 'only_one')
export class StatusPageRow {
  @PrimaryColumn('boolean', { primaryKeyConstraintName: 'status_page_pkey', default: true })
  onlyOne: boolean

  @Column('boolean', { default: false })
  published: boolean

  /** By language; null: nothing is announced. */
  @Column('jsonb', { nullable: true })
  announcement: AnnouncementTexts | null

  @Column('timestamptz', { nullable: true })
  announcedAt: Date | null

  /** null: there is no maintenance. */
  @Column('timestamptz', { nullable: true })
  maintenanceSince: Date | null

  /** When it is expected to be over. */
  @Column('timestamptz', { nullable: true })
  maintenanceUntil: Date | null

  /** It is over then. */
  @Column('boolean', { default: false })
  maintenanceEnds: boolean

  /** By language. */
  @Column('jsonb', { nullable: true })
  maintenanceNote: AnnouncementTexts | null
}
