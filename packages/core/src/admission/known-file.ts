import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm'
import { type BlockCandidate, type BlockFacts, candidatesSql } from '../blocks/index.js'
import { type FileIdentity, SourceFile } from '../files/index.js'
import { Link, type LinkView, linkView } from '../links/index.js'
import { Statement } from '../statements/index.js'

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

/** Reads all of it at once, without locks: most requests need nothing else. */
export class KnownFiles {
  private readonly statement: Statement<Row>
  private readonly file: Columns<SourceFile>
  private readonly link: Columns<Link>

  constructor(private readonly database: DataSource) {
    this.file = new Columns(database, SourceFile, 'f')
    this.link = new Columns(database, Link, 'l')
    this.statement = new Statement(
      `SELECT ${this.file.list}, ${this.link.list}, b.blocks
         FROM (VALUES ($2::text, $3::text, $4::text)) AS wanted (platform, host_file_id, password_digest)
         LEFT JOIN source_file f USING (platform, host_file_id, password_digest)
         -- As a look-up for this one file, whatever the planner believes of the tables.
         LEFT JOIN LATERAL (
           SELECT * FROM link
            WHERE account_id = $1 AND file_id = f.id AND ended_at IS NULL AND (expires_at > $5 OR f.state <> 'done')
            LIMIT 1) l ON true
        CROSS JOIN LATERAL (SELECT json_agg(c) AS blocks FROM (
          ${candidatesSql({ url: '$6', file: `$2 || ':' || $3`, sha256: 'f.sha256', named: 'f.name IS NOT NULL' })}) c) b`,
    )
  }

  /** `now`: epoch ms. */
  async find(
    accountId: string,
    { platform, hostFileId, passwordDigest }: FileIdentity,
    { canonicalUrl }: Pick<BlockFacts, 'canonicalUrl'>,
    now: number,
  ): Promise<KnownFile> {
    const values = [accountId, platform, hostFileId, passwordDigest, new Date(now), canonicalUrl]
    const [row] = await this.statement.run(this.database, values)
    const file = row && this.file.of(row)
    const link = row && this.link.of(row)
    return { blocks: row?.blocks ?? [], file, live: file && link && linkView(link, file) }
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
