import type { KeyScope } from '@obb/contracts'
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'

/** A client without a browser that asks for a key; gone when it has it, and after its time. */
@Entity('device_grant')
@Index('device_grant_expiry', ['expiresAt'])
@Check('device_grant_state_known', "state IN ('pending', 'allowed', 'denied')")
@Check(
  'device_grant_allowed_whole',
  "state <> 'allowed' OR (account_id IS NOT NULL AND key_name IS NOT NULL AND scopes IS NOT NULL)",
)
export class DeviceGrant {
  /** SHA-256 of the device code, which has 256 bits of its own. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'device_grant_pkey' })
  hash: Buffer

  /** SHA-256 of the code that people type. */
  @Column('bytea')
  @Index('device_grant_user', { unique: true })
  userHash: Buffer

  /** What the client calls itself. */
  @Column('text')
  name: string

  /** Its User-Agent. */
  @Column('text', { nullable: true })
  client: string | null

  @Column('text')
  address: string

  @Column('timestamptz')
  createdAt: Date

  @Column('timestamptz')
  expiresAt: Date

  @Column('timestamptz', { nullable: true })
  polledAt: Date | null

  /** Longer after each poll that came too early. */
  @Column('integer')
  intervalSeconds: number

  @Column('text', { default: 'pending' })
  state: 'pending' | 'allowed' | 'denied'

  /** Of who has decided. */
  @Column('uuid', { nullable: true })
  @Index('device_grant_of_account')
  accountId: string | null

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'device_grant_account' })
  account: Account | null

  /** Of the key that was allowed. */
  @Column('text', { nullable: true })
  keyName: string | null

  @Column('text', { array: true, nullable: true })
  scopes: KeyScope[] | null
}
