import { Column, Entity, PrimaryColumn } from 'typeorm'

/** Bytes per piece of a stored file; the last one is shorter. Every part of an upload is whole pieces. */
export const PIECE_BYTES = 4 * 1024 * 1024

/** PIECE_DIGEST_BYTES of the SHA-256 of a piece. */
export const PIECE_DIGEST_BYTES = 32

/** The hashes of a stored file's pieces, apart from its row because they grow with the file (8 KiB per GiB). */
@Entity('file_pieces')
export class FilePieces {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'file_pieces_pkey' })
  fileId: string

  /** Generation of the file whose bytes these are. */
  @Column('int')
  generation: number

  /** SHA-256 of each piece, PIECE_DIGEST_BYTES each, in order. */
  @Column('bytea')
  digests: Buffer
}
