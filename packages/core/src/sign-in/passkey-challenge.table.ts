import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Session } from './session.table.js'

/** What a device is asked to sign, once; gone when it was answered. */
@Entity('passkey_challenge')
@Index('passkey_challenge_expiry', ['expiresAt'])
@Check('passkey_challenge_bound', "(purpose = 'sign-in') = (session_id IS NULL)")
@Check('passkey_challenge_purpose_known', "purpose IN ('sign-in', 'confirm', 'register')")
export class PasskeyChallenge {
  /** SHA-256 of the challenge, which has 256 bits of its own. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'passkey_challenge_pkey' })
  hash: Buffer

  /** What the answer is good for. */
  @Column('text')
  purpose: 'sign-in' | 'confirm' | 'register'

  @Column('text')
  rpId: string

  /** Whose answer it must be; null: of whoever signs in. */
  @Column('uuid', { nullable: true })
  @Index('passkey_challenge_of_session')
  sessionId: string | null

  @ManyToOne(() => Session, { onDelete: 'CASCADE' })
  @JoinColumn({
    name: 'session_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'passkey_challenge_session',
  })
  session: Session | null

  @Column('timestamptz')
  expiresAt: Date
}
