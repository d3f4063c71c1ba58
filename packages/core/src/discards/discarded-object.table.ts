import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** Bytes in the store that no row needs any more. Written in the transaction that gave them up. */
@Entity('discarded_object')
@Index('discarded_object_due', ['dueAt'])
export class DiscardedObject {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'discarded_object_pkey' })
  id: string

  @Column('text')
  objectKey: string

  /** An upload under that key which may not be complete. */
  @Column('text', { nullable: true })
  uploadId: string | null

  /** Not before this: a worker that lost the file may still be completing the object. */
  @Column('timestamptz')
  dueAt: Date
}
