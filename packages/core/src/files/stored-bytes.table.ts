import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'

/** How many parts the running total of the bytes in the store has. */
export const SHARDS = 256

/**
 * Bytes of the stored files whose id begins with this byte, without the changes that are not folded in yet. All shards
 * and all changes together are the bytes in the store.
 */
@Entity('stored_bytes')
export class StoredBytesShard {
  /** 0 to 255 */
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'stored_bytes_pkey' })
  shard: number

  @Column('bigint')
  bytes: number

  /** When it was last compared with the files themselves. */
  @Column('timestamptz', { nullable: true })
  countedAt: Date | null
}

/**
 * A file came into the store or left it: written by a trigger, in the transaction that does so. Rows of their own, so
 * that nobody waits for anybody.
 */
@Entity('stored_bytes_change')
export class StoredBytesChange {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'stored_bytes_change_pkey',
  })
  id: number

  @Column('smallint')
  shard: number

  /** Signed. */
  @Column('bigint')
  bytes: number
}
