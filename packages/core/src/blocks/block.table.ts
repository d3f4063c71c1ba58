import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'

export type BlockKind = 'url' | 'file' | 'name' | 'sha256'

/** A file the operator does not serve (102): by its URL, its id at a platform, its name, or its bytes. */
@Entity('block')
@Index('block_once', ['kind', 'value'], { unique: true })
@Index('block_pending', ['createdAt'], { where: 'enforced_at IS NULL' })
@Index('block_listed', ['createdAt', 'id'])
@Check('block_kind_known', "kind IN ('url', 'file', 'name', 'sha256')")
export class Block {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'block_pkey' })
  id: string

  @Column('text')
  kind: BlockKind

  /**
   * `url`: canonical URL. `file`: `<platform>:<file id>`. `name`: a pattern with `*` and `?`, without regard
   * to case. `sha256`: lower-case hex.
   */
  @Column('text')
  value: string

  @Column('text')
  reason: string

  @Column('timestamptz')
  createdAt: Date

  /** Pattern of names: up to this id all files were compared with it; null before the first. */
  @Column('uuid', { nullable: true })
  enforcedTo: string | null

  /**
   * Pattern of names: after all files, up to this id all links with names of their own were compared with it; empty
   * before the first, null until their turn comes.
   */
  @Column('text', { nullable: true })
  enforcedLinksTo: string | null

  /** When every stored file that matches had been removed, and every link of such a name had ended; null until then. */
  @Column('timestamptz', { nullable: true })
  enforcedAt: Date | null
}

/** A block that a file may fall under. */
export type BlockCandidate = Pick<Block, 'id' | 'kind' | 'value' | 'reason'>
