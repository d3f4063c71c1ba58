import { createHash } from 'node:crypto'
import type pg from 'pg'
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm'
import { poolOf } from './pool.js'

/**
 * A statement of a hot path: parsed and planned once per connection instead of with every call, and without a query
 * runner in between. TypeORM knows no prepared statements, hence the pool.
 */
export class Statement<Row> {
  /** PostgreSQL keeps 63 bytes of a name. */
  private readonly name: string

  constructor(readonly text: string) {
    this.name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  }

  /** As a transaction of its own, or as a part of one. */
  async run(runner: DataSource | EntityManager, values: unknown[]): Promise<Row[]> {
    const query = { name: this.name, text: this.text, values }
    if (runner instanceof DataSource) return (await poolOf(runner).query(query)).rows as Row[]
    if (!runner.queryRunner) return this.run(runner.dataSource, values)
    const client = (await runner.queryRunner.connect()) as pg.ClientBase
    try {
      return (await client.query(query)).rows as Row[]
    } catch (error) {
      throw new QueryFailedError(this.text, values, error as Error)
    }
  }
}

/**
 * The parameters of a statement, arrays of these element types in their order, as rows. A sub-select hides their
 * values from the planner: knowing how many there are it takes the plan of this one call for better than the
 * general one, and plans with every call, which costs more than to execute.
 */
export function rowsOf(...types: readonly string[]): string {
  return `unnest(${types.map((type, at) => `(SELECT $${at + 1}::${type}[])`).join(', ')})`
}
