import { Column, Entity, PrimaryColumn } from 'typeorm'

/**
 * A BandwidthShare is what a worker may take of the limit of a platform or an operator account. Together the
 * shares never exceed it.
 */
@Entity('bandwidth_share')
export class BandwidthShare {
  /** Platform, or id of an operator account. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'bandwidth_share_pkey' })
  name: string

  @PrimaryColumn('text', { primaryKeyConstraintName: 'bandwidth_share_pkey' })
  worker: string

  /** Running under it. */
  @Column('integer')
  fetches: number

  /** Bytes per second that they could use; infinity is as much as there is. */
  @Column('float8')
  demand: number

  /** Bytes per second; the worker's own until it says otherwise or is gone. */
  @Column('float8')
  share: number

  @Column('timestamptz')
  seenAt: Date
}
