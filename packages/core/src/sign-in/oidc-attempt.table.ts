import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from '../accounts/account.table.js'
import { Invitation } from './invitation.table.js'

/** A browser that was sent to the OpenID provider and has not come back. */
@Entity('oidc_attempt')
@Index('oidc_attempt_expiry', ['expiresAt'])
export class OidcAttempt {
  /** SHA-256 of the token in the browser's cookie, which has 256 bits of its own. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'oidc_attempt_pkey' })
  hash: Buffer

  /** Where the provider sends the browser back to. */
  @Column('text')
  redirectUri: string

  /** Path of the page that is shown in the end. */
  @Column('text')
  returnTo: string

  /** Whose account the identity is to be linked to; null: somebody signs in. */
  @Column('uuid', { nullable: true })
  @Index('oidc_attempt_of_account')
  accountId: string | null

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'oidc_attempt_account' })
  account: Account | null

  /** Leave to make an account, where the browser had it. */
  @Column('uuid', { nullable: true })
  @Index('oidc_attempt_of_invitation')
  invitationId: string | null

  @ManyToOne(() => Invitation, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'invitation_id', foreignKeyConstraintName: 'oidc_attempt_invitation' })
  invitation: Invitation | null

  @Column('timestamptz')
  expiresAt: Date
}
