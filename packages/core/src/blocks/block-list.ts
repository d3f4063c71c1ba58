import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { LRUCache } from 'lru-cache'
import { DataSource, type EntityManager, IsNull } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { TRANSITIONS, isInSql, transitions } from '../files/index.js'
import { isWantedSql } from '../links/index.js'
import { lockBlocks, transaction } from '../locks/index.js'
import { Block, type BlockKind } from './block.table.js'
import { NamePattern } from './name-pattern.js'
import { revokeFile } from './revocation.js'

/** Patterns that are kept ready. */
const MAX_READY = 10_000
/** Names compared with a new pattern in one go. */
const BATCH = 1_000

/** BlockFacts are what is known of a file; its name and bytes may not be known yet. */
export interface BlockFacts {
  platform: string
  hostFileId: string
  canonicalUrl: string
  name?: string | null
  /** SHA-256 of the stored bytes, lower-case hex. */
  sha256?: string | null
}

export interface NewBlock {
  kind: BlockKind
  value: string
  reason: string
}

/** A block that a file may fall under: a pattern of names is compared by `BlockList.hit`. */
export type BlockCandidate = Pick<Block, 'id' | 'kind' | 'value' | 'reason'>

/** The query for candidates; each of the four is an SQL expression over what is known of the file. */
export function candidatesSql(of: Record<'url' | 'file' | 'sha256' | 'named', string>): string {
  return `SELECT id, kind, value, reason FROM block
           WHERE kind = 'url' AND value = ${of.url} OR kind = 'file' AND value = ${of.file}
              OR kind = 'sha256' AND value = ${of.sha256} OR kind = 'name' AND ${of.named}`
}

const CANDIDATES = candidatesSql({ url: '$1', file: '$2', sha256: '$3', named: '$4' })

/** Enforced tells what adding a block did. */
export interface Enforced {
  /** Files that were stored or on their way. */
  files: number
  links: number
}

/** The files that the operator does not serve (102). */
@Injectable()
export class BlockList {
  private readonly ready = new LRUCache<string, NamePattern>({ max: MAX_READY })

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The block that a file falls under. One query, so what was added a moment ago holds. */
  async find(
    facts: BlockFacts,
    runner: Pick<EntityManager, 'query'> = this.database,
  ): Promise<BlockCandidate | undefined> {
    const { platform, hostFileId, canonicalUrl, name = null, sha256 = null } = facts
    const values = [canonicalUrl, `${platform}:${hostFileId}`, sha256, name !== null]
    return this.hit(await runner.query<BlockCandidate[]>(CANDIDATES, values), name)
  }

  /** The first of these blocks that a file of this name falls under. */
  hit(candidates: readonly BlockCandidate[], name: string | null): BlockCandidate | undefined {
    return candidates.find((block) => block.kind !== 'name' || this.pattern(block.value).matches(name ?? ''))
  }

  /** Raises Refusal `file_blocked`. */
  async assertAllowed(facts: BlockFacts, runner?: Pick<EntityManager, 'query'>): Promise<void> {
    const block = await this.find(facts, runner)
    if (block) throw blockRefusal(block)
  }

  /** Newest first. */
  list(): Promise<Block[]> {
    return this.database.manager.find(Block, { order: { createdAt: 'DESC', id: 'ASC' } })
  }

  /**
   * From its commit on no link to such a file is made; then the files that are stored or being fetched go, and
   * their links. Whatever is cut off there, `enforcePending` finishes. Raises Refusal `conflict` if it is there
   * already.
   */
  async add(block: NewBlock): Promise<Block & { enforced: Enforced }> {
    const row = { id: randomUUID(), ...block, createdAt: dateOf(this.clock), enforcedAt: null }
    await transaction(this.database, async (tx) => {
      await lockBlocks(tx)
      const made = await tx.query<unknown[]>(
        `INSERT INTO block (id, kind, value, reason, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kind, value) DO NOTHING RETURNING id`,
        [row.id, row.kind, row.value, row.reason, row.createdAt],
      )
      if (made.length === 0) throw new Refusal('conflict', { details: [`${row.value} is blocked already.`] })
    })
    return { ...row, enforced: await this.enforce(row) }
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

  /** Finishes what adding a block began: whoever did it may have been killed. */
  async enforcePending(): Promise<void> {
    const blocks = await this.database.manager.find(Block, { where: { enforcedAt: IsNull() } })
    for (const block of blocks) await this.enforce(block)
  }

  private async enforce(block: Pick<Block, 'id' | 'kind' | 'value'>): Promise<Enforced> {
    const enforced: Enforced = { files: 0, links: 0 }
    for await (const fileId of this.affectedFiles(block)) {
      const { stored, links } = await transaction(this.database, (tx) =>
        revokeFile(tx, this.clock, fileId, 'blocked'),
      )
      enforced.files += stored ? 1 : 0
      enforced.links += links
    }
    await this.database.manager.update(Block, { id: block.id }, { enforcedAt: dateOf(this.clock) })
    return enforced
  }

  /** Files with bytes, a fetch or links that the block hits. */
  private async *affectedFiles({ kind, value }: Pick<Block, 'kind' | 'value'>): AsyncGenerator<string> {
    const at = value.indexOf(':')
    const [condition, values] = {
      url: ['canonical_url = $2', [value]],
      file: ['platform = $2 AND host_file_id = $3', [value.slice(0, at), value.slice(at + 1)]],
      sha256: ['sha256 = $2', [value]],
      name: ['name IS NOT NULL', []],
    }[kind] as [string, string[]]
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const files = await this.database.query<{ id: string; name: string | null }[]>(
        `SELECT id, name FROM source_file f
          WHERE id > $1 AND ${condition}
            AND (${isInSql(TRANSITIONS.block.from, 'f')} OR ${isWantedSql('f.id')})
          ORDER BY id LIMIT ${BATCH}`,
        [after, ...values],
      )
      for (const { id, name } of files) {
        if (kind !== 'name' || this.pattern(value).matches(name ?? '')) yield id
      }
      const last = files.at(-1)
      if (!last || files.length < BATCH) return
      after = last.id
    }
  }

  private pattern(value: string): NamePattern {
    let pattern = this.ready.get(value)
    if (!pattern) this.ready.set(value, (pattern = new NamePattern(value)))
    return pattern
  }
}

export function blockRefusal({ id, reason }: BlockCandidate): Refusal {
  return new Refusal('file_blocked', { internal: `block ${id}: ${reason}` })
}
