import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Link } from './link.table.js'

/** Leave for others to download by a link, for a time and a number of downloads; it goes with its link. */
@Entity('share')
@Index('share_of_link', ['linkId', 'createdAt'])
@Check('share_bounded', 'downloads BETWEEN 0 AND max_downloads')
export class Share {
  /** 32 characters of [0-9A-Za-z], 190 bits: the download URL is a capability. No link has an id of that length. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'share_pkey' })
  id: string

  @Column('text')
  linkId: string

  @ManyToOne(() => Link, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'link_id', foreignKeyConstraintName: 'share_link' })
  link: Link

  @Column('timestamptz')
  createdAt: Date

  @Column('timestamptz')
  expiresAt: Date

  @Column('integer')
  maxDownloads: number

  @Column('integer', { default: 0 })
  downloads: number

  /** When each client was counted last, epoch ms, by a hash of its network: at most `maxDownloads` of them. */
  @Column('jsonb', { default: {} })
  clients: Record<string, number>
}
