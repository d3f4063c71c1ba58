import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** When an account is told nothing: each day, by the clock of its time zone. */
@Entity('notification_quiet')
export class NotificationQuiet {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notification_quiet_pkey' })
  accountId: string

  @OneToOne(() => Account)
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'notification_quiet_account' })
  account: Account

  /** As `22:00`; so is the end, which may be on the next day. */
  @Column('text')
  begins: string

  @Column('text')
  ends: string

  @Column('text')
  timeZone: string
}
