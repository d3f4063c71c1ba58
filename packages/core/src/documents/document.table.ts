import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** A document that a user uploaded, such as an NZB. Whoever knows its digest has had it. */
@Entity('document')
@Index('document_account', ['accountId', 'usedAt'])
@Index('document_age', ['usedAt'])
export class Document {
  /** SHA-256 of the text, hex. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'document_pkey' })
  digest: string

  /** Who uploaded it first, and has it in its share. */
  @Column('uuid')
  accountId: string

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'document_account_id' })
  account: Account

  /** The text as gzip. */
  @Column('bytea')
  content: Buffer

  /** Bytes of that. */
  @Column('int')
  size: number

  /** When it was last uploaded or read. */
  @Column('timestamptz')
  usedAt: Date
}
