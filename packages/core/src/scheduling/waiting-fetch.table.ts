import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { SourceFile } from '../files/source-file.table.js'

/**
 * A WaitingFetch is an account's place in the queue of a platform: one for each unended link to a file that is
 * pending. Triggers on files and links keep it so, whoever writes them; QueueRepair mends what two transactions at the
 * same moment did not see of each other.
 */
@Entity('waiting_fetch')
@Index('waiting_fetch_due', ['platform', 'dueAt'])
@Index('waiting_fetch_missing', ['missing'], { where: 'missing > 0' })
@Index('waiting_fetch_turn', ['platform', 'accountId', 'askedAt', 'fileId'], { where: 'due_at IS NULL' })
export class WaitingFetch {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'waiting_fetch_pkey' })
  fileId: string

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'waiting_fetch_pkey' })
  accountId: string

  @ManyToOne(() => SourceFile, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'file_id', foreignKeyConstraintName: 'waiting_fetch_file' })
  file: SourceFile

  @Column('text')
  platform: string

  /** Bytes of the file. */
  @Column('bigint')
  size: number

  /** Bytes of it that are still to come. */
  @Column('bigint')
  missing: number

  /** When the account made its link: its files go in this order. */
  @Column('timestamptz')
  askedAt: Date

  /** Null once its time has come and it has its turn among the others (FetchLine). */
  @Column('timestamptz', { nullable: true })
  dueAt: Date | null

  /** 1 is next; null before the first estimate (QueuePositions). */
  @Column('int', { nullable: true })
  position: number | null

  /** Bytes to come until it is here, its own included. */
  @Column('bigint', { nullable: true })
  bytesAhead: number | null
}
