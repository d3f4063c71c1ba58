import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm'
import { mayActSql } from '../accounts/index.js'
import {
  type BlockCandidate,
  type BlockFacts,
  REVISION_SQL,
  UNENFORCED_NAMES_SQL,
  exactBlockSql,
} from '../blocks/index.js'
import { type FileIdentity, SourceFile } from '../files/index.js'
import { Link, type LinkView, isLive, isUnendedSql, linkView } from '../links/index.js'
import { linksMade } from '../metrics/index.js'
import type { RequestContext } from '../tracing/index.js'
import { Batch, GATHER_MS, Statement, rowsOf } from '../statements/index.js'
import { countEntry, usedSql } from '../traffic/index.js'

/*
 * What is known of a file that an account asks for, and, where the account may have one for the asking, a link to it.
 * Those that ask at once share one statement: one round trip for the look-ups, and one flush of PostgreSQL's log for
 * the links, instead of as many.
 *
 * Links to files that lie in the store are the commonest of all admissions, and the only ones that wait for nobody.
 * No gate is asked. Of those that matter to a stored file, the account's standing, its traffic and its cap for the
 * platform are conditions of the charge, and blocks and live links are in the same look. No pattern of names fits a
 * stored file, but for those that are not enforced yet: while there are such, the name is compared here, and the link
 * made by a second statement, as long as the block list is still the same then. Always so where the user's own document
 * names the file; the list is held meanwhile, so that who adds a block finds the link. A link is made or nothing is
 * done.
 * Whoever gets nothing goes through the gates, which have the last word, also accounts whose balance does not last
 * for all that they ask at once; but for a balance or a cap that would not last for this one file, which the statement
 * tells itself: clients repeat that request most, and the gates are ten round trips and the locks.
 *
 * Who asks may be a cached caller, from the last look at the key: then the look at the key is in the same statement,
 * and where it does not hold, has ended or may something else by now, nothing is found and nothing is done.
 *
 * The use of a platform is as the statement began, which is not yet under the account's lock. All that changes it writes
 * the account's row as well, so the same version of the row under the lock proves that it still holds.
 *
 * The statement waits for no lock, or all in it would: what somebody else has locked is left to the gates. The file's
 * lock is shared. A file that is forgotten, lost or blocked meanwhile is locked for update there, so either it is
 * skipped or no longer stored when this statement gets to its row, or the link is there when that transaction looks
 * for links to end.
 */

/** unique_violation: an account has just got such a link elsewhere; deadlock_detected. Nothing was written. */
const LEFT_TO_THE_GATES = new Set(['23505', '40P01'])

/** A LookedUpFile is what is known of a file the moment an account asks for it. */
export interface LookedUpFile {
  /** The block that it falls under by its link, id or bytes. */
  block: BlockCandidate | undefined
  /** Revision of the block list whose patterns its names are still to be compared with, if there are such. */
  nameRevision: number | undefined
  /** undefined: nobody asked for it before. */
  file: SourceFile | undefined
  /** The account's live link to it. */
  live: LinkView | undefined
  /** That link is the one that was offered: made just now, and charged. */
  made: boolean
  /** It was not: the account is in order, and has less traffic left than the file has bytes. */
  tooDear: boolean
  /** It was not: with the file the account would use more of the platform in 24 h than this, its cap, bytes. */
  overCap: number | null
}

/** The link that the account gets if nothing is in the way. */
export interface LinkOffer {
  id: string
  hostDomain: string
  package: string | null
  /** The key by which it is asked for; null: none. */
  keyId: string | null
  expiresAt: Date
  /** What asks for it. */
  madeBy: RequestContext
  /** The revision of the block list that no pattern of fits the names: without it, names may be in the way. */
  nameRevision?: number
}

export interface FileQuestion extends Pick<BlockFacts, 'canonicalUrl' | 'ownName'> {
  accountId: string
  /** The key by which the account asks, and the revision of its terms, if both are still to be verified. */
  key?: { hash: Buffer; revision: number } | undefined
  identity: FileIdentity
  /** Epoch ms. */
  now: number
  offer?: LinkOffer | undefined
}

type Row = Record<string, unknown> & {
  block: BlockCandidate | null
  nameRevision: number | null
} & Pick<LookedUpFile, 'made' | 'tooDear' | 'overCap'>

export class StoredFileFastPath {
  private readonly statement: Statement<Row>
  private readonly file: Columns<SourceFile>
  private readonly link: Columns<Link>
  private readonly batch = new Batch((questions: FileQuestion[]) => this.findAll(questions), GATHER_MS)

  constructor(private readonly database: DataSource) {
    this.file = new Columns(database, SourceFile, 'f')
    this.link = new Columns(database, Link, 'l')
    this.statement = new Statement(statementOf(this.file, this.link))
  }

  find(question: FileQuestion): Promise<LookedUpFile> {
    return this.batch.ask(question)
  }

  private async findAll(questions: readonly FileQuestion[]): Promise<LookedUpFile[]> {
    try {
      return await this.run(questions)
    } catch (error) {
      if (!LEFT_TO_THE_GATES.has((error as { code?: string }).code ?? '')) throw error
      return this.run(questions.map((question) => ({ ...question, offer: undefined })))
    }
  }

  private async run(questions: readonly FileQuestion[]): Promise<LookedUpFile[]> {
    const rows = await this.statement.run(this.database, [
      questions.map(({ accountId }) => accountId),
      questions.map(({ identity }) => identity.platform),
      questions.map(({ identity }) => identity.hostFileId),
      questions.map(({ identity }) => identity.passwordDigest),
      questions.map(({ canonicalUrl }) => canonicalUrl),
      questions.map(({ now }) => new Date(now)),
      questions.map(({ key }) => key?.hash ?? null),
      questions.map(({ key }) => key?.revision ?? null),
      questions.map(({ offer }) => offer?.id ?? null),
      questions.map(({ offer }) => offer?.hostDomain ?? null),
      questions.map(({ offer }) => offer?.expiresAt ?? null),
      questions.map(({ offer }) => offer?.nameRevision ?? null),
      questions.map(({ ownName }) => ownName ?? null),
      questions.map(({ offer }) => offer?.madeBy.request ?? null),
      questions.map(({ offer }) => offer?.madeBy.traceparent ?? null),
      questions.map(({ offer }) => offer?.package ?? null),
      questions.map(({ offer }) => offer?.keyId ?? null),
    ])
    return questions.map((question, at) => this.resultOf(question, rows[at] as Row))
  }

  private resultOf({ accountId, now, offer, ownName }: FileQuestion, row: Row): LookedUpFile {
    const { made, tooDear, overCap } = row
    const [file, link] = [this.file.of(row), this.link.of(row)]
    const found = {
      block: row.block ?? undefined,
      nameRevision: row.nameRevision ?? undefined,
      file,
      made,
      tooDear,
      overCap,
    }
    if (file && offer && made) {
      linksMade.inc({ file: 'stored' })
      countEntry('charge', file.size ?? 0)
      const unended = { endedAt: null, endReason: null, refusal: null, retryAt: null }
      const name = ownName ?? null
      const live = linkView({ ...offer, name, accountId, createdAt: new Date(now), ...unended }, file)
      return { ...found, live }
    }
    const live = file && link && isLive(link, file, now) ? linkView(link, file) : undefined
    return { ...found, live }
  }
}

// File and link are looked up one by one, whatever the planner believes of the tables.
function statementOf(file: Columns<SourceFile>, link: Columns<Link>): string {
  const file_ = `wanted.platform || ':' || wanted.host_file_id`
  const block = exactBlockSql({ url: 'wanted.url', file: file_, sha256: 'f.sha256' })
  const columns = ['uuid', 'text', 'text', 'text', 'text', 'timestamptz', 'bytea', 'int']
  const offered = ['text', 'text', 'timestamptz', 'bigint', 'text', 'text', 'text', 'text', 'uuid']
  return `
    WITH names AS (
      SELECT (${REVISION_SQL}) AS revision, EXISTS (${UNENFORCED_NAMES_SQL}) AS are_unenforced),
    known AS (
      SELECT wanted.*, ${file.list}, ${link.list}, b.block, plan.cap,
             CASE WHEN own_name IS NOT NULL OR f.name IS NOT NULL AND (f.state <> 'done' OR are_unenforced)
                  THEN revision END AS name_revision,
             offer_id IS NOT NULL AND l.id IS NULL AND f.state = 'done' AND b.block IS NULL
               AND (own_name IS NULL AND NOT are_unenforced OR compared_revision = revision) AS makes
        FROM names CROSS JOIN ${rowsOf(...columns, ...offered)} WITH ORDINALITY
             AS wanted (account_id, platform, host_file_id, password_digest, url, now, key_hash, key_revision,
                        offer_id, host_domain, link_expires_at, compared_revision, own_name, request_id,
                        traceparent, package, key_id, place)
       CROSS JOIN LATERAL (
          SELECT key_hash IS NULL OR EXISTS (
            SELECT FROM api_key JOIN account ON account.id = api_key.account_id
             WHERE hash = key_hash AND revoked_at IS NULL AND account.id = wanted.account_id
               AND revision = key_revision AND (api_key.expires_at IS NULL OR api_key.expires_at > wanted.now)
               AND ${mayActSql('account', 'wanted.now')}) AS holds) key
        LEFT JOIN LATERAL (
          SELECT coalesce((host_caps ->> wanted.platform)::bigint, daily_per_host) AS cap
            FROM account WHERE id = wanted.account_id) plan ON true
        LEFT JOIN LATERAL (
          SELECT * FROM source_file
           WHERE key.holds AND platform = wanted.platform AND host_file_id = wanted.host_file_id
             AND password_digest = wanted.password_digest AND superseded_at IS NULL
           LIMIT 1) f ON true
        LEFT JOIN LATERAL (
          SELECT * FROM link
           WHERE account_id = wanted.account_id AND file_id = f.id AND ${isUnendedSql('link')}
           LIMIT 1) l ON true
        LEFT JOIN LATERAL (SELECT to_json(c) AS block FROM (${block}) c) b ON true),
    held AS (
      SELECT revision FROM block_revision WHERE EXISTS (SELECT FROM known WHERE makes AND own_name IS NOT NULL)
         FOR SHARE SKIP LOCKED),
    stored AS (
      SELECT DISTINCT ON (account_id, "f.id")
             account_id, "f.id" AS file_id, size, offer_id, host_domain, platform, now, link_expires_at, cap, own_name,
             request_id, traceparent, package, key_id
        FROM known
       CROSS JOIN LATERAL (
         SELECT size FROM source_file
          WHERE id = "f.id" AND state = 'done' AND generation = "f.generation" AND size = "f.size"
            AND object_key IS NOT NULL
            FOR KEY SHARE SKIP LOCKED) file
       WHERE makes AND (own_name IS NULL OR compared_revision = (SELECT revision FROM held))),
    item AS (
      SELECT account_id, platform, cap, sum(size)::bigint AS bytes, max(now) AS now
        FROM stored GROUP BY account_id, platform, cap),
    bill AS (
      SELECT account_id, sum(bytes)::bigint AS bytes, max(now) AS now, bool_or(cap IS NOT NULL) AS capped,
             bool_and(CASE WHEN cap IS NULL THEN true ELSE bytes + ${usedOf('item')} <= cap END) AS fits
        FROM item GROUP BY account_id),
    payer AS (
      SELECT bill.*
        FROM bill
        JOIN account seen ON seen.id = bill.account_id
       CROSS JOIN LATERAL (
         SELECT ctid AS version FROM account WHERE id = bill.account_id FOR NO KEY UPDATE SKIP LOCKED) held
       WHERE fits AND (NOT capped OR held.version = seen.ctid)),
    paid AS (
      UPDATE account SET traffic_left = traffic_left - payer.bytes
        FROM payer
       WHERE id = payer.account_id AND traffic_left >= payer.bytes AND ${mayActSql('account', 'payer.now')}
       RETURNING account.id),
    linked AS (
      INSERT INTO link (id, account_id, file_id, host_domain, name, package, key_id, charged, request_id, traceparent,
                        created_at, expires_at)
      SELECT offer_id, account_id, file_id, host_domain, own_name, package, key_id, size, request_id, traceparent, now,
             link_expires_at
        FROM stored JOIN paid ON paid.id = account_id),
    charged AS (
      INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, key_id, created_at)
      SELECT account_id, 'charge', -size, platform, offer_id, key_id, now
        FROM stored JOIN paid ON paid.id = account_id
      RETURNING link_id)
    SELECT ${file.names}, ${link.names}, block, name_revision AS "nameRevision",
           charged.link_id IS NOT NULL AS made,
           makes AND charged.link_id IS NULL AND EXISTS (
             SELECT FROM account
              WHERE id = account_id AND ${mayActSql('account', 'now')} AND traffic_left < "f.size") AS "tooDear",
           CASE WHEN makes AND charged.link_id IS NULL AND cap IS NOT NULL
                     AND EXISTS (SELECT FROM account WHERE id = account_id AND ${mayActSql('account', 'now')})
                THEN CASE WHEN "f.size" + ${usedOf('known')} > cap THEN cap END END AS "overCap"
      FROM known LEFT JOIN charged ON charged.link_id = known.offer_id
     ORDER BY place`
}

/** What the account of a row used of its platform in the 24 hours before the row's `now`. */
function usedOf(row: string): string {
  return usedSql(`${row}.account_id`, `${row}.platform`, `(${row}.now - interval '24 hours')`)
}

/** All columns of a table in a joined row, but for those that are read by name only. */
class Columns<Entity extends ObjectLiteral> {
  /** The columns as they are selected from the table. */
  readonly list: string
  /** The columns by the names that `list` gives them. */
  readonly names: string
  private readonly properties: readonly (readonly [property: string, name: string])[]

  constructor(database: DataSource, entity: EntityTarget<Entity>, alias: string) {
    const columns = database.getMetadata(entity).columns.filter(({ isSelect }) => isSelect)
    this.properties = columns.map(({ propertyName }) => [propertyName, `${alias}.${propertyName}`])
    this.names = this.properties.map(([, name]) => `"${name}"`).join(', ')
    this.list = columns
      .map(({ databaseName, propertyName }) => `${alias}.${databaseName} AS "${alias}.${propertyName}"`)
      .join(', ')
  }

  /** undefined where nothing was joined. */
  of(row: Row): Entity | undefined {
    const entity: Record<string, unknown> = {}
    for (const [property, name] of this.properties) entity[property] = row[name]
    return entity.id === null ? undefined : (entity as Entity)
  }
}
