import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** A user of this portal: traffic, limits, expiry. `trafficLeft` equals the sum of the account's entries. */
@Entity('account')
@Index('account_leaving', ['id'], { where: "state = 'removed' AND unlinked_at IS NULL" })
@Index('account_listed', ['email'], { where: "state <> 'removed'" })
@Index('account_operator', ['id'], { where: "role = 'operator'" })
@Check('account_role_known', "role IN ('user', 'operator')")
@Check('account_traffic_left_not_negative', 'traffic_left >= 0')
@Check('account_weight_positive', 'weight >= 1')
@Check('account_state_known', "state IN ('active', 'suspended', 'removed')")
export class Account {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'account_pkey' })
  id: string

  @Column('text')
  @Index('account_email', { unique: true })
  email: string

  /** `removed` stays for the ledger alone: without a name, a key or a link, and in no list. */
  @Column('text', { default: 'active' })
  state: 'active' | 'suspended' | 'removed'

  /** What one may do who is signed in to the portal. */
  @Column('text', { default: 'user' })
  role: 'user' | 'operator'

  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null

  /** Bytes. */
  @Column('bigint', { default: 0 })
  trafficLeft: number

  /** Bytes granted in all. */
  @Column('bigint', { default: 0 })
  trafficMax: number

  /** Bytes per platform in 24 h; null is without a cap. */
  @Column('bigint', { nullable: true })
  dailyPerHost: number | null

  /** Caps of single platforms in 24 h, bytes by platform id; they go before `dailyPerHost`. */
  @Column('jsonb', { default: {} })
  hostCaps: Record<string, number>

  /** Share of the fetch slots that this account gets where several wait, relative to others. */
  @Column('int', { default: 1 })
  weight: number

  /** One fetch per platform at a time. */
  @Column('boolean', { default: false })
  solo: boolean

  /** When the last link of an account that is removed had ended; null before. */
  @Column('timestamptz', { nullable: true })
  unlinkedAt: Date | null

  @Column('timestamptz')
  createdAt: Date
}
