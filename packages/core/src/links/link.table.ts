import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'
import { SourceFile } from '../files/source-file.table.js'

/** One account's right to one file. At most one is live per account and file, so reuse needs no charge. */
@Entity('link')
@Index('link_live', ['accountId', 'fileId'], { unique: true, where: 'ended_at IS NULL' })
@Index('link_file', ['fileId', 'endedAt'])
@Index('link_listed', ['accountId', 'createdAt', 'id'])
@Index('link_unended', ['accountId', 'createdAt', 'id'], { where: 'ended_at IS NULL' })
@Index('link_unfinished', ['accountId'], { where: 'unfinished AND ended_at IS NULL' })
@Index('link_named', ['id'], { where: 'ended_at IS NULL AND name IS NOT NULL' })
@Index('link_expiry', ['expiresAt', 'id'], { where: 'ended_at IS NULL' })
@Index('link_ended', ['endedAt'], { where: 'ended_at IS NOT NULL' })
@Check('link_end_known', "end_reason IN ('expired', 'failed', 'cancelled', 'blocked', 'removed')")
@Check('link_end_whole', '(ended_at IS NULL) = (end_reason IS NULL)')
export class Link {
  /** 24 characters of [0-9A-Za-z], 142 bits: the download URL is a capability. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'link_pkey' })
  id: string

  @Column('uuid')
  accountId: string

  @ManyToOne(() => Account)
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'link_account' })
  account: Account

  @Column('uuid')
  fileId: string

  @ManyToOne(() => SourceFile)
  @JoinColumn({ name: 'file_id', foreignKeyConstraintName: 'link_file_id' })
  file: SourceFile

  /**
   * Its file is not whole, as far as triggers of both tables noted: a transition at the very moment that the link was
   * made may have been missed. It is where to look; the file's own state tells.
   */
  @Column('boolean', { default: false })
  unfinished: boolean

  /** Hostname as the user wrote it. */
  @Column('text')
  hostDomain: string

  /** What the user's own document calls the file; null: as everybody does. */
  @Column('text', { nullable: true })
  name: string | null

  /** What its account calls the links that it belongs to; null: nothing. */
  @Column('text', { nullable: true })
  package: string | null

  /** The key that it was asked for with, also once that is revoked; null: none, somebody was signed in. */
  @Column('uuid', { nullable: true })
  keyId: string | null

  /** Bytes charged at its creation. */
  @Column('bigint')
  charged: number

  /** Id of the request that made it. */
  @Column('text', { nullable: true, select: false })
  requestId: string | null

  /** The span that made it, as of W3C Trace Context; null where nothing was traced. */
  @Column('text', { nullable: true, select: false })
  traceparent: string | null

  @Column('timestamptz')
  createdAt: Date

  @Column('timestamptz')
  expiresAt: Date

  @Column('timestamptz', { nullable: true })
  endedAt: Date | null

  @Column('text', { nullable: true })
  endReason: 'expired' | 'failed' | 'cancelled' | 'blocked' | 'removed' | null

  /** Cause of the failure (contracts), with `failed`. */
  @Column('text', { nullable: true })
  refusal: string | null

  @Column('timestamptz', { nullable: true })
  retryAt: Date | null
}
