import { Check, Column, Entity, PrimaryColumn } from 'typeorm'
import type { AnnouncementTexts } from '@obb/contracts'

/** One row: whether everybody may see how hosts do, and what operators say to all. */
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
}
