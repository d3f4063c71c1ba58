import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** The operator's own account at a platform, with its credentials sealed. */
@Entity('host_account')
@Index('host_account_listed', ['platform', 'createdAt', 'id'])
export class HostAccount {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'host_account_pkey' })
  id: string

  @Column('text')
  platform: string

  /** For operators: the user name or a masked key. */
  @Column('text')
  label: string

  /** Sealed JSON of the credential fields. */
  @Column('bytea')
  sealedCredentials: Buffer

  /** Sealed URL of the egress proxy. */
  @Column('bytea', { nullable: true })
  sealedProxy: Buffer | null

  /** Sealed JSON of the cached login. */
  @Column('bytea', { nullable: true })
  sealedSession: Buffer | null

  @Column('boolean', { default: true })
  enabled: boolean

  /** Downloads at once; null is the platform's own limit. */
  @Column('int', { nullable: true })
  maxDownloads: number | null

  /** Connections of all its downloads together; null is without a limit of its own. */
  @Column('int', { nullable: true })
  maxConnections: number | null

  /** Bytes per second of all its downloads together; null is without a limit. */
  @Column('bigint', { nullable: true })
  bandwidth: number | null

  /** Why it is off or cooling: a kind of host error and its text, without secrets. */
  @Column('text', { nullable: true })
  offReason: string | null

  @Column('timestamptz', { nullable: true })
  coolUntil: Date | null

  /** Pauses that followed soon after the one before; each doubles the next. */
  @Column('int', { default: 0 })
  rests: number

  /** End of the last pause, which a check may have ended before. */
  @Column('timestamptz', { nullable: true })
  restEnd: Date | null

  @Column('boolean', { nullable: true })
  premium: boolean | null

  @Column('timestamptz', { nullable: true })
  validUntil: Date | null

  /** Bytes; null is unknown or unlimited. */
  @Column('bigint', { nullable: true })
  trafficLeft: number | null

  @Column('bigint', { nullable: true })
  trafficTotal: number | null

  @Column('timestamptz', { nullable: true })
  checkedAt: Date | null

  /** No scheduled check before this; whoever checks moves it on first. */
  @Column('timestamptz', { nullable: true })
  nextCheckAt: Date | null

  /** Set while it is only tried out (AccountTrials), until when it is forgotten; null is an account of the operator's. */
  @Column('timestamptz', { nullable: true })
  trialUntil: Date | null

  @Column('timestamptz')
  createdAt: Date
}
