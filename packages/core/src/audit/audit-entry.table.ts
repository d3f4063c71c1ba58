import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'

export type AuditKind = 'change' | 'auth_failure'

/** What an operator changed, or attempts to get in that failed: those of an address, a route and a minute are one row. */
@Entity('audit_entry')
@Index('audit_entry_attempts', ['at', 'address', 'action'], { unique: true, where: "kind = 'auth_failure'" })
@Index('audit_entry_time', ['at'])
@Check('audit_entry_kind_known', "kind IN ('change', 'auth_failure')")
export class AuditEntry {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'audit_entry_pkey',
  })
  id: number

  /** Of attempts the minute. */
  @Column('timestamptz')
  at: Date

  @Column('text')
  kind: AuditKind

  /** A token or key by the beginning of its hash. */
  @Column('text')
  who: string

  /** Of an IPv6 client its network of 64 bits. */
  @Column('text')
  address: string

  /** Method and route, such as `PATCH /users`. */
  @Column('text')
  action: string

  /** What was changed: an e-mail, an id, a platform. */
  @Column('text', { nullable: true })
  target: string | null

  /** `ok`, or the cause of the refusal; null while it is under way, and where the gateway died over it. */
  @Column('text', { nullable: true })
  outcome: string | null

  /** Fields with their value before and after. */
  @Column('jsonb', { nullable: true })
  changes: Record<string, [unknown, unknown]> | null

  /** How many attempts. */
  @Column('integer', { default: 1 })
  count: number
}
