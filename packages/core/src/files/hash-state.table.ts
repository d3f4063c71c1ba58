import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How far the hashes of a file under way have come, apart from its row, which is written every second. */
@Entity('hash_state')
export class HashState {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'hash_state_pkey' })
  fileId: string

  /** Id of the upload whose parts were hashed. */
  @Column('text')
  uploadId: string

  @Column('bytea')
  state: Buffer
}
