import { Column, Entity, Index, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** Where an account is told by webhook, and how that goes. */
@Entity('notification_webhook')
@Index('notification_webhook_failing', ['failingSince'], { where: 'failing_since IS NOT NULL' })
export class NotificationWebhook {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notification_webhook_pkey' })
  accountId: string

  @OneToOne(() => Account)
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'notification_webhook_account' })
  account: Account

  /** Sealed JSON: its URL and the secret by which webhooks are signed. */
  @Column('bytea')
  sealed: Buffer

  /** Attempts in a row that failed. */
  @Column('integer', { default: 0 })
  failures: number

  @Column('timestamptz', { nullable: true })
  failingSince: Date | null

  /** How the last one failed, without the URL. */
  @Column('text', { nullable: true })
  error: string | null
}
