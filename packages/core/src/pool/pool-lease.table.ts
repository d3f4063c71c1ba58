import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { HostAccount } from './host-account.table.js'

/** A fetch's use of an account. Renewed by heartbeat; a dead worker's lease runs out by itself. */
@Entity('pool_lease')
@Index('pool_lease_account', ['hostAccountId'])
export class PoolLease {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pool_lease_pkey' })
  id: string

  @Column('uuid')
  hostAccountId: string

  @ManyToOne(() => HostAccount, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'host_account_id', foreignKeyConstraintName: 'pool_lease_host_account' })
  hostAccount: HostAccount

  @Column('uuid')
  fileId: string

  @Column('text')
  worker: string

  /** Connections that this download may open. */
  @Column('int')
  connections: number

  @Column('timestamptz')
  expiresAt: Date
}
