import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { DataSource, type EntityManager, IsNull, Not } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { transitions } from '../files/index.js'
import { lockBlocks, transaction } from '../locks/index.js'
import { type SortKey, type Stretch, readStretch } from '../pages/index.js'
import { Block, type BlockCandidate, type BlockKind } from './block.table.js'
import { BlockedNames } from './blocked-names.js'
import { NamePatterns } from './name-patterns.js'
import { AFFECTED, FILES, LINKS, type NamedLink, type NamedRow, type NameWalk } from './name-walks.js'
import { revokeFile, revokeLink } from './revocation.js'

const BY_AGE: SortKey = { properties: { createdAt: 'timestamptz', id: 'uuid' }, direction: 'DESC' }
/** Files that are revoked in one go. */
const EXACT_BATCH = 100
/** Names compared with new patterns in one go. */
const NAMES_BATCH = 1_000
/** How long whoever adds a block waits for its files to be gone, ms; sweeps go on. */
const PATIENCE_MS = 3_000
const NOT_BEGUN = { enforcedTo: null, enforcedLinksTo: null }

/** BlockFacts are what is known of a file; its name and bytes may not be known yet. */
export interface BlockFacts {
  platform: string
  hostFileId: string
  canonicalUrl: string
  name?: string | null
  /** What the document of who asks calls it. */
  ownName?: string | undefined
  /** SHA-256 of the stored bytes, lower-case hex. */
  sha256?: string | null
}

export interface NewBlock {
  kind: BlockKind
  value: string
  reason: string
}

/**
 * The query for a block by link, id or bytes; each of the three is an SQL expression over what is known of the file. For
 * names there is `BlockedNames`.
 */
export function exactBlockSql(of: Record<'url' | 'file' | 'sha256', string>): string {
  return `SELECT id, kind, value, reason FROM block
           WHERE kind = 'url' AND value = ${of.url} OR kind = 'file' AND value = ${of.file}
              OR kind = 'sha256' AND value = ${of.sha256}
           LIMIT 1`
}

/** What `BlockedNames` has to be as new as. */
export const REVISION_SQL = 'SELECT revision FROM block_revision'

/**
 * Whether there are name patterns that stored files were not all compared with. All others no stored file fits: those
 * that were stored before are gone, and none is stored without being compared (`Fetches.finish`).
 */
export const UNENFORCED_NAMES_SQL = `
  SELECT FROM block WHERE enforced_at IS NULL AND enforced_links_to IS NULL AND kind = 'name'`

const LOOK = `SELECT (${REVISION_SQL}) AS revision,
                     (SELECT to_json(b) FROM (${exactBlockSql({ url: '$1', file: '$2', sha256: '$3' })}) b) AS block`

/** Enforced tells what adding a block did. */
export interface Enforced {
  /** Files that were stored or on their way. */
  files: number
  links: number
}

/** The files that the operator does not serve (102). */
@Injectable()
export class BlockList {
  private readonly names: BlockedNames

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {
    this.names = BlockedNames.of(database)
  }

  /** The block that a file falls under. One query, so what was added a moment ago holds. */
  async find(
    facts: BlockFacts,
    runner: Pick<EntityManager, 'query'> = this.database,
  ): Promise<BlockCandidate | undefined> {
    const { platform, hostFileId, canonicalUrl, sha256 = null } = facts
    const [row] = await runner.query<{ revision: number; block: BlockCandidate | null }[]>(LOOK, [
      canonicalUrl,
      `${platform}:${hostFileId}`,
      sha256,
    ])
    if (!row) throw new Error('the block list has no revision')
    if (row.block) return row.block
    return this.findByName(namesOf(facts), row.revision, runner)
  }

  /** The pattern that one of these names fits, in the list as it was at this revision or later. */
  async findByName(
    names: readonly string[],
    revision: number,
    runner: Pick<EntityManager, 'query'> = this.database,
  ): Promise<BlockCandidate | undefined> {
    for (const name of names) {
      const block = await this.names.find(name, revision, runner)
      if (block) return block
    }
    return undefined
  }

  /** Raises Refusal `file_blocked`. */
  async assertAllowed(facts: BlockFacts, runner?: Pick<EntityManager, 'query'>): Promise<void> {
    const block = await this.find(facts, runner)
    if (block) throw blockRefusal(block)
  }

  /** Newest first; the key of a stretch is `createdAt` in ISO 8601 and `id`. */
  list(stretch: Stretch = {}): Promise<Block[]> {
    return readStretch(this.database.manager.createQueryBuilder(Block, 'b'), BY_AGE, stretch)
  }

  /**
   * From its commit on no link to such a file is made; then the files that are stored or being fetched go, and
   * their links. What is cut off there, or takes longer than somebody waits, `enforcePending` finishes: then `enforcedAt`
   * is null, and `enforced` tells what was done so far. Raises Refusal `conflict` if it is there already.
   */
  async add(block: NewBlock): Promise<Block & { enforced: Enforced }> {
    const row = { id: randomUUID(), ...block, createdAt: dateOf(this.clock), ...NOT_BEGUN }
    await transaction(this.database, async (tx) => {
      await lockBlocks(tx)
      const made = await tx.query<unknown[]>(
        `INSERT INTO block (id, kind, value, reason, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kind, value) DO NOTHING RETURNING id`,
        [row.id, row.kind, row.value, row.reason, row.createdAt],
      )
      if (made.length === 0) throw new Refusal('conflict', { details: [`${row.value} is blocked already.`] })
    })
    const { enforcedAt, ...enforced } = await this.enforce(row.id)
    return { ...row, enforcedAt, enforced }
  }

  /** False if there is no such block. Files that it refused may be asked for again at once. */
  async remove(id: string): Promise<boolean> {
    return transaction(this.database, async (tx) => {
      const { affected } = await tx.delete(Block, { id })
      if (affected !== 1) return false
      await transitions.unblock(tx, dateOf(this.clock))
      return true
    })
  }

  /**
   * Goes on with what adding blocks began, a batch of files at a time: whoever added them may have been killed, or it is
   * more than can be done while somebody waits. True: there is more.
   */
  async enforcePending(): Promise<boolean> {
    const { manager } = this.database
    const exact = await manager.findOne(Block, {
      where: { enforcedAt: IsNull(), kind: Not('name') },
      order: { createdAt: 'ASC' },
    })
    if (exact) await this.enforceExact(exact)
    const names = await manager.find(Block, { where: { enforcedAt: IsNull(), kind: 'name' } })
    if (names.length > 0) await this.enforceNames(names)
    return exact !== null || names.length > 0
  }

  /** Goes on with one block, for as long as somebody may wait for it. */
  private async enforce(id: string): Promise<Enforced & { enforcedAt: Date | null }> {
    const until = performance.now() + PATIENCE_MS
    const enforced: Enforced = { files: 0, links: 0 }
    for (;;) {
      const block = await this.database.manager.findOneBy(Block, { id })
      if (!block || block.enforcedAt !== null || performance.now() > until) {
        return { ...enforced, enforcedAt: block?.enforcedAt ?? null }
      }
      const { files, links } = await (block.kind === 'name'
        ? this.enforceNames([block])
        : this.enforceExact(block))
      enforced.files += files
      enforced.links += links
    }
  }

  /** A batch of the files that a block names by URL, id or bytes: those that were revoked are not found again. */
  private async enforceExact({ id, kind, value }: Block): Promise<Enforced> {
    const at = value.indexOf(':')
    const [condition, values] = {
      url: ['canonical_url = $1', [value]],
      file: ['platform = $1 AND host_file_id = $2', [value.slice(0, at), value.slice(at + 1)]],
      sha256: ['sha256 = $1', [value]],
    }[kind as Exclude<BlockKind, 'name'>] as [string, string[]]
    const files = await this.database.query<{ id: string }[]>(
      `WITH named AS MATERIALIZED (SELECT id, state, object_key FROM source_file WHERE ${condition})
       SELECT id FROM named f WHERE ${AFFECTED} LIMIT ${EXACT_BATCH}`,
      values,
    )
    const enforced = await this.revoke(files.map((file) => file.id))
    if (files.length < EXACT_BATCH) await this.noteEnforced([id])
    return enforced
  }

  /**
   * The next page of all files against patterns that are at different places, and of all links with names of their own
   * against those that are done with the files: those that are behind come first, and where they catch up with others
   * all go on together. How far they are is in their rows.
   */
  private async enforceNames(blocks: readonly Block[]): Promise<Enforced> {
    const onFiles = blocks.filter(({ enforcedLinksTo }) => enforcedLinksTo === null)
    const onLinks = blocks.filter(({ enforcedLinksTo }) => enforcedLinksTo !== null)
    const files = await this.hitByNames<NamedRow>(FILES, onFiles, (hit) =>
      this.revoke(hit.map(({ id }) => id)),
    )
    const links = await this.hitByNames<NamedLink>(LINKS, onLinks, (hit) => this.revokeLinks(hit))
    return { files: files.files, links: files.links + links.links }
  }

  /** A page of a walk over names; its hits are done with before it is noted. */
  private async hitByNames<Row extends NamedRow>(
    walk: NameWalk,
    blocks: readonly Block[],
    revoke: (hit: readonly Row[]) => Promise<Enforced>,
  ): Promise<Enforced> {
    if (blocks.length === 0) return { files: 0, links: 0 }
    const ids = blocks.map((block) => block.id)
    const patterns = new NamePatterns()
    for (const block of blocks) patterns.add(block)
    const page = await this.database.query<Row[]>(walk.page, [ids, NAMES_BATCH])
    const enforced = await revoke(
      page.filter(({ name }) => name !== null && patterns.find(name) !== undefined),
    )
    const last = page.at(-1)
    if (page.length === NAMES_BATCH && last) await this.database.query(walk.goOn, [ids, last.id])
    else if (walk.end) await this.database.query(walk.end, [ids])
    else await this.noteEnforced(ids)
    return enforced
  }

  private async revokeLinks(links: readonly NamedLink[]): Promise<Enforced> {
    for (const link of links) await transaction(this.database, (tx) => revokeLink(tx, this.clock, link))
    return { files: 0, links: links.length }
  }

  private async revoke(fileIds: readonly string[]): Promise<Enforced> {
    const enforced: Enforced = { files: 0, links: 0 }
    for (const fileId of fileIds) {
      const { stored, links } = await transaction(this.database, (tx) =>
        revokeFile(tx, this.clock, fileId, 'blocked'),
      )
      enforced.files += stored ? 1 : 0
      enforced.links += links
    }
    return enforced
  }

  private async noteEnforced(ids: readonly string[]): Promise<void> {
    await this.database.query('UPDATE block SET enforced_at = $2 WHERE id = ANY($1)', [
      ids,
      dateOf(this.clock),
    ])
  }
}

/** namesOf gives the names that are known of a file. */
export function namesOf({ name, ownName }: Pick<BlockFacts, 'name' | 'ownName'>): string[] {
  return [name, ownName].filter((known) => typeof known === 'string')
}

export function blockRefusal({ id, reason }: BlockCandidate): Refusal {
  return new Refusal('file_blocked', { internal: `block ${id}: ${reason}` })
}
