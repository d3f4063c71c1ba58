import { setImmediate as turn } from 'node:timers/promises'
import type { DataSource, EntityManager } from 'typeorm'
import type { BlockCandidate } from './block.table.js'
import { NamePatterns } from './name-patterns.js'

/** Patterns that are made ready before others have a turn. */
const AT_ONCE = 500

const SINCE = `
  SELECT r.revision, count(b.id)::int AS count, max(b.created_at) AS newest,
         json_agg(json_build_object('id', b.id, 'kind', b.kind, 'value', b.value, 'reason', b.reason))
           FILTER (WHERE b.created_at >= $1) AS blocks
    FROM block_revision r LEFT JOIN block b ON b.kind = 'name'
   GROUP BY r.revision`

interface Row {
  revision: number
  /** Of all patterns, not only of those since. */
  count: number
  newest: Date | null
  blocks: BlockCandidate[] | null
}

const byDatabase = new WeakMap<DataSource, BlockedNames>()

/**
 * The name patterns of the block list, ready to be compared, once per process. Every question about a file brings the
 * revision of the list along, so they are never older than the answer.
 */
export class BlockedNames {
  private patterns = new NamePatterns()
  private revision: number | undefined
  private newest: Date | undefined
  private reading: Promise<void> | undefined

  static of(database: DataSource): BlockedNames {
    let names = byDatabase.get(database)
    if (!names) byDatabase.set(database, (names = new BlockedNames()))
    return names
  }

  /** A pattern that the name fits, in the list as it was at this revision or later. */
  async find(
    name: string,
    revision: number,
    runner: Pick<EntityManager, 'query'>,
  ): Promise<BlockCandidate | undefined> {
    if (this.revision !== revision) {
      await this.reading?.catch(() => undefined) // it may have begun before that revision was there
      if (this.revision !== revision) await this.read(runner)
    }
    return this.patterns.find(name)
  }

  private read(runner: Pick<EntityManager, 'query'>): Promise<void> {
    return (this.reading ??= this.readNew(runner).finally(() => (this.reading = undefined)))
  }

  /** Only what was added, unless something was taken back: lists of thousands are added one by one. */
  private async readNew(runner: Pick<EntityManager, 'query'>): Promise<void> {
    if (this.newest !== undefined) {
      const row = await rowSince(runner, this.newest)
      const added = row.blocks?.filter(({ id }) => !this.patterns.has(id)) ?? []
      if (this.patterns.size + added.length === row.count) return this.take(row, added, this.patterns)
    }
    const row = await rowSince(runner, '-infinity')
    await this.take(row, row.blocks ?? [], new NamePatterns())
  }

  private async take(
    { revision, newest }: Row,
    added: readonly BlockCandidate[],
    patterns: NamePatterns,
  ): Promise<void> {
    for (const [place, block] of added.entries()) {
      if (place % AT_ONCE === AT_ONCE - 1) await turn()
      patterns.add(block)
    }
    this.patterns = patterns
    this.newest = newest ?? undefined
    this.revision = revision
  }
}

async function rowSince(runner: Pick<EntityManager, 'query'>, since: Date | '-infinity'): Promise<Row> {
  const [row] = await runner.query<Row[]>(SINCE, [since])
  if (!row) throw new Error('the block list has no revision')
  return row
}
