import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** A mail that is to be sent, and for a day that it was. */
@Entity('mail')
@Index('mail_due', ['dueAt'], { where: 'finished_at IS NULL' })
@Index('mail_asked', ['recipient', 'createdAt'], { where: "kind = 'asked_reset'" })
@Index('mail_finished', ['finishedAt'], { where: 'finished_at IS NOT NULL' })
@Check('mail_kind_known', "kind IN ('invitation', 'reset', 'asked_reset')")
@Check('mail_language_known', "language IN ('en', 'zh-TW')")
@Check('mail_outcome_known', "outcome IN ('sent', 'needless', 'given_up')")
@Check(
  'mail_finished_whole',
  '(finished_at IS NULL) = (outcome IS NULL) AND (finished_at IS NULL) = (due_at IS NOT NULL)',
)
export class Mail {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mail_pkey' })
  id: string

  /** `asked_reset`: somebody has asked for it with an e-mail, which may be nobody's. */
  @Column('text')
  kind: 'invitation' | 'reset' | 'asked_reset'

  /** An e-mail, in lower case. */
  @Column('text')
  recipient: string

  @Column('text')
  language: 'en' | 'zh-TW'

  /** Of the link in it, sealed; null once it is finished, and until the first attempt where that makes it. */
  @Column('bytea', { nullable: true })
  sealedToken: Buffer | null

  @Column('timestamptz')
  createdAt: Date

  @Column('integer', { default: 0 })
  attempts: number

  /** Of one that is being sent: when it is believed that its sender has died. */
  @Column('timestamptz', { nullable: true })
  dueAt: Date | null

  /** What came of the last attempt, where that was no good. */
  @Column('text', { nullable: true })
  error: string | null

  /** `needless`: of nobody, or overtaken. */
  @Column('text', { nullable: true })
  outcome: 'sent' | 'needless' | 'given_up' | null

  @Column('timestamptz', { nullable: true })
  finishedAt: Date | null
}
