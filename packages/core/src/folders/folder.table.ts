import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** A folder at a host that somebody asked to list. Kept for an hour, so that repeated questions cost the host nothing. */
@Entity('folder')
@Index('folder_identity', ['platform', 'hostFolderId', 'passwordDigest'], { unique: true })
@Index('folder_age', ['createdAt'])
export class Folder {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'folder_pkey' })
  id: string

  @Column('text')
  platform: string

  @Column('text')
  hostFolderId: string

  /** SHA-256 of password and secret link part, hex, as with files; empty without either. */
  @Column('text', { default: '' })
  passwordDigest: string

  @Column('text')
  canonicalUrl: string

  /** Sealed JSON: the password and the secret part of the link. */
  @Column('bytea', { nullable: true })
  sealed: Buffer | null

  /** Sealed JSON: what is in it; links may hold keys. Megabytes perhaps, so it is read only where it is asked for. */
  @Column('bytea', { nullable: true, select: false })
  sealedLinks?: Buffer | null

  @Column('timestamptz', { nullable: true })
  listedAt: Date | null

  /** Cause of the last refusal (contracts), answered without asking the host until `refusedUntil`. */
  @Column('text', { nullable: true })
  refusal: string | null

  @Column('timestamptz', { nullable: true })
  refusedUntil: Date | null

  @Column('timestamptz')
  createdAt: Date
}
