import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A HostSetting is what an operator changed of a platform; null is the platform's own default. */
@Entity('host_setting')
export class HostSetting {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_setting_pkey' })
  platform: string

  @Column('boolean', { nullable: true })
  enabled: boolean | null

  @Column('int', { nullable: true })
  maxChunks: number | null

  @Column('int', { nullable: true })
  maxDownloads: number | null

  @Column('int', { nullable: true })
  maxQueued: number | null

  /** One fetch of an account at a time. */
  @Column('boolean', { nullable: true })
  solo: boolean | null

  /** Bytes per second of all fetchers together; null is without a limit. */
  @Column('bigint', { nullable: true })
  bandwidth: number | null

  /** Base URLs by origin name. */
  @Column('jsonb', { default: {} })
  origins: Record<string, string>

  /** Names of its switches that are on. */
  @Column('jsonb', { default: [] })
  switches: string[]

  /** Hostnames beside the platform's own. */
  @Column('jsonb', { default: [] })
  addedDomains: string[]

  /** Hostnames of the platform's own that it has given up. */
  @Column('jsonb', { default: [] })
  retiredDomains: string[]

  /** A link whose file is known to be there, asked for on a schedule. */
  @Column('text', { nullable: true })
  canaryUrl: string | null

  /** The secret of that link, sealed. */
  @Column('bytea', { nullable: true })
  sealedCanary: Buffer | null

  @Column('timestamptz')
  updatedAt: Date
}
