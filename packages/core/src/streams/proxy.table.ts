import { Column, Entity, PrimaryColumn } from 'typeorm'

/** What one proxy process sends of one link. */
export interface StreamOfProxy {
  /** Of the link, or of the share by which it is downloaded. */
  id: string
  /** Answers that are being sent. */
  connections: number
  /** Bytes since `since`, those included that were sent again. */
  sent: number
  /** Bytes of the file that were sent since then, each once. */
  distinct: number
  bytesPerSecond: number
  /** Epoch ms. */
  since: number
  /** Who asked first: its User-Agent, and its address; '' where it is not known. */
  client: string
  address: string
}

/**
 * A proxy process that sends bytes to clients: its row is renewed every few seconds and removed once nothing streams.
 * The table is unlogged: a crash of the database may forget it.
 */
@Entity('proxy')
export class Proxy {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'proxy_pkey' })
  id: string

  @Column('timestamptz')
  startedAt: Date

  @Column('timestamptz')
  seenAt: Date

  /** PROXY_OFFLOAD. */
  @Column('text')
  offload: 'off' | 'redirect' | 'x-accel'

  /** Answers since it started whose bytes it left to the S3 or to nginx. */
  @Column('bigint')
  offloaded: number

  /** Links that it streams, and answers that it sends of them; `busiest` or not. */
  @Column('int')
  streams: number

  @Column('int')
  connections: number

  @Column('bigint')
  bytesPerSecond: number

  /** StreamOfProxy of the fastest links, BUSIEST at most. */
  @Column('jsonb')
  busiest: StreamOfProxy[]
}
