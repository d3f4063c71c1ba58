import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** Leave to make an account, once; gone when it was used. */
@Entity('invitation')
@Index('invitation_listed', ['createdAt', 'id'])
@Check('invitation_role_known', "role IN ('user', 'operator')")
export class Invitation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'invitation_pkey' })
  id: string

  /** SHA-256 of the token, which has 256 bits of its own. */
  @Column('bytea')
  @Index('invitation_hash', { unique: true })
  hash: Buffer

  /** Of the account; null: whoever has the token says. */
  @Column('text', { nullable: true })
  email: string | null

  @Column('text')
  role: 'user' | 'operator'

  /** First grant, bytes. */
  @Column('bigint')
  traffic: number

  /** Bytes per platform in 24 h; null is without a cap. */
  @Column('bigint', { nullable: true })
  dailyPerHost: number | null

  @Column('timestamptz')
  createdAt: Date

  @Column('timestamptz')
  expiresAt: Date
}
