import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** An account wants to be told, once, when a platform works again. */
@Entity('host_wish')
@Index('host_wish_platform', ['platform'])
export class HostWish {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'host_wish_pkey' })
  accountId: string

  @ManyToOne(() => Account)
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'host_wish_account' })
  account: Account

  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_wish_pkey' })
  platform: string

  @Column('timestamptz')
  createdAt: Date
}
