import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** By what an account is told of an event: a row for each channel. */
@Entity('notification_setting')
@Index('notification_setting_since', ['since'])
@Index('notification_setting_attention', ['accountId'], { where: "event = 'attention_needed'" })
@Check(
  'notification_setting_event_known',
  "event IN ('link_finished', 'link_failed', 'host_works_again', 'attention_needed')",
)
@Check('notification_setting_channel_known', "channel IN ('mail', 'webhook')")
export class NotificationSetting {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notification_setting_pkey' })
  accountId: string

  @ManyToOne(() => Account)
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'notification_setting_account' })
  account: Account

  @PrimaryColumn('text', { primaryKeyConstraintName: 'notification_setting_pkey' })
  event: 'link_finished' | 'link_failed' | 'host_works_again' | 'attention_needed'

  @PrimaryColumn('text', { primaryKeyConstraintName: 'notification_setting_pkey' })
  channel: 'mail' | 'webhook'

  /** Nothing is told of what was before. */
  @Column('timestamptz')
  since: Date
}
