import { type KeyScope, KEY_SCOPES } from '@obb/contracts'
import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { Account } from './account.table.js'

/** The key that an account is made with. */
export const DEFAULT_KEY = 'default'

/** A key of an account, by its hash alone. One of a name is valid at a time; the others stay as revoked. */
@Entity('api_key')
@Index('api_key_valid', ['accountId', 'name'], { unique: true, where: 'revoked_at IS NULL' })
@Index('api_key_id', ['id'], { unique: true, where: 'revoked_at IS NULL' })
@Index('api_key_rows', ['id', 'createdAt'])
@Check('api_key_scopes_known', `scopes <@ ARRAY[${KEY_SCOPES.map((scope) => `'${scope}'`).join(', ')}]`)
export class ApiKey {
  /** SHA-256 of the key; the key has 190 bits of its own, so no salt or stretching is called for. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'api_key_pkey' })
  hash: Buffer

  /** Stays the same over rotations, each of which makes another row. */
  @Column('uuid')
  id: string

  @Column('uuid')
  accountId: string

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'api_key_account' })
  account: Account

  @Column('text', { default: DEFAULT_KEY })
  name: string

  @Column('text', { array: true, default: KEY_SCOPES })
  scopes: KeyScope[]

  /** CIDR; from where alone it works. Empty: from everywhere. */
  @Column('text', { array: true, default: [] })
  networks: string[]

  /** Counts changes of what it may: who knows it by an older one looks again. */
  @Column('int', { default: 0 })
  revision: number

  /** Failures are sent with HTTP 200 for clients that cannot read error bodies. */
  @Column('boolean', { name: 'errors_as_200', default: false })
  errorsAs200: boolean

  @Column('timestamptz')
  createdAt: Date

  @Column('timestamptz', { nullable: true })
  expiresAt: Date | null

  @Column('timestamptz', { nullable: true })
  revokedAt: Date | null

  @Column('timestamptz', { nullable: true })
  lastUsedAt: Date | null

  /** The client's User-Agent, cut. */
  @Column('text', { nullable: true })
  lastUsedClient: string | null

  @Column('text', { nullable: true })
  lastUsedAddress: string | null

  /** Why a request with it was refused last: a cause of the table of refusals. */
  @Column('text', { nullable: true })
  lastRefusal: string | null

  @Column('timestamptz', { nullable: true })
  lastRefusedAt: Date | null
}
