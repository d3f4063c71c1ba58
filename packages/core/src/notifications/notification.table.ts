import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** A notification that is to be sent, and for some days that it was. */
@Entity('notification')
@Index('notification_once', ['accountId', 'event', 'channel', 'subject'], { unique: true })
@Index('notification_due', ['channel', 'dueAt'], { where: 'finished_at IS NULL' })
@Index('notification_account', ['accountId', 'channel', 'finishedAt'])
@Index('notification_finished', ['finishedAt'], { where: 'finished_at IS NOT NULL' })
@Check('notification_outcome_known', "outcome IN ('sent', 'needless', 'given_up')")
@Check(
  'notification_finished_whole',
  '(finished_at IS NULL) = (outcome IS NULL) AND (finished_at IS NULL) = (due_at IS NOT NULL)',
)
export class Notification {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notification_pkey' })
  id: string

  @Column('uuid')
  accountId: string

  @ManyToOne(() => Account)
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'notification_account_id' })
  account: Account

  @Column('text')
  event: 'link_finished' | 'link_failed' | 'host_works_again' | 'attention_needed'

  @Column('text')
  channel: 'mail' | 'webhook'

  /** What it is about, so that the same is never told twice. */
  @Column('text')
  subject: string

  /** What is told of it. */
  @Column('jsonb')
  data: Record<string, unknown>

  @Column('timestamptz')
  happenedAt: Date

  @Column('timestamptz')
  createdAt: Date

  @Column('integer', { default: 0 })
  attempts: number

  /** Of one that is being sent: when it is believed that its sender has died. */
  @Column('timestamptz', { nullable: true })
  dueAt: Date | null

  /** `needless`: its account may not act or be told of that any more, or has no such channel. */
  @Column('text', { nullable: true })
  outcome: 'sent' | 'needless' | 'given_up' | null

  @Column('timestamptz', { nullable: true })
  finishedAt: Date | null
}
