import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { SignInRow } from './sign-in.table.js'

/** A key of a device by which somebody signs in (WebAuthn); the private one never leaves the device. */
@Entity('passkey')
export class Passkey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'passkey_pkey' })
  id: string

  @Column('uuid')
  @Index('passkey_of_account')
  accountId: string

  @ManyToOne(() => SignInRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'passkey_sign_in' })
  signIn: SignInRow

  /** By which the device finds it. */
  @Column('bytea')
  @Index('passkey_credential', { unique: true })
  credentialId: Buffer

  /** The name of this server that it is for; it works at no other. */
  @Column('text')
  rpId: string

  /** COSE_Key. */
  @Column('bytea')
  publicKey: Buffer

  /** Signatures, as the device counts them; 0 where it does not. */
  @Column('bigint')
  counter: number

  /** How the browser reaches the device. */
  @Column('text', { array: true })
  transports: string[]

  @Column('text')
  name: string

  @Column('timestamptz')
  createdAt: Date

  /** null: never since it was made. */
  @Column('timestamptz', { nullable: true })
  lastUsedAt: Date | null
}
