import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How a platform has been doing: the state of its circuit breaker, and what was measured. */
@Entity('host_health')
export class HostHealth {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'host_health_pkey' })
  platform: string

  /** Failures of the platform itself in a row. */
  @Column('int', { default: 0 })
  failures: number

  /** No calls before this. */
  @Column('timestamptz', { nullable: true })
  openUntil: Date | null

  /** A call that is let through to see whether the platform is back; others wait until this. */
  @Column('timestamptz', { nullable: true })
  probeUntil: Date | null

  /** Share of fetches that succeeded, 0–1, weighted towards the latest; null before the first. */
  @Column('float8', { nullable: true })
  successRate: number | null

  /** Bytes per second of the fetches that succeeded lately, latest first. */
  @Column('float8', { array: true, default: [] })
  speeds: number[]

  /** When a fetch ended last, well or not. */
  @Column('timestamptz', { nullable: true })
  measuredAt: Date | null

  /** When the operator's canary was asked for last; null without one. */
  @Column('timestamptz', { nullable: true })
  canaryAt: Date | null

  /** Kind of the error that it ended in; null if it was there. */
  @Column('text', { nullable: true })
  canaryError: string | null

  /** Kind of the last host error, and when. */
  @Column('text', { nullable: true })
  lastError: string | null

  @Column('timestamptz', { nullable: true })
  lastErrorAt: Date | null
}
