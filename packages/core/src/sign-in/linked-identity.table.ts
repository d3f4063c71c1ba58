import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { SignInRow } from './sign-in.table.js'

/** Who somebody is at an OpenID provider: whoever signs in there as this has the account. */
@Entity('linked_identity')
@Index('linked_identity_account', ['accountId', 'issuer'], { unique: true })
export class LinkedIdentity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'linked_identity_pkey' })
  issuer: string

  /** `sub` of the provider: stays the same whatever becomes of the e-mail. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'linked_identity_pkey' })
  subject: string

  @Column('uuid')
  accountId: string

  @ManyToOne(() => SignInRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'linked_identity_sign_in' })
  signIn: SignInRow

  /** As the provider told it when it was linked, for people to know it by. */
  @Column('text', { nullable: true })
  email: string | null

  @Column('timestamptz')
  linkedAt: Date
}
