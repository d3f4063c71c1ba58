import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** A browser in which somebody is signed in. */
@Entity('session')
@Index('session_expiry', ['expiresAt'])
@Check('session_view_whole', '(viewing IS NULL) = (viewing_until IS NULL)')
export class Session {
  /** SHA-256 of the token in the cookie, which has 256 bits of its own. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'session_pkey' })
  hash: Buffer

  /** By which its owner ends it from another one; good for nothing else. */
  @Column('uuid')
  @Index('session_id', { unique: true })
  id: string

  @Column('uuid')
  @Index('session_of_account')
  accountId: string

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'session_account' })
  account: Account

  @Column('timestamptz')
  createdAt: Date

  /** To the minute. */
  @Column('timestamptz')
  seenAt: Date

  /** However much it is used. */
  @Column('timestamptz')
  expiresAt: Date

  /** Of the last request; of an IPv6 client its network of 64 bits. */
  @Column('text')
  address: string

  /** User-Agent of the last request. */
  @Column('text', { nullable: true })
  client: string | null

  /** As whom an operator looks at the portal in it, while `viewingUntil` is to come; null: as its owner. */
  @Column('uuid', { nullable: true })
  viewing: string | null

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'viewing', foreignKeyConstraintName: 'session_viewing' })
  viewed: Account | null

  @Column('timestamptz', { nullable: true })
  viewingUntil: Date | null
}
