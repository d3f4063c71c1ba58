import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm'
import { type BlockCandidate, type BlockFacts, candidatesSql } from '../blocks/index.js'
import { type FileIdentity, SourceFile } from '../files/index.js'
import { Link, type LinkView, linkView } from '../links/index.js'
import { Batch, Statement, rowsOf } from '../statements/index.js'

/** What is known of a file the moment an account asks for it. */
export interface KnownFile {
  /** Blocks that name it, or whose pattern may fit its name. */
  blocks: readonly BlockCandidate[]
  /** undefined: nobody asked for it before. */
  file: SourceFile | undefined
  /** The account's live link to it. */
  live: LinkView | undefined
}

type Row = Record<string, unknown> & { blocks: BlockCandidate[] | null }

interface Wanted {
  accountId: string
  identity: FileIdentity
  canonicalUrl: string
  /** Epoch ms. */
  now: number
}

/** Reads all of it at once, without locks: most requests need nothing else. */
export class KnownFiles {
  private readonly statement: Statement<Row>
  private readonly file: Columns<SourceFile>
  private readonly link: Columns<Link>
  private readonly batch = new Batch((wanted: Wanted[]) => this.findAll(wanted))

  constructor(private readonly database: DataSource) {
    this.file = new Columns(database, SourceFile, 'f')
    this.link = new Columns(database, Link, 'l')
    const candidates = candidatesSql({
      ...{ url: 'wanted.url', file: `wanted.platform || ':' || wanted.host_file_id` },
      ...{ sha256: 'f.sha256', named: 'f.name IS NOT NULL' },
    })
    // File and link are looked up one by one, whatever the planner believes of the tables.
    this.statement = new Statement(
      `SELECT ${this.file.list}, ${this.link.list}, b.blocks
         FROM ${rowsOf('uuid', 'text', 'text', 'text', 'text', 'timestamptz')} WITH ORDINALITY
              AS wanted (account_id, platform, host_file_id, password_digest, url, now, place)
         LEFT JOIN LATERAL (
           SELECT * FROM source_file
            WHERE platform = wanted.platform AND host_file_id = wanted.host_file_id
              AND password_digest = wanted.password_digest
            LIMIT 1) f ON true
         LEFT JOIN LATERAL (
           SELECT * FROM link
            WHERE account_id = wanted.account_id AND file_id = f.id AND ended_at IS NULL
              AND (expires_at > wanted.now OR f.state <> 'done')
            LIMIT 1) l ON true
        CROSS JOIN LATERAL (SELECT json_agg(c) AS blocks FROM (${candidates}) c) b
        ORDER BY wanted.place`,
    )
  }

  /** `now`: epoch ms. */
  find(
    accountId: string,
    identity: FileIdentity,
    { canonicalUrl }: Pick<BlockFacts, 'canonicalUrl'>,
    now: number,
  ): Promise<KnownFile> {
    return this.batch.ask({ accountId, identity, canonicalUrl, now })
  }

  private async findAll(wanted: readonly Wanted[]): Promise<KnownFile[]> {
    const rows = await this.statement.run(this.database, [
      wanted.map(({ accountId }) => accountId),
      wanted.map(({ identity }) => identity.platform),
      wanted.map(({ identity }) => identity.hostFileId),
      wanted.map(({ identity }) => identity.passwordDigest),
      wanted.map(({ canonicalUrl }) => canonicalUrl),
      wanted.map(({ now }) => new Date(now)),
    ])
    return rows.map((row) => this.known(row))
  }

  private known(row: Row): KnownFile {
    const [file, link] = [this.file.of(row), this.link.of(row)]
    return { blocks: row.blocks ?? [], file, live: file && link && linkView(link, file) }
  }
}

/** All columns of a table in a joined row. */
class Columns<Entity extends ObjectLiteral> {
  readonly list: string
  private readonly names: readonly string[]

  constructor(
    database: DataSource,
    entity: EntityTarget<Entity>,
    private readonly alias: string,
  ) {
    const { columns } = database.getMetadata(entity)
    this.names = columns.map((column) => column.propertyName)
    this.list = columns
      .map((column) => `${alias}.${column.databaseName} AS "${alias}.${column.propertyName}"`)
      .join(', ')
  }

  /** undefined where nothing was joined. */
  of(row: Row): Entity | undefined {
    if (row[`${this.alias}.id`] === null) return undefined
    return Object.fromEntries(this.names.map((name) => [name, row[`${this.alias}.${name}`]])) as Entity
  }
}
