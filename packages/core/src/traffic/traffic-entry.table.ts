import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'

export type TrafficEntryKind = 'grant' | 'charge' | 'refund' | 'adjustment'

/**
 * A movement of an account's traffic. Append-only; the balance is the sum. Those of links that ended long ago are summed
 * up: one entry per account, platform, kind and month, of as many bytes.
 */
@Entity('traffic_entry')
@Index('traffic_entry_once', ['kind', 'linkId'], { unique: true, where: "kind IN ('charge', 'refund')" })
@Index('traffic_entry_link', ['linkId'], { where: 'link_id IS NOT NULL' })
@Index('traffic_entry_sum', ['accountId', 'kind', 'platform', 'createdAt'], {
  unique: true,
  where: 'entries IS NOT NULL',
})
@Index('traffic_entry_usage', ['accountId', 'platform', 'createdAt'])
@Index('traffic_entry_listed', ['accountId', 'id'])
@Check('traffic_entry_kind_known', "kind IN ('grant', 'charge', 'refund', 'adjustment')")
@Check(
  'traffic_entry_sign',
  "CASE kind WHEN 'charge' THEN bytes <= 0 WHEN 'adjustment' THEN true ELSE bytes >= 0 END",
)
export class TrafficEntry {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'traffic_entry_pkey',
  })
  id: number

  @Column('uuid')
  accountId: string

  /** By name, since accounts are built on the ledger and not the other way round. */
  @ManyToOne('Account')
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'traffic_entry_account' })
  account: object

  @Column('text')
  kind: TrafficEntryKind

  /** Signed bytes: a charge is negative. */
  @Column('bigint')
  bytes: number

  @Column('text', { nullable: true })
  platform: string | null

  @Column('text', { nullable: true })
  linkId: string | null

  /** The key that the link was asked for with; null: none. */
  @Column('uuid', { nullable: true })
  keyId: string | null

  @Column('text', { nullable: true })
  note: string | null

  /** How many entries it is the sum of, all of the month that begins with `createdAt` (UTC); null: it is none. */
  @Column('int', { nullable: true })
  entries: number | null

  @Column('timestamptz')
  createdAt: Date
}
